import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Exchange, Fault } from '../../../local/array/simulator.ts';
import { createClient, GIB, startTestArray, type TestArray } from './test-array.ts';

let array: TestArray;
const exchanges: Exchange[] = [];

beforeAll(async () => {
  array = await startTestArray(
    {
      arrays: ['fa-one', 'fa-two'].map((name) => ({
        name,
        volumes: [{ name: 'vol-0', size: GIB }],
        protection_groups: [{ name: 'pg', volumes: ['vol-0'] }],
      })),
    },
    { onExchange: (exchange) => exchanges.push(exchange) },
  );
});
beforeEach(async () => {
  await array.reset();
  exchanges.length = 0;
});
afterAll(() => array.stop());

const statusOf = async (method: string, path: string) => (await array.call(method, path)).status;
const take = () =>
  array.call('POST', '/protection-group-snapshots', {
    query: { source_names: 'pg' },
    body: { suffix: 's1' },
  });
const snapshots = () => array.sim.state().arrays[0]?.snapshots.map(({ name }) => name);
const lastEntry = () => array.sim.requests().at(-1);

describe('a fault', () => {
  it('answers with a status, a body and headers, and the request is not carried out', async () => {
    const body = { message: 'API rate limit exceeded' };
    array.sim.addFaults([{ effect: { status: 429, body, headers: { 'retry-after': '1' } } }]);
    const answered = await take();
    expect(answered).toMatchObject({ status: 429, body, headers: { 'retry-after': '1' } });
    expect(snapshots()).toEqual([]);
    expect(lastEntry()).toMatchObject({ status: 429, body: { suffix: 's1' } });
    expect((await take()).status).toBe(200);
  });

  it('answers without a body, where it has none', async () => {
    array.sim.addFaults([{ effect: { status: 503 } }]);
    expect(await array.call('GET', '/volumes')).toMatchObject({ status: 503, body: null });
  });

  it('hangs up before the request is carried out', async () => {
    array.sim.addFaults([{ effect: { hang_up: 'before' } }]);
    await expect(take()).rejects.toThrow('other side closed');
    expect(snapshots()).toEqual([]);
    expect(lastEntry()).toMatchObject({ method: 'POST', status: null });
  });

  it('hangs up after the request was carried out', async () => {
    array.sim.addFaults([{ effect: { hang_up: 'after' } }]);
    await expect(take()).rejects.toThrow('other side closed');
    expect(snapshots()).toEqual(['pg.s1']);
    expect(lastEntry()).toMatchObject({ method: 'POST', status: null });
    expect(exchanges).toEqual([]);
  });

  it('lets all sessions of the array expire', async () => {
    const [other, two] = [createClient(array.sim, 0), createClient(array.sim, 1)];
    await Promise.all([other.login(), two.login()]);
    array.sim.addFaults([{ array: 'fa-one', effect: { expire_session: true } }]);
    expect(await statusOf('GET', '/volumes')).toBe(401);
    expect((await other.call('GET', '/volumes')).status).toBe(401);
    expect((await two.call('GET', '/volumes')).status).toBe(200);
    await array.login();
    expect(await statusOf('GET', '/volumes')).toBe(200);
    await Promise.all([other.close(), two.close()]);
  });

  it('holds the request back; others are served meanwhile', async () => {
    const other = await startTestArray({ volumes: [] });
    const isHeldBack = () => other.sim.requests().some(({ path }) => path.endsWith('/connections'));
    other.sim.addFaults([{ path: '/connections', effect: { delay_ms: 600_000 } }]);
    const late = other.call('GET', '/connections');
    const refused = expect(late).rejects.toThrow();
    while (!isHeldBack()) expect((await other.call('GET', '/volumes')).status).toBe(200);
    await other.sim.stop();
    await refused;
    expect(other.sim.requests().filter(({ status }) => status === null)).toHaveLength(1);
    await other.close();
  });

  it('carries the request out once it has waited', async () => {
    array.sim.addFaults([{ effect: { delay_ms: 1 } }]);
    expect((await take()).status).toBe(200);
    expect(snapshots()).toEqual(['pg.s1']);
  });
});

describe('which requests a fault hits', () => {
  const effect = { status: 503 } as const;
  const hits = async (faults: Fault[], requests: [string, string][]) => {
    array.sim.addFaults(faults);
    const statuses: boolean[] = [];
    for (const [method, path] of requests) statuses.push((await statusOf(method, path)) === 503);
    return statuses;
  };
  const gets: [string, string][] = Array.from({ length: 5 }, () => ['GET', '/volumes']);

  it.each([
    ['the first by default', {}, [true, false, false, false, false]],
    ['the nth', { nth: 3 }, [false, false, true, false, false]],
    ['several in a row', { nth: 2, times: 2 }, [false, true, true, false, false]],
    ['all from the nth', { nth: 4, times: 0 }, [false, false, false, true, true]],
  ])('%s', async (_, which, expected) => {
    expect(await hits([{ ...which, effect }], gets)).toEqual(expected);
  });

  it('those of one method, one path and one array', async () => {
    expect(
      await hits(
        [{ array: 'fa-one', method: 'GET', path: '/connections', effect }],
        [
          ['GET', '/volumes'],
          ['POST', '/connections'],
          ['GET', '/connections'],
        ],
      ),
    ).toEqual([false, false, true]);
    expect(await hits([{ array: 'fa-two', times: 0, effect }], gets)).not.toContain(true);
  });

  it('the path is that of an endpoint, in any version', async () => {
    array.sim.addFaults([{ path: '/volumes', times: 0, effect }]);
    expect((await array.call('GET', '/volumes', { version: '2.4' })).status).toBe(503);
    expect((await array.call('GET', '/volumes/tags')).status).toBe(200);
  });

  it('each fault counts for itself', async () => {
    const faults = [
      { nth: 2, effect },
      { nth: 4, effect },
    ];
    expect(await hits(faults, gets)).toEqual([false, true, false, true, false]);
  });

  it('none any more when they are cleared', async () => {
    array.sim.addFaults([{ times: 0, effect }]);
    array.sim.clearFaults();
    expect(await statusOf('GET', '/volumes')).toBe(200);
  });
});

describe('exchanges', () => {
  it('are told for each answered request', async () => {
    await array.call('GET', '/volumes', { query: { limit: 1 } });
    await take();
    await array.call('GET', '/nowhere');
    expect(exchanges).toMatchObject([
      {
        array: 'fa-one',
        method: 'GET',
        path: '/api/2.56/volumes',
        query: { limit: '1' },
        requestBody: null,
        status: 200,
        replyBody: { items: [{ name: 'vol-0' }] },
      },
      { method: 'POST', requestBody: { suffix: 's1' }, status: 200 },
      { path: '/api/2.56/nowhere', status: 404, replyBody: { errors: expect.any(Array) } },
    ]);
  });
});
