import { beforeEach, describe, expect, it } from 'vitest';
import { around, countInBackupMode, END } from '../support/backup-mode.ts';
import { databases, definition } from '../support/databases.ts';
import { allCases } from '../support/extent.ts';
import { mutations, type RunReport, statesOf } from '../support/run-report.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld({ state: databases(), database: { password: 'canary-of-a-password' } });
const datafilesInBackupMode = () => countInBackupMode(world.database);

beforeEach(() => world.define('nightly', { ...definition, ora_backup_mode: true }));

class Aborted extends Error {
  override readonly name = 'Aborted';
}
const abort = () => {
  throw new Aborted('Somebody stopped the execution.');
};

/** Ends a run in this state as an abort does: nothing after it clears up or is recorded. */
const abortAfter = async (state: string): Promise<string> => {
  world.after(state, abort);
  for (let attempt = 0; attempt < 6; attempt++) world.before('End Backup', abort);
  for (let attempt = 0; attempt < 4; attempt++) world.before('Record Failure', abort);
  const execution = world.deployment.startExecution(`aborted-after-${nameOf(state)}`, {
    refresh: 'nightly',
  });
  await execution.result;
  world.forgetInterruptions();
  return execution.name;
};

const nameOf = (state: string) => state.toLowerCase().replaceAll(' ', '-');

/** What the rule on the status of executions starts. */
const clearUp = (run: string, more: object = {}): Promise<RunReport> =>
  world.execute({ refresh: 'nightly', trigger: 'event', execute: true, recover: run, ...more });

describe('after a run that was aborted', () => {
  it('in backup mode, that is ended before anything is asked of an array', async () => {
    const dead = await abortAfter('Take Snapshot In Backup Mode');
    expect(datafilesInBackupMode()).toBeGreaterThan(0);

    const report = await clearUp(dead);

    expect(report.manifest).toMatchObject({ status: 'SUCCEEDED', backup_mode: { run: dead } });
    expect(datafilesInBackupMode()).toBe(0);
    const [first] = report.journal.filter(({ at }) => at === 'array');
    const lastOfDatabase = report.journal.findLastIndex(({ at }) => at === 'database');
    expect(report.journal.indexOf(first ?? { at: 'array', what: '' })).toBeGreaterThan(
      lastOfDatabase,
    );
  });

  it('in backup mode, that is ended also while no array answers', async () => {
    const dead = await abortAfter('Begin Backup');
    world.addFaults({ times: 0, effect: { hang_up: 'before' } });

    const { result, manifest } = await clearUp(dead);

    expect(result).toMatchObject({ status: 'FAILED', error: 'ArrayUnavailable' });
    expect(manifest.backup_mode).toMatchObject({ run: dead, ended: expect.any(String) });
    expect(datafilesInBackupMode()).toBe(0);
  });

  it('while it may still begin backup mode, it is looked again when that is over', async () => {
    const dead = await abortAfter('Note Database');
    world.whenWaited(30, () =>
      world.database.change({
        datafiles: [{ file: 1, backup_since: '2026-11-24T00:03:00Z', read_only: false }],
      }),
    );

    const report = await clearUp(dead);

    expect(report.waits).toEqual([240]);
    expect(around(report)).toContain(END);
    expect(datafilesInBackupMode()).toBe(0);
  });

  it('before it came near backup mode, nothing is asked of the database', async () => {
    const dead = await abortAfter('Read Database');
    const said = world.database.statements().length;

    const report = await clearUp(dead);

    expect(report.manifest).toMatchObject({ status: 'SUCCEEDED', backup_mode: null });
    expect(world.database.statements()).toHaveLength(said);
  });

  it('after backup mode, the target is cleared up, and nothing is asked of the database', async () => {
    world.after('Overwrite Volumes', abort);
    world.before('Roll Back', abort);
    const { run: dead } = await world.run('nightly');
    const said = world.database.statements().length;

    const report = await clearUp(dead);

    expect(report.manifest.recovered?.outcome).toBe('refreshed');
    expect(world.database.statements()).toHaveLength(said);
  });

  // Somebody else’s backup mode, and the dry run, are in walk/backup-mode.test.ts as well.
  it.runIf(allCases)('the backup mode of somebody else, begun long after, is left so', async () => {
    const dead = await abortAfter('Note Database');
    world.simulator.advance(3 * 3_600_000);
    world.database.change({
      datafiles: [{ file: 1, backup_since: '2026-11-24T03:00:00Z', read_only: false }],
    });

    const report = await clearUp(dead);

    expect(report.manifest.warnings.join()).toContain('It is left so.');
    expect(around(report)).toEqual([]);
    expect(datafilesInBackupMode()).toBe(1);
  });

  it.runIf(allCases)(
    'the backup mode of somebody else, begun after the run had ended its own, is left so',
    async () => {
      world.before('Plan Overwrite', abort);
      world.before('Record Failure', abort);
      const execution = world.deployment.startExecution('aborted-later', { refresh: 'nightly' });
      await execution.result;
      world.forgetInterruptions();
      world.database.change({
        datafiles: [{ file: 1, backup_since: '2026-11-24T00:05:00Z', read_only: false }],
      });

      const report = await clearUp(execution.name);

      expect(report.manifest.status).toBe('SUCCEEDED');
      expect(around(report)).toEqual([]);
      expect(datafilesInBackupMode()).toBe(1);
    },
  );

  it('that had no target group, its backup mode is ended all the same', async () => {
    const { target_protection_group: _, ...snapshotOnly } = definition;
    await world.define('nightly', { ...snapshotOnly, ora_backup_mode: true });
    const dead = await abortAfter('Take Snapshot In Backup Mode');

    const report = await clearUp(dead);

    expect(report.manifest).toMatchObject({ status: 'SUCCEEDED', target: 'none' });
    expect(mutations(report.requests)).toEqual([]);
    expect(datafilesInBackupMode()).toBe(0);
  });

  it('and whose database does not answer, the target is cleared up and the run fails by its own name', async () => {
    const dead = await abortAfter('Begin Backup');
    world.database.addFaults([{ kind: 'connect', times: 0, effect: { refuse: 12541 } }]);

    const report = await clearUp(dead);

    expect(report.result).toMatchObject({ status: 'FAILED', error: 'BackupModeNotEnded' });
    expect(statesOf(report)).toContain('Recover Target');
  });

  it.runIf(allCases)('a dry run tells that an execution looks after the database', async () => {
    const dead = await abortAfter('Begin Backup');

    const { manifest } = await clearUp(dead, { execute: false });

    expect(manifest.warnings.join()).toContain(
      'sees to it that database PRD is out of backup mode',
    );
    expect(datafilesInBackupMode()).toBeGreaterThan(0);
  });
});
