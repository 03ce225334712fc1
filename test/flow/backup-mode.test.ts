import { describe, expect, it } from 'vitest';
import {
  ARCHIVE,
  around,
  BEGIN,
  countInBackupMode,
  END,
  SNAPSHOT,
} from '../support/backup-mode.ts';
import { databases, definition } from '../support/databases.ts';
import { expectRefreshed } from '../support/expectations.ts';
import { copiedSnapshots, mutations, statesOf } from '../support/run-report.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld({ state: databases(), database: { password: 'canary-of-a-password' } });
const inBackupMode = { ...definition, ora_backup_mode: true };
const datafilesInBackupMode = () => countInBackupMode(world.database);

describe('a refresh in backup mode', () => {
  it('takes the snapshot between BEGIN BACKUP and END BACKUP, and nothing else', async () => {
    await world.define('nightly', inBackupMode);

    const report = await world.run('nightly');

    expectRefreshed(report);
    expect(around(report).slice(0, 5)).toEqual([
      BEGIN,
      SNAPSHOT,
      `${SNAPSHOT} answered`,
      END,
      ARCHIVE,
    ]);
    // The guard of the target is another snapshot, long after.
    expect(around(report).slice(5)).toEqual([SNAPSHOT, `${SNAPSHOT} answered`]);
    expect(datafilesInBackupMode()).toBe(0);
    expect(world.database.state().archived_logs).toBe(1);
    // Its effect is seen before the snapshot is asked for.
    const begun = report.journal.findIndex(({ what }) => what === BEGIN);
    expect(report.journal[begun + 1]).toMatchObject({
      at: 'database',
      what: expect.stringContaining('FROM v$backup'),
    });
  });

  it('tells in the manifest how long it was, and that the snapshot was taken in it', async () => {
    await world.define('nightly', inBackupMode);

    const { manifest } = await world.run('nightly');

    const { backup_mode, database } = manifest;
    const { begun, ended, seconds } = backup_mode ?? {};
    expect(backup_mode).toMatchObject({ run: manifest.run, database: 'PRD' });
    expect(seconds).toBe((Date.parse(ended ?? '') - Date.parse(begun ?? '')) / 1_000);
    expect(seconds).toBeGreaterThanOrEqual(0);
    // By the database's own clock, which stands still in a run.
    expect(backup_mode?.since).toBe(database?.facts.db_time);
    expect(database?.facts).toMatchObject({ db_name: 'PRD', backup_mode: true });
    expect(manifest.steps.map(({ step }) => step).slice(0, 6)).toEqual([
      'prepare',
      'read-database',
      'note-database',
      'begin-backup',
      'take-snapshot',
      'end-backup',
    ]);
  });

  it('does not archive the log where that is not wanted', async () => {
    await world.define('nightly', { ...inBackupMode, ora_archive_log: false });

    const report = await world.run('nightly');

    expectRefreshed(report);
    expect(around(report)).not.toContain(ARCHIVE);
  });

  it('goes on where the log cannot be archived, and says so', async () => {
    await world.define('nightly', inBackupMode);
    world.database.addFaults([{ statement: 'archive log', effect: { refuse: 16014 } }]);

    const { manifest } = await world.run('nightly');

    expect(manifest.status).toBe('SUCCEEDED');
    expect(manifest.warnings.join('\n')).toContain('redo log was not archived');
  });

  it('can be asked for by an event, for one run', async () => {
    await world.define('nightly', definition);

    const report = await world.run('nightly', { ora_backup_mode: true });

    expect(around(report)).toContain(BEGIN);
    expect(around(await world.run('nightly'))).not.toContain(BEGIN);
  });

  it('takes no target group to be of use', async () => {
    const { target_protection_group: _, ...snapshotOnly } = inBackupMode;
    await world.define('nightly', snapshotOnly);

    const report = await world.run('nightly');

    expect(report.manifest.status).toBe('SNAPSHOT_ONLY');
    expect(around(report)).toEqual([BEGIN, SNAPSHOT, `${SNAPSHOT} answered`, END, ARCHIVE]);
  });
});

describe('a dry run in backup mode', () => {
  it('sends the database nothing but queries, and tells what it has found', async () => {
    await world.define('nightly', { ...inBackupMode, execute: false });

    const { manifest, requests } = await world.run('nightly');

    const kinds = new Set(world.database.statements().map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(['connect', 'query']));
    expect(mutations(requests)).toEqual([]);
    expect(manifest).toMatchObject({
      status: 'PLANNED',
      backup_mode: null,
      database: { read_from: 'session', facts: { db_name: 'PRD', backup_mode: false } },
    });
  });

  it('is refused as the execution would be', async () => {
    await world.define('nightly', { ...inBackupMode, execute: false });
    world.database.change({ log_mode: 'NOARCHIVELOG' });

    const { manifest } = await world.run('nightly');

    expect(manifest).toMatchObject({ status: 'FAILED', error: { name: 'DatabaseNotReady' } });
  });

  it('names the event that executes it, backup mode included', async () => {
    await world.define('nightly', { ...definition, execute: false });

    const { manifest } = await world.run('nightly', { ora_backup_mode: true });

    expect(manifest.execute_with).toMatchObject({ ora_backup_mode: true, execute: true });
  });
});

describe('a database that cannot go into backup mode', () => {
  it.each([
    ['is not in ARCHIVELOG mode', { log_mode: 'NOARCHIVELOG' as const }],
    ['is a standby', { database_role: 'PHYSICAL STANDBY' as const }],
    ['is open for reading only', { open_mode: 'READ ONLY' as const }],
    ['is only mounted', { open_mode: 'MOUNTED' as const }],
  ])('because it %s is refused before anything is touched', async (_, change) => {
    await world.define('nightly', inBackupMode);
    world.database.change(change);

    const report = await world.run('nightly');

    expect(report.manifest).toMatchObject({
      status: 'FAILED',
      target: 'untouched',
      error: { name: 'DatabaseNotReady' },
    });
    expect(mutations(report.requests)).toEqual([]);
    expect(around(report)).toEqual([]);
  });

  it('because somebody else has it in backup mode is refused, and left so', async () => {
    await world.define('nightly', inBackupMode);
    world.database.change({
      datafiles: [{ file: 1, backup_since: '2026-11-23T22:00:00Z', read_only: false }],
    });

    const report = await world.run('nightly');

    expect(report.manifest.error).toMatchObject({
      name: 'DatabaseInBackupMode',
      message: expect.stringContaining('2026-11-23T22:00:00'),
    });
    expect(around(report)).toEqual([]);
    expect(datafilesInBackupMode()).toBe(1);
  });
});

describe('a snapshot that is there already', () => {
  it('is used without a word to the database, and its tags tell what it holds', async () => {
    await world.define('nightly', { ...inBackupMode, snapshot_name: 'monday' });
    const first = await world.run('nightly');
    const said = world.database.statements().length;

    const report = await world.run('nightly');

    expectRefreshed(report);
    expect(world.database.statements()).toHaveLength(said);
    expect(statesOf(report)).not.toContain('Begin Backup');
    expect(report.manifest.database).toMatchObject({
      read_from: 'tags',
      facts: {
        db_name: 'PRD',
        backup_mode: true,
        db_scn: first.manifest.database?.facts.db_scn,
      },
    });
    expect(report.manifest.backup_mode).toBeNull();
  });

  it('but was taken without backup mode is used, and the manifest says so', async () => {
    await world.define('nightly', { ...definition, ora_facts: true, snapshot_name: 'monday' });
    await world.run('nightly');

    const { manifest } = await world.run('nightly', { ora_backup_mode: true });

    expect(manifest.warnings).toContain(
      'Snapshot "prd-pg.monday" was there already, taken without backup mode.',
    );
  });

  it('and vanishes is not replaced by one that is taken without backup mode', async () => {
    await world.define('nightly', { ...inBackupMode, snapshot_name: 'monday' });
    await world.run('nightly');
    world.before('Take Snapshot', () => world.simulator.reset());

    const { manifest, after } = await world.run('nightly');

    expect(manifest).toMatchObject({ target: 'untouched', error: { name: 'SnapshotVanished' } });
    expect(copiedSnapshots(after)).toEqual([]);
  });
});
