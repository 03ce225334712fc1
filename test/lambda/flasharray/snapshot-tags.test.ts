import { afterEach, describe, expect, it } from 'vitest';
import { databaseFactsSchema } from '../../../lambda/refresh/database-facts.ts';
import { factTags } from '../../../lambda/refresh/fact-tags.ts';
import type { FlashArray, SnapshotTag } from '../../../lambda/steps/ports.ts';
import type { StateFile } from '../../../local/array/simulator.ts';
import { ContractRecord } from '../../support/contract-record.ts';
import { rejectionOf } from '../support/refusals.ts';
import {
  startSimulatedArray,
  startSimulatedArrays,
  stopSimulatedArrays,
  volume,
} from '../support/simulated-array.ts';

afterEach(stopSimulatedArrays);

const SNAPSHOTS = '/protection-group-snapshots';
const PUT = 'PUT /volume-snapshots/tags/batch';

const suffixes = (...names: readonly string[]) => names.map((suffix) => ({ suffix }));
const tagsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ key: `key-${index}`, value: `value ${index}` }));
const plain = (found: readonly SnapshotTag[]) => found.map(({ key, value }) => ({ key, value }));
const members = async (array: FlashArray, snapshot: string) =>
  (await array.volumeSnapshots(snapshot)).map(({ id }) => id);

describe('tags of volume snapshots', () => {
  const state = {
    volumes: ['dev-fra', 'dev-data', 'prd-fra'].map((name) => volume(name, 1)),
    protection_groups: [
      {
        name: 'dev-pg',
        volumes: ['dev-fra', 'dev-data'],
        snapshots: suffixes('before-1', 'lock', 'lock-2'),
      },
      { name: 'dev-pg2', volumes: ['prd-fra'], snapshots: suffixes('lock') },
    ],
  };
  const how = { copyable: false };

  it.each([
    [1, true, [1]],
    [30, false, [30]],
    [31, true, [30, 1]],
    [65, false, [30, 30, 5]],
  ])('%i, copyable: %s, are written to all in requests of %j', async (count, copyable, sizes) => {
    const { array, simulator, changes } = await startSimulatedArray({ state });
    const ids = await members(array, 'dev-pg.lock');

    await array.tagSnapshots(ids, tagsOf(count), { copyable });

    expect(changes()).toEqual(sizes.map(() => PUT));
    const puts = simulator.requests().filter(({ method }) => method === 'PUT');
    const bodies = puts.map(({ body }) => body as object[]);
    expect(bodies.map(({ length }) => length)).toEqual(sizes);
    expect(bodies.flat()).toEqual(tagsOf(count).map((tag) => ({ ...tag, copyable })));
    expect(puts.map(({ query }) => query)).toEqual(
      sizes.map(() => ({ resource_ids: ids.join(',') })),
    );
    for (const id of ids) expect(plain(await array.tagsOfSnapshot(id))).toEqual(tagsOf(count));
  });

  it.each([
    [true, { 'key-0': 'value 0' }],
    [false, {}],
  ])('go with a copy of the snapshot where copyable: %s', async (copyable, expected) => {
    const { array, simulator } = await startSimulatedArray({ state });
    await array.tagSnapshots(await members(array, 'dev-pg2.lock'), tagsOf(1), { copyable });

    const snapshot = 'dev-pg2.lock.prd-fra';
    await array.overwriteBatch([{ target: 'dev-fra', snapshot, mapping: null }]);

    const { volumes = [] } = simulator.state().arrays[0] ?? {};
    expect(volumes.find(({ name }) => name === 'dev-fra')?.tags).toEqual(expected);
  });

  it('are written to more snapshots than a URL takes, in as few requests as can be', async () => {
    const names = Array.from({ length: 400 }, (_, index) => `vol-${1_000 + index}`);
    const { array, changes } = await startSimulatedArray({
      state: {
        volumes: names.map((name) => volume(name, 1)),
        protection_groups: [{ name: 'pg', volumes: names, snapshots: suffixes('s1') }],
      },
    });

    await array.tagSnapshots(await members(array, 'pg.s1'), tagsOf(2), how);

    expect(changes()).toEqual([PUT, PUT, PUT]);
    await expect(array.tagsOfMembers(['pg.s1.*'], ['key-1'])).resolves.toHaveLength(400);
  });

  it('of none, or none for any, ask for nothing: an empty list could mean all', async () => {
    const { array, requests } = await startSimulatedArray({ state });

    await array.tagSnapshots([], tagsOf(1), how);
    await array.tagSnapshots(['some-id'], [], how);

    expect(requests()).toEqual([]);
  });

  it('take the place of those of the same key, and leave others alone', async () => {
    const { array } = await startSimulatedArray({ state });
    const ids = await members(array, 'dev-pg.lock');
    await array.tagSnapshots(ids, tagsOf(2), how);

    await array.tagSnapshots(ids, [{ key: 'key-1', value: 'new' }], how);

    const [first = ''] = ids;
    expect(
      (await array.tagsOfSnapshot(first)).map(({ key, value }) => `${key}: ${value}`).toSorted(),
    ).toEqual(['key-0: value 0', 'key-1: new']);
  });

  it('are found by key and by how the snapshots’ names begin, and not of those that are destroyed', async () => {
    const { array, requests } = await startSimulatedArray({ state });
    for (const name of ['dev-pg.lock', 'dev-pg.lock-2', 'dev-pg.before-1', 'dev-pg2.lock']) {
      const tags = [...tagsOf(2), { key: 'of', value: name }];
      await array.tagSnapshots(await members(array, name), tags, how);
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

describe('tags of group snapshots', () => {
  const tags = [
    { key: 'db_name', value: 'PRD' },
    { key: 'db_scn', value: '14203771' },
  ];

  it('come with the request that makes one, and are read back by its name', async () => {
    const { array, simulator, requests } = await startSimulatedArray();

    const made = await array.createGroupSnapshot('prd-pg', 's1', { tags });
    const found = await array.tagsOfGroupSnapshot('prd-pg.s1');

    expect(found).toEqual(tags.map((tag) => ({ ...tag, snapshot: 'prd-pg.s1', id: made.id })));
    expect(requests()).toEqual([`POST ${SNAPSHOTS}`, `GET ${SNAPSHOTS}/tags`]);
    expect(simulator.requests().slice(-2)).toMatchObject([
      {
        query: { source_names: 'prd-pg' },
        body: { suffix: 's1', tags: tags.map((tag) => ({ ...tag, copyable: true })) },
      },
      { query: { resource_names: 'prd-pg.s1' } },
    ]);
  });

  it('are not asked for where there are none: what is older does not know them', async () => {
    const { array, simulator } = await startSimulatedArray({ restVersion: '2.43' });

    await array.createGroupSnapshot('prd-pg', 's1', { tags: [] });

    expect(simulator.requests().at(-1)?.body).toEqual({ suffix: 's1' });
  });

  it('are known from REST 2.44 on', async () => {
    const older = await startSimulatedArray({ restVersion: '2.43' });
    const newer = await startSimulatedArray({ restVersion: '2.44' });

    await newer.array.createGroupSnapshot('prd-pg', 's1', { tags });
    const refusal = await rejectionOf(older.array.createGroupSnapshot('prd-pg', 's1', { tags }));

    expect(plain(await newer.array.tagsOfGroupSnapshot('prd-pg.s1'))).toEqual(tags);
    expect(refusal).toMatchObject({
      name: 'ArrayRequestRefused',
      message: expect.stringContaining('The field tags is not in REST 2.43'),
    });
    await expect(older.array.groupSnapshot('prd-pg.s1')).resolves.toBeUndefined();
  });

  it('are tried with the snapshot', async () => {
    const { array, changes } = await startSimulatedArray();

    await array.testGroupSnapshot('prd-pg', 's1', { tags });
    const refusal = await rejectionOf(
      array.testGroupSnapshot('prd-pg', 's1', { tags: [{ key: 'k'.repeat(65), value: '' }] }),
    );

    expect(refusal.name).toBe('ArrayRequestRefused');
    expect(changes()).toEqual([]);
  });

  it('take facts that were cut; with one that is too long nothing is made', async () => {
    const { array } = await startSimulatedArray();
    const names = Object.keys(databaseFactsSchema.shape);
    const facts = databaseFactsSchema.parse({
      ...Object.fromEntries(names.map((name) => [name, null])),
      version: '🔒'.repeat(300),
      open_pdbs: Array.from({ length: 100 }, (_, index) => `PDB_${index}`),
    });
    const long = [...tags, { key: 'version', value: facts.version ?? '' }];

    const refusal = await rejectionOf(array.createGroupSnapshot('prd-pg', 's1', { tags: long }));
    await array.createGroupSnapshot('prd-pg', 's2', { tags: factTags(facts) });

    expect(refusal).toMatchObject({
      name: 'ArrayRequestRefused',
      message: expect.stringContaining('tags[2].value: longer than 256 characters'),
    });
    await expect(array.groupSnapshot('prd-pg.s1')).resolves.toBeUndefined();
    expect(plain(await array.tagsOfGroupSnapshot('prd-pg.s2'))).toEqual(factTags(facts));
  });

  it('of one that is not there are no empty list', async () => {
    const { array } = await startSimulatedArray();

    expect((await rejectionOf(array.tagsOfGroupSnapshot('prd-pg.s1'))).name).toBe(
      'ArrayObjectNotFound',
    );
  });
});

describe('tags of a snapshot that is replicated', () => {
  const state: StateFile = {
    arrays: [
      {
        name: 'fa-prod',
        volumes: [volume('prd-data', 1), volume('prd-fra', 1)],
        protection_groups: [
          { name: 'prd-pg', volumes: ['prd-data', 'prd-fra'], targets: ['fa-dr'] },
        ],
      },
      { name: 'fa-dr' },
    ],
  };
  const start = async (restVersion: string) => {
    const contract = new ContractRecord();
    const { clients, simulator } = await startSimulatedArrays(state, restVersion, contract.note);
    const [source, target] = clients;
    if (source === undefined || target === undefined) throw new Error('There are not two arrays.');
    return { source, target, simulator, contract };
  };
  const replica = 'fa-prod:prd-pg.s1';

  it.each(['2.44', '2.56'])('travel with the group snapshot: REST %s', async (restVersion) => {
    const { source, target, simulator, contract } = await start(restVersion);

    await source.createGroupSnapshot('prd-pg', 's1', { replicateNow: true, tags: tagsOf(19) });
    simulator.advance(8_000);

    expect(plain(await target.tagsOfGroupSnapshot(replica))).toEqual(tagsOf(19));
    expect(contract.take()).toEqual([]);
  });

  it.each([
    ['2.26', true, tagsOf(19)],
    ['2.43', true, tagsOf(19)],
    ['2.43', false, []],
  ])(
    'travel with its members on %s where copyable: %s',
    async (restVersion, copyable, expected) => {
      const { source, target, simulator, contract } = await start(restVersion);

      await source.createGroupSnapshot('prd-pg', 's1');
      await source.tagSnapshots(await members(source, 'prd-pg.s1'), tagsOf(19), { copyable });
      await source.sendReplica('prd-pg.s1', 'fa-dr');
      simulator.advance(8_000);

      const replicas = await members(target, replica);
      expect(replicas).toHaveLength(2);
      for (const id of replicas) expect(plain(await target.tagsOfSnapshot(id))).toEqual(expected);
      expect(contract.take()).toEqual([]);
    },
  );
});
