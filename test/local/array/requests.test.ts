import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createClient, errorOf, GIB, startTestArray, type TestArray } from './test-array.ts';

let array: TestArray;

beforeAll(async () => {
  array = await startTestArray(
    {
      arrays: [
        {
          name: 'fa-one',
          api_token: 'token-one',
          volumes: [
            { name: 'Prd-Data', size: GIB, id: 'id-1' },
            { name: 'dead', size: GIB, destroyed: true },
          ],
          protection_groups: [{ name: 'PG', volumes: ['prd-data'] }],
        },
        { name: 'fa-two', api_token: 'token-two', volumes: [{ name: 'other', size: GIB }] },
      ],
    },
    { sessionIdleMs: 60_000 },
  );
});
beforeEach(() => array.reset());
afterAll(() => array.stop());

describe('sessions', () => {
  it('begin with the API token', async () => {
    const { status, headers, body } = await array.login();
    expect(status).toBe(200);
    expect(headers['x-auth-token']).toMatch(/^[0-9a-f-]{36}$/);
    expect(body).toEqual({ items: [{ username: 'pureuser' }] });
  });

  it.each([
    ['another token', 'token-two'],
    ['no token', ''],
  ])('do not begin with %s', async (_, token) => {
    const answered = await array.call('POST', '/login', { headers: { 'api-token': token } });
    expect(answered.status).toBe(401);
    expect(answered.headers['x-auth-token']).toBeUndefined();
    expect(answered.body.errors).toHaveLength(1);
  });

  it('are needed for everything but versions and login', async () => {
    const stranger = createClient(array.sim);
    expect((await stranger.call('GET', '/api/api_version')).status).toBe(200);
    for (const path of ['/volumes', '/arrays', '/connections']) {
      expect((await stranger.call('GET', path)).status).toBe(401);
    }
    await stranger.close();
  });

  it('end with logout', async () => {
    const { status, body } = await array.call('POST', '/logout');
    expect([status, body]).toEqual([200, null]);
    expect((await array.call('GET', '/volumes')).status).toBe(401);
  });

  it('expire when they are not used, by the clock', async () => {
    array.clock.advance(59_999);
    expect((await array.call('GET', '/volumes')).status).toBe(200);
    array.clock.advance(59_999);
    expect((await array.call('GET', '/volumes')).status).toBe(200);
    array.clock.advance(60_000);
    expect((await array.call('GET', '/volumes')).status).toBe(401);
    await array.login();
    expect((await array.call('GET', '/volumes')).status).toBe(200);
  });

  it('live side by side', async () => {
    const other = createClient(array.sim);
    await other.login();
    await other.call('POST', '/logout');
    expect((await array.call('GET', '/volumes')).status).toBe(200);
    await other.close();
  });
});

describe('arrays', () => {
  it('have a port, a token and objects of their own', async () => {
    const two = createClient(array.sim, 1);
    await two.login();
    expect(array.sim.arrays.map(({ name }) => name)).toEqual(['fa-one', 'fa-two']);
    expect(await array.names('/volumes')).toEqual(['Prd-Data', 'dead']);
    expect(await two.names('/volumes')).toEqual(['other']);
    expect(
      (await two.call('POST', '/login', { headers: { 'api-token': 'token-one' } })).status,
    ).toBe(401);
    await two.close();
  });

  it('say who they are', async () => {
    expect(await array.items('/arrays')).toMatchObject([
      { name: 'fa-one', os: 'Purity//FA', idle_timeout: 60_000, version: expect.any(String) },
    ]);
  });
});

describe('names', () => {
  it('are found in any case, and shown in their own', async () => {
    expect(await array.names('/volumes', { names: 'PRD-DATA' })).toEqual(['Prd-Data']);
    expect(await array.names('/protection-groups', { names: 'pg' })).toEqual(['PG']);
    const taken = await array.call('POST', '/protection-group-snapshots', {
      query: { source_names: 'pg' },
      body: { suffix: 'Nightly' },
    });
    expect(taken.body.items[0].name).toBe('PG.Nightly');
    expect(await array.names('/volume-snapshots', { names: 'pg.nightly.prd-data' })).toEqual([
      'PG.Nightly.Prd-Data',
    ]);
  });

  it('that do not exist are a 400 with one error each', async () => {
    const { status, body } = await array.call('GET', '/volumes', {
      query: { names: 'prd-data,nobody,nothing' },
      version: '2.26',
    });
    expect(status).toBe(400);
    expect(body).toEqual({
      errors: [
        { context: 'nobody', message: 'Volume does not exist.' },
        { context: 'nothing', message: 'Volume does not exist.' },
      ],
    });
  });

  it('and ids exclude each other', async () => {
    expect(await array.names('/volumes', { ids: 'id-1' })).toEqual(['Prd-Data']);
    for (const query of [{ ids: 'id-1', names: 'prd-data' }, { ids: 'id-9' }, { names: '' }]) {
      expect((await array.call('GET', '/volumes', { query })).status).toBe(400);
    }
  });

  it('of destroyed volumes are found, unless the request rules it out', async () => {
    expect(await array.names('/volumes', { names: 'dead' })).toEqual(['dead']);
    expect(await array.names('/volumes', { destroyed: false })).toEqual(['Prd-Data']);
    const query = { names: 'dead', destroyed: false };
    expect((await array.call('GET', '/volumes', { query })).status).toBe(400);
  });
});

describe('replies', () => {
  it('have null for what is absent', async () => {
    const { body } = await array.call('GET', '/volumes', { query: { names: 'prd-data' } });
    expect(body).toMatchObject({
      continuation_token: null,
      more_items_remaining: false,
      total_item_count: null,
      total: [],
    });
    expect(body.items).toMatchObject([
      {
        id: 'id-1',
        serial: expect.stringMatching(/^[0-9A-F]{24}$/),
        source: { id: null, name: null },
        pod: { id: null, name: null },
        volume_group: { id: null, name: null },
        time_remaining: null,
      },
    ]);
  });
});

describe('what the simulator does not know', () => {
  it.each([
    ['GET', '/volumes/space'],
    ['PATCH', '/volumes'],
    ['DELETE', '/volume-snapshots/tags'],
    ['GET', '/remote-protection-groups'],
    ['GET', '/constructor'],
    ['GET', '/api/volumes'],
  ])('%s %s is refused with 404', async (method, path) => {
    const answered = await array.call(method, path);
    expect(answered.status).toBe(404);
    expect(errorOf(answered).message).toContain(path);
  });

  it.each([
    ['colour', 'red', 'colour'],
    ['context_names', 'fa-one', 'context_names'],
    ['limit', 'many', 'limit'],
    ['limit', '-1', 'limit'],
    ['destroyed', 'yes', 'destroyed'],
    ['sort', 'name--', 'sort'],
    ['toString', 'x', 'toString'],
  ])('?%s=%s is refused with 400', async (name, value, word) => {
    const answered = await array.call('GET', '/volumes', { query: { [name]: value } });
    expect(answered.status).toBe(400);
    expect(errorOf(answered).message).toContain(word);
  });

  it('refuses a parameter that is there twice', async () => {
    const answered = await array.call('GET', '/volumes?names=a&names=b&x=');
    expect(errorOf(answered).message).toContain('twice');
  });

  it.each([{ suffix: 's', colour: 'red' }, { suffix: 17 }, 'no JSON', []])(
    'refuses the body %j',
    async (body) => {
      const query = { source_names: 'pg' };
      const answered = await array.call('POST', '/protection-group-snapshots', { query, body });
      expect(answered.status).toBe(400);
      expect(errorOf(answered).message).toContain('refuses the body');
      expect(await array.names('/protection-group-snapshots')).toEqual([]);
    },
  );
});
