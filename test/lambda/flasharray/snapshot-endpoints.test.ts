import { afterEach, describe, expect, it } from 'vitest';
import { rejectionOf } from '../support/refusals.ts';
import {
  ARRAY,
  startSimulatedArray,
  stopSimulatedArrays,
  twoDatabases,
  volume,
} from '../support/simulated-array.ts';

afterEach(stopSimulatedArrays);

const SNAPSHOTS = '/protection-group-snapshots';
const suffixes = (...names: readonly string[]) => names.map((suffix) => ({ suffix }));

/** Snapshots of `dev-pg`, and of groups whose names are like it. */
const state = {
  ...twoDatabases,
  protection_groups: [
    {
      name: 'dev-pg',
      volumes: ['dev-fra', 'dev-data'],
      snapshots: [
        ...suffixes('before-1', 'lock', 'lock-2', 'other'),
        { suffix: 'before-0', destroyed: true },
      ],
    },
    { name: 'dev-pg2', volumes: ['prd-fra'], snapshots: suffixes('before-1', 'lock') },
    { name: 'a-dev-pg', volumes: ['prd-data'], snapshots: suffixes('before-1') },
  ],
};

const start = async (restVersion = '2.56') => {
  const simulated = await startSimulatedArray({ state, restVersion });
  const members = async (snapshot: string) =>
    (await simulated.array.volumeSnapshots(snapshot)).map(({ id }) => id);
  const namesNow = () => simulated.simulator.state().arrays[0]?.snapshots.map(({ name }) => name);
  return { ...simulated, members, namesNow };
};
const tagsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ key: `key-${index}`, value: `value ${index}` }));

describe('snapshots of a group', () => {
  it('are found by how their suffixes begin, in one request, also those that are destroyed', async () => {
    const { array, requests } = await start();

    const found = await array.groupSnapshots('dev-pg', ['lock', 'before-']);

    expect(found.map(({ name, destroyed }) => [name, destroyed])).toEqual([
      ['dev-pg.before-0', true],
      ['dev-pg.before-1', false],
      ['dev-pg.lock', false],
      ['dev-pg.lock-2', false],
    ]);
    expect(requests()).toEqual([`GET ${SNAPSHOTS}`]);
  });

  it.each([
    ['2.25', null],
    ['2.26', expect.stringMatching(/^[0-9a-f-]{36}$/)],
  ])('have an id from REST 2.26 on (%s)', async (restVersion, id) => {
    const { array } = await start(restVersion);

    await expect(array.groupSnapshot('dev-pg.lock')).resolves.toMatchObject({ id });
  });

  it('have members with ids on every version, destroyed ones where they are asked for', async () => {
    const { array } = await start('2.2');

    await expect(array.volumeSnapshots('dev-pg.before-0')).resolves.toEqual([]);
    await expect(array.volumeSnapshots('dev-pg.before-0', true)).resolves.toMatchObject([
      { id: expect.any(String), name: 'dev-pg.before-0.dev-data' },
      { id: expect.any(String), name: 'dev-pg.before-0.dev-fra' },
    ]);
  });
});

describe('renaming', () => {
  it('gives the snapshot of this name another one; its members follow', async () => {
    const { array, changes, simulator, namesNow } = await start();

    await array.renameSnapshot('dev-pg.other', 'dev-pg.renamed');

    expect(namesNow()).toContain('dev-pg.renamed');
    expect(changes()).toEqual([`PATCH ${SNAPSHOTS}`]);
    expect(simulator.requests().at(-1)).toMatchObject({
      query: { names: 'dev-pg.other' },
      body: { name: 'dev-pg.renamed' },
    });
    expect((await array.volumeSnapshots('dev-pg.renamed')).map(({ name }) => name)).toEqual([
      'dev-pg.renamed.dev-data',
      'dev-pg.renamed.dev-fra',
    ]);
  });

  it('is refused where the name is taken', async () => {
    const { array, namesNow } = await start();
    const before = namesNow();

    const refusal = await rejectionOf(array.renameSnapshot('dev-pg.other', 'dev-pg.lock'));

    expect(refusal.name).toBe('ArrayRequestRefused');
    expect(namesNow()).toEqual(before);
  });

  it('gives this very snapshot another name, whatever it is called by now', async () => {
    const { array, namesNow } = await start();
    const snapshot = await array.groupSnapshot('dev-pg.lock');
    if (!snapshot) throw new Error('There is no snapshot.');
    await array.renameSnapshot('dev-pg.lock', 'dev-pg.moved');
    await array.renameSnapshot('dev-pg.other', 'dev-pg.lock');

    await array.renameThisSnapshot(snapshot, 'dev-pg.released');

    expect(namesNow()).toEqual(expect.arrayContaining(['dev-pg.lock', 'dev-pg.released']));
    expect(namesNow()).not.toContain('dev-pg.moved');
  });

  it('goes by the name where the array tells no ids', async () => {
    const { array, simulator } = await start('2.25');
    const snapshot = await array.groupSnapshot('dev-pg.lock');
    if (!snapshot) throw new Error('There is no snapshot.');

    await array.renameThisSnapshot(snapshot, 'dev-pg.released');

    expect(simulator.requests().at(-1)?.query).toEqual({ names: 'dev-pg.lock' });
  });
});

describe('destroying', () => {
  it('leaves snapshots pending eradication, all in one request, and they can be recovered', async () => {
    const { array, changes, simulator } = await start();
    const destroyed = () =>
      simulator
        .state()
        .arrays[0]?.snapshots.flatMap((found) => (found.destroyed ? found.name : []));

    await array.destroySnapshots(['dev-pg.before-1', 'dev-pg.other']);
    expect(destroyed()?.toSorted()).toEqual(['dev-pg.before-0', 'dev-pg.before-1', 'dev-pg.other']);
    await array.recoverSnapshot('dev-pg.other');

    expect(destroyed()?.toSorted()).toEqual(['dev-pg.before-0', 'dev-pg.before-1']);
    expect(changes()).toEqual([`PATCH ${SNAPSHOTS}`, `PATCH ${SNAPSHOTS}`]);
  });

  it('of none asks for nothing: an empty list could mean all', async () => {
    const { array, requests } = await start();

    await array.destroySnapshots([]);
    await array.tagSnapshots([], tagsOf(1));
    await array.tagSnapshots(['some-id'], []);

    expect(requests()).toEqual([]);
  });
});

describe('tags of snapshots', () => {
  it.each([
    [1, [1]],
    [30, [30]],
    [31, [30, 1]],
    [65, [30, 30, 5]],
  ])(
    '%i are written to all in requests of %j, and do not travel to copies',
    async (count, sizes) => {
      const { array, simulator, changes, members } = await start();
      const ids = await members('dev-pg.lock');

      await array.tagSnapshots(ids, tagsOf(count));

      expect(changes()).toEqual(sizes.map(() => 'PUT /volume-snapshots/tags/batch'));
      const bodies = simulator
        .requests()
        .flatMap(({ method, query, body }) => (method === 'PUT' ? [{ query, body }] : []));
      expect(bodies.map(({ body }) => Array.isArray(body) && body.length)).toEqual(sizes);
      expect(bodies.map(({ query }) => query)).toEqual(
        sizes.map(() => ({ resource_ids: ids.join(',') })),
      );
      expect(JSON.stringify(bodies)).not.toContain('"copyable":true');
      for (const id of ids) {
        const found = await array.tagsOfSnapshot(id);
        expect(found.map(({ key, value }) => ({ key, value }))).toEqual(
          expect.arrayContaining(tagsOf(count)),
        );
        expect(found).toHaveLength(count);
      }
    },
  );

  it('are written to more snapshots than a URL takes', async () => {
    const names = Array.from({ length: 400 }, (_, index) => `vol-${1_000 + index}`);
    const { array, changes } = await startSimulatedArray({
      state: {
        volumes: names.map((name) => volume(name, 1)),
        protection_groups: [{ name: 'pg', volumes: names, snapshots: suffixes('s1') }],
      },
    });
    const ids = (await array.volumeSnapshots('pg.s1')).map(({ id }) => id);

    await array.tagSnapshots(ids, tagsOf(2));

    expect(changes().length).toBeGreaterThan(1);
    await expect(array.tagsOfMembers(['pg.s1.*'], ['key-1'])).resolves.toHaveLength(400);
  });

  it('take the place of those of the same key, and leave others alone', async () => {
    const { array, members } = await start();
    const ids = await members('dev-pg.lock');
    await array.tagSnapshots(ids, tagsOf(2));

    await array.tagSnapshots(ids, [{ key: 'key-1', value: 'new' }]);

    const [first = ''] = ids;
    expect(
      (await array.tagsOfSnapshot(first)).map(({ key, value }) => `${key}: ${value}`).toSorted(),
    ).toEqual(['key-0: value 0', 'key-1: new']);
  });

  it('are found by key and by how the snapshots’ names begin, and not of those that are destroyed', async () => {
    const { array, members, requests } = await start();
    for (const name of ['dev-pg.lock', 'dev-pg.lock-2', 'dev-pg.before-1', 'dev-pg2.lock']) {
      await array.tagSnapshots(await members(name), [...tagsOf(2), { key: 'of', value: name }]);
    }
    await array.destroySnapshots(['dev-pg.before-1']);
    const before = requests().length;
    const prefixes = ['dev-pg.lock.', 'dev-pg.before-'].map((name) => `${name}*`);

    const found = await array.tagsOfMembers(prefixes, ['of', 'key-0']);

    expect(
      found.map(({ snapshot, key, value }) => `${snapshot} ${key} ${value}`).toSorted(),
    ).toEqual([
      'dev-pg.lock.dev-data key-0 value 0',
      'dev-pg.lock.dev-data of dev-pg.lock',
      'dev-pg.lock.dev-fra key-0 value 0',
      'dev-pg.lock.dev-fra of dev-pg.lock',
    ]);
    expect(requests().slice(before)).toEqual(['GET /volume-snapshots/tags']);
  });
});

describe('volumes', () => {
  it('are found by id whatever they are called, and those that are gone are left out', async () => {
    const { array, simulator, requests } = await start();
    simulator.renameVolume(ARRAY, 'dev-fra', 'renamed');

    const found = await array.volumesWithIds(['id-of-dev-fra', 'id-of-nothing', 'id-of-dev-data']);

    expect(found.map(({ id, name }) => [id, name]).toSorted()).toEqual([
      ['id-of-dev-data', 'dev-data'],
      ['id-of-dev-fra', 'renamed'],
    ]);
    expect(requests()).toEqual(['GET /volumes']);
    await expect(array.volumesWithIds([])).resolves.toEqual([]);
    expect(requests()).toHaveLength(1);
  });

  it('lose their pairing tag, and no other', async () => {
    const tagged = (name: string) =>
      volume(name, 1, { tags: { snapshot_mapping: 'x', owner: 'me' } });
    const { array, simulator, changes } = await startSimulatedArray({
      state: { volumes: [tagged('dev-a'), tagged('dev-b'), tagged('dev-c')] },
    });

    await array.untagVolumes(['dev-a', 'dev-b']);

    expect(simulator.state().arrays[0]?.volumes.map(({ tags }) => Object.keys(tags))).toEqual([
      ['owner'],
      ['owner'],
      ['snapshot_mapping', 'owner'],
    ]);
    expect(changes()).toEqual(['DELETE /volumes/tags']);
  });
});
