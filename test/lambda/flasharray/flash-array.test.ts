import { afterEach, describe, expect, it } from 'vitest';
import { rejectionOf } from '../support/refusals.ts';
import {
  startSimulatedArray,
  stopSimulatedArrays,
  twoDatabases,
  volume,
} from '../support/simulated-array.ts';

afterEach(stopSimulatedArrays);

const withSnapshots = (...suffixes: readonly string[]) => ({
  ...twoDatabases,
  protection_groups: [
    {
      name: 'prd-pg',
      volumes: ['prd-fra', 'prd-data'],
      snapshots: suffixes.map((suffix) => ({ suffix })),
    },
    { name: 'prd-pg2', volumes: ['prd-config'], snapshots: [{ suffix: 's1' }] },
  ],
});

describe('reading', () => {
  it('volumes come in name order, however many a URL takes', async () => {
    const many = Array.from({ length: 700 }, (_, index) => volume(`vol-${1_699 - index}`, 1));
    const { array, requests } = await startSimulatedArray({ state: { volumes: many } });

    const found = await array.volumes(many.map(({ name }) => name));

    expect(found).toHaveLength(700);
    expect(found[0]).toEqual({
      id: expect.any(String),
      name: expect.any(String),
      serial: expect.stringMatching(/^[0-9A-F]{24}$/),
      size: 1_073_741_824,
      created: expect.any(Number),
      destroyed: false,
      subtype: 'regular',
      promotion: 'promoted',
    });
    expect(requests()).toEqual(['GET /volumes', 'GET /volumes']);
  });

  it('of no names asks nothing: an empty list could mean all', async () => {
    const { array, requests } = await startSimulatedArray();

    await expect(array.volumes([])).resolves.toEqual([]);
    await expect(array.mappings([])).resolves.toEqual(new Map());
    await expect(array.connectionsOfHosts([])).resolves.toEqual([]);
    expect(requests()).toEqual([]);
  });

  it('the members of a snapshot are those of that very snapshot', async () => {
    const { array } = await startSimulatedArray({ state: withSnapshots('s1', 's10', 's1-s1') });

    const members = await array.volumeSnapshots('prd-pg.s1');

    expect(members.map(({ name, source }) => [name, source.id])).toEqual([
      ['prd-pg.s1.prd-data', 'id-of-prd-data'],
      ['prd-pg.s1.prd-fra', 'id-of-prd-fra'],
    ]);
  });

  it('more members than a page holds come all, in name order', async () => {
    const names = Array.from({ length: 1_100 }, (_, index) => `vol-${9_999 - index}`);
    const state = {
      volumes: names.map((name) => volume(name, 1)),
      protection_groups: [{ name: 'prd-pg', volumes: names, snapshots: [{ suffix: 's1' }] }],
    };
    const { array, requests } = await startSimulatedArray({ state });

    const members = await array.volumeSnapshots('prd-pg.s1');

    expect(members.map(({ source }) => source.name)).toEqual(names.toSorted());
    expect(requests()).toEqual(['GET /volume-snapshots', 'GET /volume-snapshots']);
  });

  it('a snapshot is found by its exact name, in any letter case, destroyed or not', async () => {
    const state = {
      ...twoDatabases,
      protection_groups: [
        {
          name: 'prd-pg',
          volumes: ['prd-data'],
          snapshots: [{ suffix: 's10' }, { suffix: 'old', destroyed: true }],
        },
      ],
    };
    const { array } = await startSimulatedArray({ state });

    await expect(array.groupSnapshot('prd-pg.s1')).resolves.toBeUndefined();
    await expect(array.groupSnapshot('PRD-PG.S10')).resolves.toMatchObject({
      name: 'prd-pg.s10',
      destroyed: false,
    });
    await expect(array.groupSnapshot('prd-pg.old')).resolves.toMatchObject({ destroyed: true });
  });

  it('mappings are those of the one tag, by volume in any letter case', async () => {
    const state = {
      volumes: [
        volume('Dev-Data', 1, { tags: { snapshot_mapping: 'id-of-prd-data', owner: 'me' } }),
        volume('dev-fra', 1, { tags: { owner: 'me' } }),
      ],
    };
    const { array } = await startSimulatedArray({ state });

    await expect(array.mappings(['dev-data', 'dev-fra'])).resolves.toEqual(
      new Map([['dev-data', 'id-of-prd-data']]),
    );
  });

  it('the array tells its name, host and version', async () => {
    const { array, simulator } = await startSimulatedArray({ restVersion: '2.31' });

    await expect(array.identify()).resolves.toEqual({
      name: 'fa-prod',
      host: simulator.arrays[0]?.host,
      rest_version: '2.31',
    });
    await expect(array.capabilities()).resolves.toMatchObject({ batchOverwrite: false });
  });
});

describe('writing', () => {
  const copy = {
    target: 'dev-data',
    snapshot: 'prd-pg.s1.prd-data',
    mapping: 'id-of-prd-data',
  };

  it('overwrites and tags all volumes in one request; the tags do not travel on', async () => {
    const { array, simulator, changes, content } = await startSimulatedArray({
      state: withSnapshots('s1'),
    });
    const copies = [
      copy,
      { target: 'dev-fra', snapshot: 'prd-pg.s1.prd-fra', mapping: 'id-of-prd-fra' },
    ];

    await array.overwriteBatch(copies);

    expect(changes()).toEqual(['POST /volumes/batch']);
    expect(simulator.requests().at(-1)).toMatchObject({
      query: { overwrite: 'true' },
      body: [
        {
          name: 'dev-data',
          source: { name: 'prd-pg.s1.prd-data' },
          tags: [{ key: 'snapshot_mapping', value: 'id-of-prd-data', copyable: false }],
        },
        { name: 'dev-fra' },
      ],
    });
    expect(content('dev-data')).toBe(content('prd-data'));
    expect(content('dev-fra')).toBe(content('prd-fra'));
  });

  it('can overwrite and tag a single volume', async () => {
    const { array, simulator, changes, content } = await startSimulatedArray({
      state: withSnapshots('s1'),
    });

    await array.overwriteVolume(copy);
    await array.tagVolume(copy);

    expect(changes()).toEqual(['POST /volumes', 'PUT /volumes/tags/batch']);
    expect(content('dev-data')).toBe(content('prd-data'));
    await expect(array.mappings(['dev-data'])).resolves.toEqual(
      new Map([['dev-data', 'id-of-prd-data']]),
    );
    expect(simulator.requests().at(-2)?.body).toEqual([
      { key: 'snapshot_mapping', value: 'id-of-prd-data', copyable: false },
    ]);
  });

  it('a trial says what would fail, of which volume, and changes nothing', async () => {
    const { array, changes } = await startSimulatedArray({ state: withSnapshots('s1') });

    await expect(array.testOverwrite([copy])).resolves.toBeUndefined();
    expect(await rejectionOf(array.testOverwrite([copy, { ...copy, target: 'dev-x' }]))).toEqual({
      name: 'ArrayRequestRefused',
      message: expect.stringMatching(/would refuse it for "dev-x": .*Volume does not exist\./),
      remedy: expect.stringContaining('Nothing was changed by the trial.'),
    });
    expect(await rejectionOf(array.testGroupSnapshot('prd-pg', 's1'))).toMatchObject({
      name: 'ArrayRequestRefused',
      message: expect.stringContaining('already exists'),
    });
    expect(changes()).toEqual([]);
  });

  it('a snapshot is named by its suffix alone: no replication, no retention, no end of life', async () => {
    const { array, simulator } = await startSimulatedArray();

    await expect(array.createGroupSnapshot('prd-pg', 's1')).resolves.toEqual({
      id: expect.any(String),
      name: 'prd-pg.s1',
      created: Date.parse('2026-11-24T01:00:00Z'),
      destroyed: false,
    });
    expect(simulator.requests().at(-1)).toMatchObject({
      method: 'POST',
      path: expect.stringMatching(/\/protection-group-snapshots$/),
      query: { source_names: 'prd-pg' },
      body: { suffix: 's1' },
    });
  });
});

it('logging out ends the session on the array', async () => {
  const { array, simulator } = await startSimulatedArray();
  await array.identify();

  await array.logOut();

  expect(simulator.requests().at(-1)?.path).toMatch(/\/logout$/);
});
