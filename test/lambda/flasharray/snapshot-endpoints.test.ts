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
  const namesNow = () => simulated.simulator.state().arrays[0]?.snapshots.map(({ name }) => name);
  return { ...simulated, namesNow };
};

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

    expect(requests()).toEqual([]);
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
