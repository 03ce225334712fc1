import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { errorOf, GIB, startTestArray, type TestArray } from './test-array.ts';
import { SNAPSHOTS } from './test-replication.ts';

let array: TestArray;

beforeAll(async () => {
  array = await startTestArray({
    volumes: ['prd-0', 'prd-1'].map((name) => ({ name, size: GIB })),
    protection_groups: [
      {
        name: 'prd-pg',
        volumes: ['prd-0', 'prd-1'],
        snapshots: [{ suffix: 'old', tags: { db_name: 'OLD' } }],
      },
    ],
  });
});
beforeEach(() => array.reset());
afterAll(() => array.stop());

const post = (tags: unknown, path = SNAPSHOTS) =>
  array.call('POST', path, { query: { source_names: 'prd-pg' }, body: { suffix: 's1', tags } });
const put = (body: unknown) =>
  array.call('PUT', `${SNAPSHOTS}/tags/batch`, { query: { resource_names: 'prd-pg.old' }, body });
const tagsOf = async (resource_names: string) =>
  (await array.items(`${SNAPSHOTS}/tags`, { resource_names })).map(
    ({ key, value, copyable }) => `${key}=${value}${copyable ? '' : ' (stays)'}`,
  );
const many = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ key: `k${index}`, value: '' }));

describe('tags in the request that makes a group snapshot', () => {
  it('are on that, and on none of its volume snapshots', async () => {
    const tags = [
      { key: 'db_name', value: 'PRD', copyable: true },
      { key: 'db_id', value: '1' },
      { key: 'note', value: 'n', copyable: false },
    ];

    expect((await post(tags)).status).toBe(200);

    expect(await tagsOf('prd-pg.s1')).toEqual(['db_name=PRD', 'db_id=1', 'note=n (stays)']);
    expect(await array.items('/volume-snapshots/tags')).toEqual([]);
    expect(array.sim.state().arrays[0]?.snapshots).toMatchObject([
      { name: 'prd-pg.old', tags: { db_name: 'OLD' } },
      { name: 'prd-pg.s1', tags: { db_name: 'PRD', db_id: '1', note: 'n' } },
    ]);
  });

  it('go with one that the array gives its number', async () => {
    await array.call('POST', SNAPSHOTS, {
      query: { source_names: 'prd-pg' },
      body: { tags: [{ key: 'a', value: '1' }] },
    });

    expect(await tagsOf('prd-pg.1')).toEqual(['a=1']);
  });

  it('of the same key become one, as in a list of tags', async () => {
    const tags = ['1', '2'].map((value) => ({ key: 'a', value }));

    await post(tags);
    await put(tags);

    expect(await tagsOf('prd-pg.s1')).toEqual(['a=2']);
    expect(await tagsOf('prd-pg.old')).toEqual(['db_name=OLD', 'a=2']);
  });

  it('are tried by the dry run, which makes nothing', async () => {
    const before = array.sim.state();

    expect((await post(many(30), `${SNAPSHOTS}/test`)).status).toBe(200);
    expect((await post(many(31), `${SNAPSHOTS}/test`)).status).toBe(400);

    expect(array.sim.state()).toEqual(before);
  });
});

describe('tags of a group snapshot', () => {
  it('take the place of those of the same key', async () => {
    const { status, body } = await put([
      { key: 'db_name', value: 'PRD', copyable: false },
      { key: 'db_id', value: '1' },
    ]);

    expect(status).toBe(200);
    expect(body.items).toMatchObject([
      { key: 'db_name', resource: { name: 'prd-pg.old' } },
      { key: 'db_id', resource: { name: 'prd-pg.old' } },
    ]);
    expect(await tagsOf('prd-pg.old')).toEqual(['db_name=PRD (stays)', 'db_id=1']);
  });

  it('stay with it under another name, and while it is destroyed', async () => {
    for (const body of [{ name: 'prd-pg.kept' }, { destroyed: true }]) {
      const names = 'name' in body ? 'prd-pg.old' : 'prd-pg.kept';
      await array.call('PATCH', SNAPSHOTS, { query: { names }, body });
    }

    expect(await tagsOf('prd-pg.kept')).toEqual(['db_name=OLD']);
  });

  it('of a snapshot that is not there are an error', async () => {
    const query = { resource_names: 'prd-pg.s1' };

    for (const answered of [
      await array.call('GET', `${SNAPSHOTS}/tags`, { query }),
      await array.call('PUT', `${SNAPSHOTS}/tags/batch`, { query, body: many(1) }),
    ]) {
      expect(answered.status).toBe(400);
      expect(errorOf(answered)).toEqual({
        context: 'prd-pg.s1',
        message: 'Protection group snapshot does not exist.',
      });
    }
  });
});

describe.each([
  ['the request that makes a snapshot', post],
  ['a list of tags', put],
])('the limits of tags in %s', (_, send) => {
  it.each([
    ['30 of them', many(30)],
    ['the longest, in characters', [{ key: '🔑'.repeat(64), value: '🔒'.repeat(256) }]],
    ['a namespace that is free', [{ key: 'k', value: 'v', namespace: 'refresh' }]],
  ])('let %s in', async (_, tags) => {
    expect((await send(tags)).status).toBe(200);
  });

  it.each([
    ['none', []],
    ['31', many(31)],
    ['a long key', [{ key: 'k'.repeat(65), value: '' }]],
    ['a long value', [...many(1), { key: 'k', value: 'v'.repeat(257) }]],
    ['no key', [{ value: 'v' }]],
    ['a reserved namespace', [{ key: 'k', value: 'v', namespace: 'pure_plugin' }]],
    ['an unknown field', [{ key: 'k', value: 'v', colour: 'red' }]],
    ['one object', { key: 'k', value: 'v' }],
  ])('refuse %s, and nothing changes', async (_, tags) => {
    const before = array.sim.state();

    expect((await send(tags)).status).toBe(400);

    expect(array.sim.state()).toEqual(before);
  });
});
