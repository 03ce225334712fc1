import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { IncomingRequest } from '../../../local/array/simulator.ts';
import { type ArrayClient, createClient, startTestArray, type TestArray } from './test-array.ts';

let array: TestArray;
let other: ArrayClient;
let gate: (request: IncomingRequest) => boolean | Promise<boolean> = () => true;

beforeAll(async () => {
  const options = { doors: 2, gate: (request: IncomingRequest) => gate(request) };
  array = await startTestArray({ volumes: [{ name: 'a', size: 1_048_576 }] }, options);
  const arrays = array.sim.arrays.map((made, index) => ({
    ...made,
    host: array.sim.doors[index]?.[1] ?? '',
  }));
  other = createClient({ arrays });
  await other.login();
});
beforeEach(() => {
  gate = () => true;
});
afterAll(async () => {
  await other.close();
  await array.stop();
});

it('an array with two doors is one array, and tells by which one a request came', async () => {
  const seen: IncomingRequest[] = [];
  gate = (request) => seen.push(request) > 0;
  expect(array.sim.doors).toEqual([[array.sim.arrays[0]?.host, expect.any(String)]]);

  expect(await array.names('/volumes')).toEqual(['a']);
  expect(await other.names('/volumes')).toEqual(['a']);

  const request = { array: 'fa-test', method: 'GET', path: '/api/2.56/volumes', query: {} };
  expect(seen).toEqual([
    { ...request, door: 0 },
    { ...request, door: 1 },
  ]);
});

it('a request waits at the gate, and others pass it', async () => {
  const waiting = Promise.withResolvers<boolean>();
  gate = ({ door }) => (door === 0 ? waiting.promise : true);
  const late = array.names('/volumes');
  await other.names('/volumes');
  const before = array.sim.requests().length;

  waiting.resolve(true);

  expect(await late).toEqual(['a']);
  expect(array.sim.requests()).toHaveLength(before + 1);
});

it('a request that is not let in has never come', async () => {
  const before = array.sim.requests().length;
  gate = () => false;

  await expect(array.call('POST', '/volumes', { query: { names: 'b' } })).rejects.toThrow();

  gate = () => true;
  expect(array.sim.requests()).toHaveLength(before);
  expect(await array.names('/volumes')).toEqual(['a']);
});
