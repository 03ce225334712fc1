import { afterEach, describe, expect, it } from 'vitest';
import { prepare } from '../../../lambda/steps/prepare.ts';
import { rejectionOf } from '../support/refusals.ts';
import {
  membersNow,
  stopSimulatedArrays,
  twoDatabases,
  volume,
} from '../support/simulated-array.ts';
import { type BenchOptions, begun, setUp } from './support/bench.ts';

afterEach(stopSimulatedArrays);

const prepareWith = async (options: BenchOptions, event: object = {}) => {
  const bench = await setUp(options);
  return { ...bench, result: prepare(begun(event), bench.ports) };
};

const dryRun: BenchOptions = { definition: { execute: false } };
const groups = twoDatabases.protection_groups ?? [];
const withSnapshot = (more: object = {}) => ({
  ...twoDatabases,
  protection_groups: groups.map((group) =>
    group.name === 'prd-pg' ? { ...group, snapshots: [{ suffix: 's1', ...more }] } : group,
  ),
});

describe('preparing', () => {
  it('notes what the run will do, and changes nothing', async () => {
    const { result, store, changes, simulator } = await prepareWith({});

    expect(await result).toMatchObject({
      event: undefined,
      refresh: 'nightly',
      trigger: 'manual',
      execute: true,
      has_target: true,
      source_protection_group: 'prd-pg',
      target_protection_group: 'dev-pg',
      source_array: { name: 'fa-prod', host: simulator.arrays[0]?.host, rest_version: '2.56' },
      snapshot: { name: 'prd-pg.s1', created: null, reused: false },
      plan_hash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    });
    expect(store.json('runs/nightly-1/plan.json')).toMatchObject({
      pairs: [
        {
          source: { name: 'prd-data', snapshot: 'prd-pg.s1.prd-data' },
          target: { name: 'dev-data' },
          rule: 'equal',
        },
        { source: { name: 'prd-fra' }, target: { name: 'dev-fra' }, rule: 'equal' },
      ],
      excluded: [{ id: 'id-of-prd-config', name: 'prd-config' }],
    });
    expect(store.objects.has('runs/nightly-1/snapshot.json')).toBe(false);
    expect(changes()).toEqual([]);
  });

  it.each(['Volume has been destroyed.', 'Volume does not exist.'])(
    'asks for the connections of live volumes alone where the array says: %s',
    async (message) => {
      const { simulator, ports } = await setUp({
        restVersion: '2.8',
        state: {
          ...twoDatabases,
          volumes: [...(twoDatabases.volumes ?? []), volume('prd-old', 1, { destroyed: true })],
          protection_groups: [
            { name: 'prd-pg', volumes: ['prd-fra', 'prd-data', 'prd-config', 'prd-old'] },
            { name: 'dev-pg', volumes: ['dev-fra', 'dev-data'] },
          ],
        },
      });
      simulator.addFaults([
        {
          method: 'GET',
          path: '/connections',
          effect: { status: 400, body: { errors: [{ context: 'prd-old', message }] } },
        },
      ]);

      await prepare(begun(), ports);

      const asked = simulator.requests().filter(({ path }) => path.endsWith('/connections'));
      expect(asked.map(({ query }) => query['volume_names']?.includes('prd-old'))).toEqual([
        true,
        false,
      ]);
    },
  );

  it('of a dry run has the array say whether it could take the snapshot', async () => {
    const { result, requests, changes } = await prepareWith(dryRun);

    await result;

    expect(requests()).toContain('POST /protection-group-snapshots/test');
    expect(changes()).toEqual([]);
  });

  it('of a dry run with a snapshot that exists has the array try the overwrite', async () => {
    const { result, requests, changes, store } = await prepareWith({
      ...dryRun,
      state: withSnapshot(),
    });

    expect((await result).snapshot).toEqual({
      name: 'prd-pg.s1',
      created: expect.stringMatching(/^2026-11-2[34]T/),
      reused: true,
    });
    expect(requests()).toContain('POST /volumes/batch/test');
    expect(changes()).toEqual([]);
    expect(store.json('runs/nightly-1/snapshot.json')).toHaveLength(2);
  });

  it('of a dry run on an old array tries nothing', async () => {
    const { result, requests } = await prepareWith({ ...dryRun, restVersion: '2.24' });

    await result;

    expect(requests().filter((call) => !call.startsWith('GET'))).toEqual([]);
  });

  it('takes the definition’s word unless the event has another', async () => {
    expect(await (await prepareWith({}, { execute: false })).result).toMatchObject({
      execute: false,
    });
    expect(await (await prepareWith(dryRun, { execute: true })).result).toMatchObject({
      execute: true,
    });
  });

  it('without a target group pairs nothing', async () => {
    const { result } = await prepareWith({ definition: { target_protection_group: undefined } });

    expect(await result).toMatchObject({ has_target: false, target_protection_group: null });
    expect(await result).not.toHaveProperty('plan_hash');
  });

  it('makes a document whose size does not depend on the number of volumes', async () => {
    const many = Array.from({ length: 1_500 }, (_, index) => String(10_000 + index));
    const state = {
      volumes: many.flatMap((n) => [volume(`prd-${n}`, 1), volume(`dev-${n}`, 1)]),
      protection_groups: [
        { name: 'prd-pg', volumes: many.map((n) => `prd-${n}`) },
        { name: 'dev-pg', volumes: many.map((n) => `dev-${n}`) },
      ],
    };
    const { result } = await prepareWith({ state, definition: { excluded_volumes: [] } });

    expect(JSON.stringify(await result).length).toBeLessThan(2_000);
  });
});

describe('a run is refused before anything is written', () => {
  it.each<[string, BenchOptions, string, string]>([
    [
      'an exclusion that matches nothing',
      { definition: { excluded_volumes: ['prd-confg'] } },
      'ExclusionMatchesNothing',
      '"prd-confg"',
    ],
    [
      'exclusions that leave nothing',
      { definition: { excluded_volumes: ['prd-config', 'prd-data', 'prd-fra'] } },
      'ProtectionGroupEmpty',
      'leaves no volume',
    ],
    [
      'too few targets',
      { definition: { excluded_volumes: [] } },
      'PairingIncomplete',
      '"prd-data" (120 GiB)',
    ],
    [
      'a snapshot that is destroyed',
      { state: withSnapshot({ destroyed: true }) },
      'SnapshotDestroyed',
      '"prd-pg.s1"',
    ],
    [
      'a target volume on a production host',
      {
        state: {
          ...twoDatabases,
          hosts: [{ name: 'prd01', volumes: ['prd-data', 'dev-data'] }],
        },
      },
      'SharedHost',
      '"prd01"',
    ],
    [
      'a target group that another definition has as its source',
      { definition: { target_protection_group: 'prd-pg', source_protection_group: 'dev-pg' } },
      'TargetIsASource',
      '"weekly"',
    ],
  ])('for %s', async (_, options, name, told) => {
    const bench = await setUp(options);
    bench.store.put('refreshes/weekly.json', { source_protection_group: 'prd-pg' });

    expect(await rejectionOf(prepare(begun(), bench.ports))).toMatchObject({
      name,
      message: expect.stringContaining(told),
    });
    expect(bench.changes()).toEqual([]);
    const kept = [...bench.store.objects.keys()].filter((key) => key.startsWith('runs/'));
    // For the manifest; nothing that a later step could go on with.
    expect(kept.filter((key) => key !== 'runs/nightly-1/arrays.json')).toEqual([]);
  });

  it.each([true, false])(
    'for a target that the snapshot holds, though it has left the source group (execute: %j)',
    async (execute) => {
      const state = {
        ...twoDatabases,
        protection_groups: [
          { name: 'prd-pg', volumes: ['prd-data', 'dev-fra'], snapshots: [{ suffix: 's1' }] },
          { name: 'dev-pg', volumes: ['dev-fra', 'dev-data'] },
        ],
      };
      const definition = { execute, excluded_volumes: [] };
      const { ports, simulator, changes } = await setUp({ state, definition });
      simulator.addFaults([membersNow(['prd-pg', 'prd-data'], ['dev-pg', 'dev-fra', 'dev-data'])]);

      expect(await rejectionOf(prepare(begun(), ports))).toMatchObject({
        name: 'VolumeInBothGroups',
        message: 'Volumes of the snapshot are in the target group: "dev-fra".',
      });
      expect(changes()).toEqual([]);
    },
  );
});
