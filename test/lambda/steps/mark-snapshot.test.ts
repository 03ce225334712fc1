import { afterEach, describe, expect, it } from 'vitest';
import { takeSnapshot } from '../../../lambda/steps/take-snapshot.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { rejectionOf } from '../support/refusals.ts';
import { stopSimulatedArrays } from '../support/simulated-array.ts';
import { type Bench, runUpTo, setUp } from './support/bench.ts';
import { BEGUN, inBackupMode } from './support/database-bench.ts';

afterEach(stopSimulatedArrays);

const snapshotOn = ({ simulator }: Bench) => simulator.state().arrays[0]?.snapshots[0];
const onTags = {
  db_name: 'PRD',
  db_scn: '14203771',
  backup_mode: 'Yes',
  control_files: '+DATA/PRD/control.1, +FRA/PRD/control.2',
};

describe('a snapshot in backup mode', () => {
  it('is taken as long as the database may be in it, and not a moment longer', async () => {
    const { bench, run } = await inBackupMode();
    const clock = new ManualClock(BEGUN);
    const ports = { ...bench.ports, clock };

    clock.advance(120_000);
    const refused = await rejectionOf(takeSnapshot(run, ports));

    expect(refused).toMatchObject({
      name: 'BackupModeOverdue',
      message:
        'The snapshot was not complete within the 120 s for which database PRD may be in backup mode.',
    });
    expect(bench.changes()).toEqual([]);
    const inTime = { ...bench.ports, clock: new ManualClock('2026-11-24T01:01:59.999Z') };
    expect((await takeSnapshot(run, inTime)).snapshot?.created).toBe(BEGUN);
  });

  it('is not replaced by one without it where one that was there is gone', async () => {
    const { bench, run } = await inBackupMode({}, {});
    const snapshot = { name: 'prd-pg.s1', created: '2026-11-20T00:00:00.000Z', reused: true };

    expect(await rejectionOf(takeSnapshot({ ...run, snapshot }, bench.ports))).toMatchObject({
      name: 'SnapshotVanished',
      message: expect.stringContaining('Snapshot "prd-pg.s1" was there and is gone'),
    });
    expect(bench.changes()).toEqual([]);
  });

  it('is not taken for the run’s own where somebody else was faster', async () => {
    const { bench, run } = await inBackupMode();
    await bench.array.createGroupSnapshot('prd-pg', run.snapshot?.name.split('.')[1] ?? '');

    expect((await rejectionOf(takeSnapshot(run, bench.ports))).name).toBe('SnapshotAppeared');
  });

  it('that was there is used as it is, and not labelled anew', async () => {
    const bench = await setUp({ hasOracle: true, definition: { ora_backup_mode: true } });
    await bench.array.createGroupSnapshot('prd-pg', 's1');

    const run = await runUpTo('takeSnapshot', bench);

    expect(run).toMatchObject({ backs_up: false, reads_database: false });
    expect(run.snapshot?.reused).toBe(true);
    expect(bench.changes()).toHaveLength(1);
  });
});

describe('the facts of the database', () => {
  it('are on the snapshot itself, from the moment at which it is there', async () => {
    const { bench, run } = await inBackupMode();

    const { warnings } = await takeSnapshot(run, bench.ports);

    expect(warnings).toEqual([]);
    expect(snapshotOn(bench)?.tags).toEqual(onTags);
    expect(bench.changes()).toEqual(['POST /protection-group-snapshots']);
  });

  it('are on its volume snapshots where the array has no tags for others', async () => {
    const { bench, run } = await inBackupMode({ restVersion: '2.26' });

    const { warnings } = await takeSnapshot(run, bench.ports);

    expect(warnings).toEqual([]);
    expect(snapshotOn(bench)?.tags).toEqual({});
    expect(snapshotOn(bench)?.volumes.map(({ tags }) => tags)).toEqual(Array(3).fill(onTags));
  });

  it('that cannot be put there are a warning: the snapshot is as good without', async () => {
    const { bench, run } = await inBackupMode({ restVersion: '2.26' });
    bench.simulator.addFaults([
      {
        method: 'PUT',
        path: '/volume-snapshots/tags/batch',
        effect: { status: 400, body: { errors: [{ message: 'No.' }] } },
      },
    ]);

    const { snapshot, warnings } = await takeSnapshot(run, bench.ports);

    expect(snapshot?.created).toBe(BEGUN);
    expect(warnings).toEqual([
      expect.stringMatching(/^The facts of the database are not on the snapshot as tags\. .*No\./),
    ]);
  });

  it.each(['2.26', '2.56'])('that nobody has read are nowhere (REST %s)', async (restVersion) => {
    const bench = await setUp({ restVersion });

    await runUpTo('takeSnapshot', bench);

    expect(snapshotOn(bench)?.tags).toEqual({});
    expect(bench.changes()).toEqual(['POST /protection-group-snapshots']);
  });
});
