import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { admin as callAdmin, errorOf, GIB, startTestArray, type TestArray } from './test-array.ts';

let array: TestArray;

beforeAll(async () => {
  array = await startTestArray({
    api_token: 'the-api-token',
    volumes: [
      { name: 'vol-0', size: GIB, tags: { owner: 'us' } },
      { name: 'vol-1', size: GIB, content: 'the same' },
      { name: 'vol-2', size: GIB, content: 'the same' },
    ],
    protection_groups: [
      {
        name: 'pg',
        volumes: ['vol-0'],
        snapshots: [{ suffix: 's1' }, { suffix: 's2', destroyed: true }],
      },
    ],
  });
});
beforeEach(() => array.reset());
afterAll(() => array.stop());

const admin = (method: string, path: string, body?: unknown) =>
  callAdmin(array, method, path, body);
const volumeNamed = async (name: string) =>
  (await admin('GET', '/state')).body.arrays[0].volumes.find(
    (volume: { name: string }) => volume.name === name,
  );

describe('the journal', () => {
  it('has every request that reached an array, also those that were refused', async () => {
    await array.call('GET', '/volumes', { query: { names: 'vol-0', destroyed: false } });
    await array.call('DELETE', '/volumes', { query: { names: 'vol-0' } });
    await array.call('POST', '/volumes/batch', { body: 'no JSON' });
    const { body } = await admin('GET', '/requests');
    expect(body).toEqual([
      {
        array: 'fa-test',
        method: 'POST',
        path: '/api/2.56/login',
        query: {},
        body: null,
        status: 200,
      },
      {
        array: 'fa-test',
        method: 'GET',
        path: '/api/2.56/volumes',
        query: { names: 'vol-0', destroyed: 'false' },
        body: null,
        status: 200,
      },
      {
        array: 'fa-test',
        method: 'DELETE',
        path: '/api/2.56/volumes',
        query: { names: 'vol-0' },
        body: null,
        status: 404,
      },
      {
        array: 'fa-test',
        method: 'POST',
        path: '/api/2.56/volumes/batch',
        query: {},
        body: 'no JSON',
        status: 400,
      },
    ]);
    expect(array.sim.requests()).toEqual(body);
  });

  it('never holds the API token', async () => {
    await array.login();
    await array.call('POST', '/login', { headers: { 'api-token': 'a-wrong-token' } });
    expect(JSON.stringify((await admin('GET', '/requests')).body)).not.toMatch(/-token/);
  });
});

describe('the state', () => {
  it('shows volumes and snapshots, also destroyed ones', async () => {
    const { body } = await admin('GET', '/state');
    expect(body).toEqual(array.sim.state());
    expect(body.arrays).toMatchObject([
      {
        name: 'fa-test',
        volumes: [
          {
            id: expect.any(String),
            name: 'vol-0',
            size: GIB,
            created: expect.any(Number),
            fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
            tags: { owner: 'us' },
            source: null,
          },
          { name: 'vol-1', tags: {} },
          { name: 'vol-2' },
        ],
        snapshots: [
          { name: 'pg.s1', destroyed: false, volumes: [{ name: 'pg.s1.vol-0', size: GIB }] },
          { name: 'pg.s2', destroyed: true },
        ],
      },
    ]);
  });

  it('has fingerprints that depend on content alone', async () => {
    const [first, second, third] = array.sim.state().arrays[0]?.volumes ?? [];
    expect(second?.fingerprint).toBe(third?.fingerprint);
    expect(first?.fingerprint).not.toBe(second?.fingerprint);
  });
});

describe('commands', () => {
  it('write onto a volume', async () => {
    const before = await volumeNamed('vol-0');
    const write = { array: 'fa-test', volume: 'VOL-0', data: 'the same' };
    expect(await admin('POST', '/write', write)).toEqual({ status: 200, body: {} });
    const { fingerprint } = await volumeNamed('vol-1');
    expect(await volumeNamed('vol-0')).toEqual({ ...before, fingerprint });
  });

  it('set what volumes/performance shows; writes do not', async () => {
    array.sim.write('fa-test', 'vol-0', 'busy');
    expect(await array.items('/volumes/performance', { names: 'vol-0' })).toMatchObject([
      { name: 'vol-0', reads_per_sec: 0, writes_per_sec: 0, write_bytes_per_sec: 0 },
    ]);
    const load = { array: 'fa-test', volume: 'vol-0', reads_per_sec: 5, writes_per_sec: 70 };
    expect((await admin('POST', '/performance', load)).status).toBe(200);
    array.sim.setPerformance('fa-test', 'vol-1', { reads_per_sec: 1, writes_per_sec: 30 });
    expect(await array.items('/volumes/performance', { names: 'vol-0' })).toMatchObject([
      { reads_per_sec: 5, writes_per_sec: 70, time: array.clock.now() },
    ]);
    const { body } = await array.call('GET', '/volumes/performance', {
      query: { total_only: true },
    });
    expect(body.total).toMatchObject([{ name: null, reads_per_sec: 6, writes_per_sec: 100 }]);
  });

  it('move the clock', async () => {
    const before = array.clock.now();
    const { body } = await admin('POST', '/clock', { advance_ms: 1_800_000 });
    expect(body).toEqual({ now: before + 1_800_000 });
    expect((await array.call('GET', '/volumes')).status).toBe(401);
  });

  it('post faults, one or several, and clear them', async () => {
    await admin('POST', '/faults', { effect: { status: 500 } });
    await admin('POST', '/faults', [
      { nth: 2, effect: { status: 501 } },
      { nth: 3, effect: { status: 502 } },
    ]);
    const statuses: number[] = [];
    for (const _ of [1, 2]) statuses.push((await array.call('GET', '/volumes')).status);
    expect((await admin('DELETE', '/faults')).status).toBe(200);
    statuses.push((await array.call('GET', '/volumes')).status);
    expect(statuses).toEqual([500, 501, 200]);
  });

  it('reset everything but the clock: the state is as it was, with the same ids', async () => {
    const before = array.sim.state();
    const later = array.clock.now() + 5000;
    await array.call('POST', '/protection-group-snapshots', { query: { source_names: 'pg' } });
    array.sim.write('fa-test', 'vol-0', 'other');
    array.sim.addFaults([{ times: 0, effect: { status: 503 } }]);
    array.clock.advance(5000);

    expect((await admin('POST', '/reset')).status).toBe(200);
    expect(array.sim.state()).toEqual(before);
    expect(array.sim.requests()).toEqual([]);
    expect(array.clock.now()).toBe(later);
    const answered = await array.call('GET', '/volumes');
    expect(answered.status).toBe(401);
    expect(errorOf(answered).message).toContain('session');
  });
});

describe('what the admin port refuses', () => {
  it.each([
    [
      'POST',
      '/write',
      { array: 'fa-test', volume: 'nobody', data: '' },
      'There is no volume nobody',
    ],
    ['POST', '/write', { array: 'fa-none', volume: 'vol-0', data: '' }, 'only fa-test'],
    ['POST', '/write', { array: 'fa-test', volume: 'vol-0' }, 'data'],
    [
      'POST',
      '/performance',
      { array: 'fa-test', volume: 'vol-0', reads_per_sec: -1 },
      'reads_per_sec',
    ],
    ['POST', '/clock', { advance_ms: -1 }, 'advance_ms'],
    ['POST', '/clock', 'no JSON', 'JSON'],
    ['POST', '/clock', undefined, 'object'],
    ['POST', '/faults', { effect: { explode: true } }, 'not an effect: { status'],
    ['POST', '/faults', { path: '/api/2.56/volumes', effect: { status: 500 } }, '/api/2.N'],
    ['POST', '/faults', { method: 'get', effect: { status: 500 } }, 'capitals'],
    ['POST', '/faults', { nht: 2, effect: { status: 500 } }, 'nht'],
  ])('%s %s %j', async (method, path, body, word) => {
    const answered = await admin(method, path, body);
    expect(answered.status).toBe(400);
    expect(answered.body.error).toContain(word);
  });

  it('what it does not know, with a list of what it does', async () => {
    const { status, body } = await admin('GET', '/nowhere');
    expect(status).toBe(404);
    expect(body.error).toContain('GET /state');
  });
});
