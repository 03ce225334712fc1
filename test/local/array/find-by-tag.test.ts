import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { errorOf, GIB, startTestArray, type TestArray } from './test-array.ts';

/** How a client finds, without a name to begin with, what earlier runs have left behind. */

const SNAPSHOTS = '/protection-group-snapshots';

let array: TestArray;

beforeAll(async () => {
  array = await startTestArray({
    volumes: ['dev-0', 'dev-1', 'test-0'].map((name) => ({ name, size: GIB })),
    protection_groups: [
      {
        name: 'dev-pg',
        volumes: ['dev-0', 'dev-1'],
        snapshots: [{ suffix: 'before-1' }, { suffix: 'before-2' }, { suffix: 'nightly' }],
      },
      { name: 'test-pg', volumes: ['test-0'], snapshots: [{ suffix: 'before-1' }] },
    ],
  });
});
beforeEach(() => array.reset());
afterAll(() => array.stop());

const put = (path: string, resource_names: string, key: string, value: string) =>
  array.call('PUT', `${path}/tags/batch`, { query: { resource_names }, body: [{ key, value }] });

describe('tags of snapshots, by filter alone', () => {
  beforeEach(async () => {
    await put('/volume-snapshots', 'dev-pg.before-1.dev-0', 'refresh_run', 'run-1');
    await put('/volume-snapshots', 'dev-pg.before-2.dev-1', 'refresh_run', 'run-2');
    await put('/volume-snapshots', 'dev-pg.before-2.dev-0', 'other', 'run-2');
    await put('/volume-snapshots', 'dev-pg.nightly.dev-0', 'refresh_run', 'run-1');
    await put('/volume-snapshots', 'test-pg.before-1.test-0', 'refresh_run', 'run-1');
    await put(SNAPSHOTS, 'dev-pg.before-1,dev-pg.nightly', 'refresh_run', 'run-1');
  });

  it.each([
    [
      "key='refresh_run' and resource.name='dev-pg.before-*'",
      ['dev-pg.before-1.dev-0 run-1', 'dev-pg.before-2.dev-1 run-2'],
    ],
    [
      "key='refresh_run' and resource.name='DEV-PG.before-*.dev-0'",
      ['dev-pg.before-1.dev-0 run-1'],
    ],
    ["key='refresh_*' and value='run-2'", ['dev-pg.before-2.dev-1 run-2']],
    ["key='refresh_run' and resource.name='nobody-pg.*'", []],
  ])('%s', async (filter, expected) => {
    const items = await array.items('/volume-snapshots/tags', { filter });
    expect(items.map(({ resource, value }) => `${resource.name} ${value}`)).toEqual(expected);
  });

  it('works for group snapshots as well', async () => {
    const filter = "key='refresh_run' and resource.name='dev-pg.before-*'";
    expect(await array.items(`${SNAPSHOTS}/tags`, { filter })).toMatchObject([
      { value: 'run-1', resource: { name: 'dev-pg.before-1' } },
    ]);
  });

  it('is an empty list where there are no tags at all', async () => {
    await array.reset();
    expect(await array.items('/volume-snapshots/tags', { filter: "key='refresh_run'" })).toEqual(
      [],
    );
  });
});

describe('group snapshots, by filter alone', () => {
  const filter = "name='dev-pg.refresh-in-progress' or name='dev-pg.before-*'";

  it('takes names and wildcards together', async () => {
    expect(await array.names(SNAPSHOTS, { filter })).toEqual([
      'dev-pg.before-1',
      'dev-pg.before-2',
    ]);
    await array.call('POST', SNAPSHOTS, {
      query: { source_names: 'dev-pg' },
      body: { suffix: 'refresh-in-progress' },
    });
    expect(await array.names(SNAPSHOTS, { filter, sort: 'name' })).toEqual([
      'dev-pg.before-1',
      'dev-pg.before-2',
      'dev-pg.refresh-in-progress',
    ]);
  });

  it('goes together with the state, a page size and an older version', async () => {
    await array.call('PATCH', SNAPSHOTS, {
      query: { names: 'dev-pg.before-1' },
      body: { destroyed: true },
    });
    const query = { filter, destroyed: false, limit: 1 };
    expect(await array.items(SNAPSHOTS, query, '2.26')).toMatchObject([
      { name: 'dev-pg.before-2' },
    ]);
  });
});

describe('what is asked for by name or id, and is not there', () => {
  it.each([
    [SNAPSHOTS, { names: 'dev-pg.before-1,dev-pg.none' }, 'dev-pg.none'],
    ['/volume-snapshots', { names: 'dev-pg.before-1.none' }, 'dev-pg.before-1.none'],
    ['/volume-snapshots/tags', { resource_names: 'dev-pg.none.dev-0' }, 'dev-pg.none.dev-0'],
    [`${SNAPSHOTS}/tags`, { resource_names: 'dev-pg.none' }, 'dev-pg.none'],
    [SNAPSHOTS, { ids: 'no-such-id' }, 'no-such-id'],
  ])('%s %j', async (path, query, context) => {
    const answered = await array.call('GET', path, { query });
    expect(answered.status).toBe(400);
    expect(errorOf(answered)).toMatchObject({
      context,
      message: expect.stringContaining('does not exist'),
    });
  });
});

describe('changing group snapshots by id', () => {
  it('finds them whatever they are called', async () => {
    const [one, two] = await array.items(SNAPSHOTS, { filter: "name='dev-pg.before-*'" });
    const renamed = await array.call('PATCH', SNAPSHOTS, {
      query: { ids: one.id },
      body: { name: 'dev-pg.kept' },
    });
    expect(renamed.body.items).toMatchObject([{ id: one.id, name: 'dev-pg.kept' }]);
    const destroyed = await array.call('PATCH', SNAPSHOTS, {
      query: { ids: `${one.id},${two.id}` },
      body: { destroyed: true },
    });
    expect(destroyed.status).toBe(200);
    expect(await array.names(SNAPSHOTS, { destroyed: true })).toEqual([
      'dev-pg.kept',
      'dev-pg.before-2',
    ]);
  });

  it('refuses ids that are not there, and names and ids together', async () => {
    const patch = (query: Record<string, string>) =>
      array.call('PATCH', SNAPSHOTS, { query, body: { destroyed: true } });
    expect(errorOf(await patch({ ids: 'no-such-id' })).context).toBe('no-such-id');
    expect((await patch({ ids: 'x', names: 'dev-pg.before-1' })).status).toBe(400);
    expect(await array.names(SNAPSHOTS, { destroyed: true })).toEqual([]);
  });
});
