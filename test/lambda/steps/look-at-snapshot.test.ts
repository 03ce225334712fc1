import { afterEach, describe, expect, it } from 'vitest';
import { findSnapshot, snapshotVolumes } from '../../../lambda/steps/look-at-snapshot.ts';
import { rejectionOf } from '../support/refusals.ts';
import {
  startSimulatedArray,
  stopSimulatedArrays,
  twoDatabases,
} from '../support/simulated-array.ts';

afterEach(stopSimulatedArrays);

const withSnapshot = (more: object = {}) => ({
  ...twoDatabases,
  protection_groups: [
    { name: 'prd-pg', volumes: ['prd-fra', 'prd-data'], snapshots: [{ suffix: 's1', ...more }] },
  ],
});

describe('a snapshot', () => {
  it('is found by its name, or is none', async () => {
    const { array } = await startSimulatedArray({ state: withSnapshot() });

    await expect(findSnapshot(array, 'prd-pg.s1')).resolves.toMatchObject({ name: 'prd-pg.s1' });
    await expect(findSnapshot(array, 'prd-pg.s2')).resolves.toBeUndefined();
  });

  it('pending eradication is refused: its name is taken and its content about to go', async () => {
    const { array } = await startSimulatedArray({ state: withSnapshot({ destroyed: true }) });

    expect(await rejectionOf(findSnapshot(array, 'prd-pg.s1'))).toEqual({
      name: 'SnapshotDestroyed',
      message: 'Snapshot "prd-pg.s1" exists but is destroyed and pending eradication.',
      remedy:
        'Recover it on the array (purepgroup recover prd-pg.s1), or use another snapshot_name.',
    });
  });
});

describe('the volumes of a snapshot', () => {
  it('are known by the volumes they were taken from', async () => {
    const { array } = await startSimulatedArray({ state: withSnapshot() });

    await expect(snapshotVolumes(array, 'prd-pg.s1')).resolves.toEqual([
      {
        id: 'id-of-prd-data',
        name: 'prd-data',
        size: 128_849_018_880,
        replica_id: null,
        snapshot: 'prd-pg.s1.prd-data',
        created: expect.any(Number),
      },
      {
        id: 'id-of-prd-fra',
        name: 'prd-fra',
        size: 42_949_672_960,
        replica_id: null,
        snapshot: 'prd-pg.s1.prd-fra',
        created: expect.any(Number),
      },
    ]);
  });

  it.each(['prd-pg.s2', 'prd-pg.s'])('that are none (%s) mean that it is gone', async (name) => {
    const { array } = await startSimulatedArray({ state: withSnapshot() });

    expect(await rejectionOf(snapshotVolumes(array, name))).toMatchObject({
      name: 'SnapshotVanished',
      message: `Snapshot "${name}" holds no volume snapshot.`,
    });
  });

  it('that are destroyed do not count', async () => {
    const { array } = await startSimulatedArray({ state: withSnapshot({ destroyed: true }) });

    expect((await rejectionOf(snapshotVolumes(array, 'prd-pg.s1'))).name).toBe('SnapshotVanished');
  });

  it('whose source is eradicated cannot be paired, and are named', async () => {
    const { array, simulator } = await startSimulatedArray({ state: withSnapshot() });
    const item = { id: 'a', provisioned: 1_048_576, created: 1, source: { id: null, name: null } };
    simulator.addFaults([
      {
        path: '/volume-snapshots',
        effect: { status: 200, body: { items: [{ ...item, name: 'prd-pg.s1.prd-data' }] } },
      },
    ]);

    expect(await rejectionOf(snapshotVolumes(array, 'prd-pg.s1'))).toMatchObject({
      name: 'SnapshotWithoutSource',
      message: expect.stringContaining('"prd-pg.s1.prd-data"'),
    });
  });
});
