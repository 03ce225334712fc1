import { describe, expect, it } from 'vitest';
import { beginBackup } from '../../../lambda/oracle/begin-backup.ts';
import { checkReadiness } from '../../../lambda/oracle/check-readiness.ts';
import { inSession } from '../../../lambda/oracle/database.ts';
import type { DatabaseFault, DatabaseStateInput } from '../../../local/database/simulator.ts';
import { rejectionOf } from '../support/refusals.ts';
import { datafiles, simulateDatabase } from './support/simulated-database.ts';

describe('a database that can be put into backup mode', () => {
  it('is put there, and is told since when', async () => {
    const database = simulateDatabase();

    const begun = await beginBackup(database.open);

    expect(begun).toEqual({
      datafiles: 4,
      active: 4,
      since: '2026-11-24T01:00:00.000Z',
    });
    expect(database.changes()).toEqual(['BEGIN']);
    expect(database.sessions()).toBe(1);
  });

  it('is put there though some datafiles never go', async () => {
    const files = datafiles(3, 0).map((file) => ({ ...file, read_only: file.file === 3 }));
    const database = simulateDatabase({ datafiles: files });

    expect(await beginBackup(database.open)).toMatchObject({ datafiles: 3, active: 2 });
  });

  it('has no containers, and an ordinary user with the right grants', async () => {
    const database = simulateDatabase({ container: null, may_alter: true }, { role: 'none' });

    expect(await beginBackup(database.open)).toMatchObject({ active: 4 });
  });
});

describe('a database that cannot be put into backup mode is left alone', () => {
  it.each<[DatabaseStateInput, string]>([
    [{ database_role: 'PHYSICAL STANDBY' }, 'its role is PHYSICAL STANDBY.'],
    [
      { database_role: 'PHYSICAL STANDBY', open_mode: 'READ ONLY WITH APPLY' },
      'its role is PHYSICAL STANDBY, it is open READ ONLY WITH APPLY.',
    ],
    [{ database_role: 'LOGICAL STANDBY' }, 'its role is LOGICAL STANDBY.'],
    [{ database_role: 'SNAPSHOT STANDBY' }, 'its role is SNAPSHOT STANDBY.'],
    [{ open_mode: 'MOUNTED' }, 'it is MOUNTED.'],
    [{ open_mode: 'READ ONLY' }, 'it is open READ ONLY.'],
    [{ log_mode: 'NOARCHIVELOG' }, 'it is in NOARCHIVELOG mode.'],
    [{ log_mode: 'MANUAL' }, 'it is in MANUAL mode.'],
    [
      { database_role: 'FAR SYNC', open_mode: 'MOUNTED', log_mode: 'NOARCHIVELOG' },
      'its role is FAR SYNC, it is MOUNTED, it is in NOARCHIVELOG mode.',
    ],
  ])('%j', async (state, reasons) => {
    const database = simulateDatabase(state);

    expect(await rejectionOf(beginBackup(database.open))).toMatchObject({
      name: 'DatabaseNotReady',
      message: `Database PRD cannot be put into backup mode: ${reasons}`,
    });
    expect(database.changes()).toEqual([]);
  });

  it('from inside a pluggable database', async () => {
    const database = simulateDatabase({ container: { id: 3, name: 'ORDERS' } });

    expect(await rejectionOf(beginBackup(database.open))).toMatchObject({
      name: 'DatabaseNotReady',
      message: expect.stringContaining('leads into the pluggable database ORDERS of PRD'),
      remedy: expect.stringContaining('CDB$ROOT'),
    });
    expect(database.changes()).toEqual([]);
  });

  it.each(['v$database', 'v$backup'])('when %s cannot be read', async (view) => {
    const database = simulateDatabase({ denied_views: [view] });

    expect(await rejectionOf(beginBackup(database.open))).toMatchObject({
      name: 'DatabasePermissionDenied',
      message: `The database user cannot read ${view} (ORA-00942).`,
      remedy: expect.stringContaining(
        `GRANT SELECT ON SYS.${view.replace('$', '_$').toUpperCase()}`,
      ),
    });
    expect(database.changes()).toEqual([]);
  });

  it('when the user may not', async () => {
    const database = simulateDatabase({}, { role: 'none' });

    expect(await rejectionOf(beginBackup(database.open))).toMatchObject({
      name: 'DatabasePermissionDenied',
      message: expect.stringContaining('refused ALTER DATABASE BEGIN BACKUP: ORA-01031'),
    });
    expect(database.active()).toBe(0);
  });
});

describe('a database that is in backup mode before', () => {
  it.each([
    [1, 4],
    [4, 4],
  ])('is left so by a run that did not put it there (%d of %d)', async (active, count) => {
    const database = simulateDatabase({ datafiles: datafiles(count, active) });

    expect(await rejectionOf(beginBackup(database.open))).toMatchObject({
      name: 'DatabaseInBackupMode',
      message: `Database PRD is in backup mode already, since 2026-11-24T00:30:00.000Z (${active} of ${count} datafiles), and not by this run. It is left so.`,
    });
    expect(database.changes()).toEqual([]);
    expect(database.active()).toBe(active);
  });

  it('only since the look is left so as well', async () => {
    const database = simulateDatabase({}, {}, (entry, simulator) => {
      if (entry.kind === 'execute') simulator.change({ datafiles: datafiles(4, 4) });
    });

    expect(await rejectionOf(beginBackup(database.open))).toMatchObject({
      name: 'DatabaseInBackupMode',
      message: expect.stringContaining('since 2026-11-24T00:30:00.000Z (4 of 4 datafiles)'),
    });
    expect(database.active()).toBe(4);
  });
});

describe('a BEGIN BACKUP that is not answered', () => {
  const begin = { kind: 'execute', statement: 'begin backup' } as const;

  it.each<[string, DatabaseFault['effect']]>([
    ['done, connection lost', { drop: 'after' }],
    ['done, silence', { hang: 'after' }],
    ['done, broken off', { hang: 'after', heeds_break: true }],
    ['not done, connection lost', { drop: 'before' }],
    ['not done, silence', { hang: 'before' }],
    ['not done, broken off', { hang: 'before', heeds_break: true }],
    ['done later', { act_late_ms: 60_000 }],
  ])('%s: leaves a doubt, and is not sent again', async (_, effect) => {
    const database = simulateDatabase();
    database.simulator.addFaults([{ ...begin, effect }]);

    expect((await rejectionOf(beginBackup(database.open))).name).toBe('BackupModeUnsure');
    expect(database.sessions()).toBe(1);
    expect(database.changes()).toEqual(['BEGIN']);
  });

  it('says what the doubt is about', async () => {
    const database = simulateDatabase();
    database.simulator.addFaults([{ ...begin, effect: { drop: 'after' } }]);

    expect(await rejectionOf(beginBackup(database.open))).toMatchObject({
      name: 'BackupModeUnsure',
      message: expect.stringMatching(
        /^It is not known whether database PRD has gone into backup mode\. Database .+ gave no answer to ALTER DATABASE BEGIN BACKUP \(NJS-500\)\.$/,
      ),
      remedy: expect.stringContaining('run again'),
    });
  });

  it('of which the effect cannot be seen leaves a doubt as well', async () => {
    const database = simulateDatabase();
    database.simulator.addFaults([{ statement: 'v$backup', nth: 2, effect: { drop: 'before' } }]);

    expect((await rejectionOf(beginBackup(database.open))).name).toBe('BackupModeUnsure');
    expect(database.changes()).toEqual(['BEGIN']);
  });
});

it.each([
  [1123, 'DatabaseNotReady'],
  [1109, 'DatabaseNotReady'],
  [16000, 'DatabaseNotReady'],
  [1031, 'DatabasePermissionDenied'],
  // Some files may be in it already when one cannot be written to.
  [1114, 'BackupModeUnsure'],
  // It goes down: what it was told before that may have been done.
  [1089, 'BackupModeUnsure'],
])('a BEGIN BACKUP that is refused with ORA %d: %s', async (refuse, name) => {
  const database = simulateDatabase();
  database.simulator.addFaults([{ kind: 'execute', effect: { refuse } }]);

  expect((await rejectionOf(beginBackup(database.open))).name).toBe(name);
  expect(database.active()).toBe(0);
});

it('a BEGIN BACKUP that is accepted without effect is no success', async () => {
  const files = datafiles(2, 0).map((file) => ({ ...file, read_only: true }));
  const database = simulateDatabase({ datafiles: files });

  expect(await rejectionOf(beginBackup(database.open))).toMatchObject({
    name: 'BackupModeUnsure',
    message: expect.stringContaining('No datafile is in backup mode after it.'),
  });
});

it('a database that cannot be reached has been told nothing', async () => {
  const database = simulateDatabase();
  database.simulator.addFaults([{ kind: 'connect', effect: { drop: 'before' } }]);

  expect((await rejectionOf(beginBackup(database.open))).name).toBe('DatabaseUnavailable');
  expect(database.changes()).toEqual([]);
});

it('readiness can be asked without any change', async () => {
  const database = simulateDatabase();

  const found = await inSession(database.open, (session) => checkReadiness(session));

  expect(found).toEqual({ name: 'PRD', datafiles: 4, active: 0, since: null });
  expect(database.changes()).toEqual([]);
});
