import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { errorOf, GIB, startTestArray, type TestArray } from './test-array.ts';

let array: TestArray;

beforeAll(async () => {
  array = await startTestArray({
    volumes: [
      { name: 'vol-0', size: GIB, tags: { given: 'by the file' } },
      { name: 'vol-1', size: GIB },
      { name: 'dead', size: GIB, destroyed: true, tags: { given: 'long ago' } },
    ],
    protection_groups: [{ name: 'pg', volumes: ['vol-0'], snapshots: [{ suffix: 's1' }] }],
  });
});
beforeEach(() => array.reset());
afterAll(() => array.stop());

const put = (query: Record<string, string>, body: unknown, path = '/volumes') =>
  array.call('PUT', `${path}/tags/batch`, { query, body });
const tagsOf = async (query = {}, path = '/volumes') =>
  (await array.items(`${path}/tags`, query)).map(
    ({ resource, key, value }) => `${resource.name} ${key}=${value}`,
  );

describe('tags', () => {
  it('of the query go to every resource', async () => {
    const { status, body } = await put({ resource_names: 'vol-0,VOL-1' }, [
      { key: 'a', value: '1' },
      { key: 'b', value: '2', copyable: false },
    ]);
    expect(status).toBe(200);
    expect(body.items).toHaveLength(4);
    expect(await tagsOf({ resource_names: 'vol-1' })).toEqual(['vol-1 a=1', 'vol-1 b=2']);
    expect(await array.items('/volumes/tags', { resource_names: 'vol-1' })).toMatchObject([
      { namespace: 'default', copyable: true, resource: { id: expect.any(String) } },
      { namespace: 'default', copyable: false },
    ]);
  });

  it('with a resource of their own give each volume its own value', async () => {
    const [{ id }] = await array.items('/volumes', { names: 'vol-1' });
    await put({}, [
      { key: 'k', value: 'zero', resource: { name: 'vol-0' } },
      { key: 'k', value: 'one', resource: { id } },
    ]);
    expect(await tagsOf({ filter: "key='k'" })).toEqual(['vol-0 k=zero', 'vol-1 k=one']);
  });

  it('replace those with the same namespace and key', async () => {
    await put({ resource_names: 'vol-0' }, [
      { key: 'given', value: 'anew', copyable: false },
      { key: 'given', value: 'elsewhere', namespace: 'other' },
    ]);
    expect(await tagsOf({ resource_names: 'vol-0' })).toEqual(['vol-0 given=anew']);
    expect(await tagsOf({ namespaces: 'default,other' })).toEqual([
      'vol-0 given=anew',
      'vol-0 given=elsewhere',
      'dead given=long ago',
    ]);
  });

  it.each([
    [{ resource_destroyed: true }, ['dead given=long ago']],
    [{ resource_destroyed: false }, ['vol-0 given=by the file']],
    [{ resource_names: 'vol-1' }, []],
    [{ filter: "value='by*'" }, ['vol-0 given=by the file']],
  ])('are listed by %j', async (query, expected) => {
    expect(await tagsOf(query)).toEqual(expected);
  });

  it('belong to snapshots as well', async () => {
    expect(await tagsOf({}, '/volume-snapshots')).toEqual(['pg.s1.vol-0 given=by the file']);
    await put({ resource_names: 'pg.s1.vol-0' }, [{ key: 'a', value: 'b' }], '/volume-snapshots');
    await put(
      { resource_names: 'pg.s1' },
      [{ key: 'c', value: 'd' }],
      '/protection-group-snapshots',
    );
    expect(await tagsOf({ filter: "key='a'" }, '/volume-snapshots')).toEqual(['pg.s1.vol-0 a=b']);
    expect(await tagsOf({}, '/protection-group-snapshots')).toEqual(['pg.s1 c=d']);
  });

  it.each([
    ['no resource', {}, [{ key: 'k', value: 'v' }]],
    [
      'two resources',
      { resource_names: 'vol-0' },
      [{ key: 'k', value: 'v', resource: { name: 'vol-1' } }],
    ],
    ['a resource without a name', {}, [{ key: 'k', value: 'v', resource: {} }]],
    ['no tag', { resource_names: 'vol-0' }, []],
    [
      '31 tags',
      { resource_names: 'vol-0' },
      Array.from({ length: 31 }, (_, i) => ({ key: `k${i}`, value: '' })),
    ],
    ['a long key', { resource_names: 'vol-0' }, [{ key: 'k'.repeat(65), value: '' }]],
    ['a long value', { resource_names: 'vol-0' }, [{ key: 'k', value: 'v'.repeat(257) }]],
    [
      'a reserved namespace',
      { resource_names: 'vol-0' },
      [{ key: 'k', value: 'v', namespace: 'pure1' }],
    ],
    ['an unknown field', { resource_names: 'vol-0' }, [{ key: 'k', value: 'v', colour: 'red' }]],
    ['one object', { resource_names: 'vol-0' }, { key: 'k', value: 'v' }],
    ['no JSON', { resource_names: 'vol-0' }, 'key=value'],
  ])('are refused with %s, and nothing changes', async (_, query, body) => {
    const before = array.sim.state();
    expect((await put(query, body)).status).toBe(400);
    expect(array.sim.state()).toEqual(before);
  });

  it('count characters, not UTF-16 units', async () => {
    const tag = { key: '🔑'.repeat(64), value: '🔒'.repeat(256) };
    expect((await put({ resource_names: 'vol-0' }, [tag])).status).toBe(200);
  });

  it('of volumes that are not there are an error for each', async () => {
    const { status, body } = await put({ resource_names: 'x,vol-0,y' }, [{ key: 'k', value: 'v' }]);
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ context: 'x' }, { context: 'y' }]);
    expect(await tagsOf({ filter: "key='k'" })).toEqual([]);
    const query = { resource_names: 'dead', resource_destroyed: false };
    const answered = await array.call('GET', '/volumes/tags', { query });
    expect(errorOf(answered).context).toBe('dead');
  });
});

describe('taking tags off volumes', () => {
  const remove = (query: Record<string, string>) =>
    array.call('DELETE', '/volumes/tags', { query });
  const tag = (names: string, ...keys: string[]) =>
    put(
      { resource_names: names },
      keys.map((key) => ({ key, value: 'v' })),
    );

  it('takes those with the keys off every volume, and no others', async () => {
    await tag('vol-0,vol-1', 'a', 'b', 'c');
    expect(await remove({ resource_names: 'vol-0,VOL-1', keys: 'a,c' })).toMatchObject({
      status: 200,
      body: null,
    });
    expect(await tagsOf({ resource_destroyed: false })).toEqual([
      'vol-0 given=by the file',
      'vol-0 b=v',
      'vol-1 b=v',
    ]);
  });

  it('finds volumes by id, and leaves the tags of their snapshots', async () => {
    const [{ id }] = await array.items('/volumes', { names: 'vol-0' });
    expect((await remove({ resource_ids: id, keys: 'given' })).status).toBe(200);
    expect(await tagsOf({ resource_names: 'vol-0' })).toEqual([]);
    expect(await tagsOf({}, '/volume-snapshots')).toEqual(['pg.s1.vol-0 given=by the file']);
  });

  it('looks into one namespace, the default one unless another is named', async () => {
    await put({ resource_names: 'vol-0' }, [{ key: 'given', value: 'v', namespace: 'other' }]);
    const query = { resource_names: 'vol-0', keys: 'given' };
    expect((await remove({ ...query, namespaces: 'other' })).status).toBe(200);
    expect(await tagsOf({ resource_names: 'vol-0', namespaces: 'default,other' })).toEqual([
      'vol-0 given=by the file',
    ]);
    expect((await remove(query)).status).toBe(200);
  });

  it('refuses for each volume that has no such tag, and then takes none off', async () => {
    await tag('vol-1', 'a');
    const { status, body } = await remove({ resource_names: 'vol-0,vol-1', keys: 'a,given' });
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([
      { context: 'vol-0', message: 'Tag does not exist.' },
      { context: 'vol-1', message: 'Tag does not exist.' },
    ]);
    expect(await tagsOf({ resource_destroyed: false })).toEqual([
      'vol-0 given=by the file',
      'vol-1 a=v',
    ]);
  });

  it.each([
    ['no keys', { resource_names: 'vol-0' }, 'keys is required'],
    ['no volume', { keys: 'given' }, 'resource_names is required'],
    ['two namespaces', { resource_names: 'vol-0', keys: 'given', namespaces: 'a,b' }, 'one name'],
    ['a volume that is not there', { resource_names: 'x', keys: 'given' }, 'Volume does not'],
  ])('refuses %s', async (_, query, word) => {
    const answered = await remove(query);
    expect(answered.status).toBe(400);
    expect(errorOf(answered).message).toContain(word);
  });

  it('is for volumes only', async () => {
    const query = { resource_names: 'pg.s1.vol-0', keys: 'given' };
    const answered = await array.call('DELETE', '/volume-snapshots/tags', { query });
    expect(answered.status).toBe(404);
  });
});
