import { beforeEach, describe, expect, it } from 'vitest';
import { around, BEGIN, countInBackupMode, END, SNAPSHOT } from '../support/backup-mode.ts';
import { databases, definition } from '../support/databases.ts';
import { allCases } from '../support/extent.ts';
import { mutations, type RunReport, statesOf } from '../support/run-report.ts';
import { useWorld } from '../support/world.ts';

const PASSWORD = 'canary-of-a-password';
const world = useWorld({ state: databases(), database: { password: PASSWORD } });
const datafilesInBackupMode = () => countInBackupMode(world.database);

beforeEach(() => world.define('nightly', { ...definition, ora_backup_mode: true }));

class Killed extends Error {
  override readonly name: string;
  constructor(name = 'Sandbox.Timedout') {
    super('Task timed out');
    this.name = name;
  }
}
const kill = (name?: string) => () => {
  throw new Killed(name);
};

/** The target is as it was, the database out of backup mode, and the run has failed by this name. */
const expectCleared = ({ manifest, result, target }: RunReport, name: string): void => {
  expect(result).toMatchObject({ status: 'FAILED', error: name });
  expect(manifest).toMatchObject({ status: 'FAILED', target: 'untouched', error: { name } });
  expect(target.after.volumes).toEqual(target.before.volumes);
  expect(datafilesInBackupMode()).toBe(0);
};

describe('backup mode is ended', () => {
  it('when the array refuses the snapshot', async () => {
    const body = { errors: [{ context: null, message: 'Not now.' }] };
    world.addFaults({
      method: 'POST',
      path: '/protection-group-snapshots',
      effect: { status: 400, body },
    });

    const report = await world.run('nightly');

    expectCleared(report, 'ArrayRequestRefused');
    expect(around(report).filter((what) => what.startsWith('ALTER DATABASE'))).toEqual([
      BEGIN,
      END,
    ]);
    expect(report.manifest.backup_mode?.ended).not.toBeNull();
  });

  it('when the array is not to be reached any more', async () => {
    world.addFaults({
      method: 'POST',
      path: '/protection-group-snapshots',
      times: 0,
      effect: { hang_up: 'before' },
    });

    expectCleared(await world.run('nightly'), 'ArrayUnavailable');
  });

  it('when the time is up for which it may last', async () => {
    world.before('Take Snapshot In Backup Mode', kill('States.Timeout'));

    const report = await world.run('nightly');

    expectCleared(report, 'BackupModeOverdue');
    expect(report.manifest.error?.message).toContain('300 s');
  });

  it('when the step that begins it is cut off after it has begun', async () => {
    world.after('Begin Backup', kill());

    const report = await world.run('nightly');

    expectCleared(report, 'Sandbox.Timedout');
    expect(around(report)).not.toContain(SNAPSHOT);
    expect(report.manifest.backup_mode).toMatchObject({ begun: null, seconds: null });
  });

  // As in walk/backup-mode.test.ts.
  it.runIf(allCases)('when BEGIN BACKUP gets no answer and comes late', async () => {
    world.database.addFaults([{ statement: 'begin backup', effect: { drop: 'before' } }]);
    world.whenWaited(30, () => {
      world.database.change({
        datafiles: [{ file: 1, backup_since: '2026-11-24T00:02:00Z', read_only: false }],
      });
    });

    const report = await world.run('nightly');

    expectCleared(report, 'BackupModeUnsure');
    expect(report.waits).toEqual([240]);
    expect(statesOf(report).filter((state) => state === 'End Backup')).toHaveLength(2);
  });

  it('at a later attempt, where the database is not to be reached at first', async () => {
    world.before('End Backup', () =>
      world.database.addFaults([{ kind: 'connect', times: 3, effect: { refuse: 12541 } }]),
    );

    const report = await world.run('nightly');

    expect(report.manifest.status).toBe('SUCCEEDED');
    expect(datafilesInBackupMode()).toBe(0);
  });

  it('though somebody has ended it meanwhile, which the manifest tells', async () => {
    world.after('Take Snapshot In Backup Mode', () =>
      world.database.change({ datafiles: [{ file: 1, backup_since: null, read_only: false }] }),
    );

    const { manifest } = await world.run('nightly');

    expect(manifest.status).toBe('SUCCEEDED');
    expect(manifest.warnings.join()).toContain('was out of backup mode when that was to be ended');
  });
});

describe('backup mode is not begun', () => {
  it.each([
    ['wrong password', { refuse: 1017 }, 'DatabaseLoginRefused'],
    ['missing privilege', { refuse: 1045 }, 'DatabasePermissionDenied'],
    ['unknown service', { refuse: 12514 }, 'DatabaseServiceUnknown'],
    ['listener that is down', { refuse: 12541 }, 'DatabaseUnavailable'],
  ])('with a %s, and nothing is ended either', async (_, effect, name) => {
    world.database.addFaults([{ kind: 'connect', times: 0, effect }]);

    const report = await world.run('nightly');

    expectCleared(report, name);
    expect(mutations(report.requests)).toEqual([]);
    expect(around(report)).toEqual([]);
  });

  it('where the database refuses it, and somebody else’s is left alone', async () => {
    world.before('Begin Backup', () =>
      world.database.change({
        datafiles: [{ file: 1, backup_since: '2026-11-24T00:00:30Z', read_only: false }],
      }),
    );

    const report = await world.run('nightly');

    expect(report.manifest.error?.name).toBe('DatabaseInBackupMode');
    expect(around(report)).toEqual([]);
    expect(datafilesInBackupMode()).toBe(1);
  });
});

describe('backup mode that cannot be ended', () => {
  /** It stays, whatever is tried. */
  const loseDatabase = () =>
    world.before('End Backup', () =>
      world.database.addFaults([{ kind: 'connect', times: 0, effect: { refuse: 12541 } }]),
    );

  it('is the loudest failure of all, and the manifest says since when and what to type', async () => {
    loseDatabase();

    const report = await world.run('nightly');

    expect(report.result).toMatchObject({ status: 'FAILED', error: 'BackupModeNotEnded' });
    expect(report.manifest).toMatchObject({
      status: 'FAILED',
      target: 'untouched',
      error: {
        name: 'BackupModeNotEnded',
        message: expect.stringContaining('PRD MAY STILL BE IN BACKUP MODE'),
        remedy: expect.stringContaining('ALTER DATABASE END BACKUP;'),
      },
      backup_mode: { database: 'PRD', ended: null, seconds: null },
    });
    const { backup_mode } = report.manifest;
    expect(report.manifest.error?.message).toContain(backup_mode?.since ?? 'unknown');
    expect(datafilesInBackupMode()).toBeGreaterThan(0);
  });

  it('hides no other failure', async () => {
    world.before('Take Snapshot In Backup Mode', kill('States.Timeout'));
    loseDatabase();

    const { manifest } = await world.run('nightly');

    expect(manifest.error?.name).toBe('BackupModeNotEnded');
    expect(manifest.warnings.join()).toContain('Beside that the run failed');
  });

  it('because the step is cut off again and again is told in the same words', async () => {
    for (let attempt = 0; attempt < 6; attempt++) world.before('End Backup', kill());

    const { result, manifest } = await world.run('nightly');

    expect(result).toMatchObject({ status: 'FAILED', error: 'BackupModeNotEnded' });
    expect(manifest.error?.message).toContain('MAY STILL BE IN BACKUP MODE');
  });

  it('is ended by a run that clears up, once the database answers again', async () => {
    loseDatabase();
    const dead = await world.run('nightly');
    world.database.clearFaults();

    const report = await world.execute({ refresh: 'nightly', recover: dead.run });

    expect(report.manifest).toMatchObject({
      mode: 'recover',
      status: 'SUCCEEDED',
      backup_mode: { run: dead.run, database: 'PRD', ended: expect.any(String) },
    });
    expect(datafilesInBackupMode()).toBe(0);
  });
});
