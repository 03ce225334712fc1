import { describe, expect, it } from 'vitest';
import { beginBackup } from '../../../lambda/oracle/begin-backup.ts';
import { checkReadiness } from '../../../lambda/oracle/check-readiness.ts';
import { inSession } from '../../../lambda/oracle/database.ts';
import type { DatabaseFault, DatabaseStateInput } from '../../../local/database/simulator.ts';
import { rejectionOf } from '../support/refusals.ts';
import { datafiles, simulateDatabase } from './support/simulated-database.ts';

const first = { begunByThisRun: false };
const again = { begunByThisRun: true };

/** Begins, and tells what became of it: what it resolved to, or the error's name. */
const outcomeOf = async (underWay: Promise<{ how: string }>) =>
  underWay.then(
    ({ how }) => how,
    ({ name }: Error) => name,
  );

describe('a database that can be put into backup mode', () => {
  it('is put there, and is told since when', async () => {
    const database = simulateDatabase();

    const begun = await beginBackup(database.open, first);

    expect(begun).toEqual({
      name: 'PRD',
      how: 'begun',
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

    expect(await beginBackup(database.open, first)).toMatchObject({ datafiles: 3, active: 2 });
  });

  it('has no containers, and an ordinary user with the right grants', async () => {
    const database = simulateDatabase({ container: null, may_alter: true }, { role: 'none' });

    expect(await beginBackup(database.open, first)).toMatchObject({ how: 'begun' });
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

    expect(await rejectionOf(beginBackup(database.open, first))).toMatchObject({
      name: 'DatabaseNotReady',
      message: `Database PRD cannot be put into backup mode: ${reasons}`,
    });
    expect(database.changes()).toEqual([]);
  });

  it('from inside a pluggable database', async () => {
    const database = simulateDatabase({ container: { id: 3, name: 'ORDERS' } });

    expect(await rejectionOf(beginBackup(database.open, first))).toMatchObject({
      name: 'DatabaseNotReady',
      message: expect.stringContaining('leads into the pluggable database ORDERS of PRD'),
      remedy: expect.stringContaining('CDB$ROOT'),
    });
    expect(database.changes()).toEqual([]);
  });

  it.each(['v$database', 'v$backup'])('when %s cannot be read', async (view) => {
    const database = simulateDatabase({ denied_views: [view] });

    expect(await rejectionOf(beginBackup(database.open, first))).toMatchObject({
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

    expect(await rejectionOf(beginBackup(database.open, first))).toMatchObject({
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

    expect(await rejectionOf(beginBackup(database.open, first))).toMatchObject({
      name: 'DatabaseInBackupMode',
      message: `Database PRD is in backup mode already, since 2026-11-24T00:30:00.000Z (${active} of ${count} datafiles), and not by this run. It is left so.`,
    });
    expect(database.changes()).toEqual([]);
    expect(database.active()).toBe(active);
  });

  it('is as it should be for the run that put it there', async () => {
    const database = simulateDatabase();
    const begun = await beginBackup(database.open, first);
    database.simulator.advance(60_000);

    expect(await beginBackup(database.open, again)).toEqual({ ...begun, how: 'found' });
    expect(database.changes()).toEqual(['BEGIN']);
  });

  it('no more is put there again by the run that did', async () => {
    const database = simulateDatabase();

    expect(await beginBackup(database.open, again)).toMatchObject({ how: 'begun', active: 4 });
  });

  it.each([
    ['somebody else', first, 'DatabaseInBackupMode'],
    ['an earlier attempt of the run', again, 'found'],
  ])('only since the look, by %s', async (_, ownership, outcome) => {
    const database = simulateDatabase();
    database.simulator.addFaults([
      { kind: 'execute', effect: { refuse: 1146, message: 'file 1 is already in backup' } },
    ]);

    expect(await outcomeOf(beginBackup(database.open, ownership))).toBe(outcome);
  });
});

describe('a BEGIN BACKUP that is not answered', () => {
  const begin = { kind: 'execute', statement: 'begin backup' } as const;

  it.each<[string, DatabaseFault['effect'], string]>([
    ['done, connection lost', { drop: 'after' }, 'settled'],
    ['done, silence', { hang: 'after' }, 'settled'],
    ['done, broken off', { hang: 'after', heeds_break: true }, 'settled'],
    ['not done, connection lost', { drop: 'before' }, 'DatabaseUnavailable'],
    ['not done, silence', { hang: 'before' }, 'DatabaseUnavailable'],
    ['not done, broken off', { hang: 'before', heeds_break: true }, 'DatabaseUnavailable'],
    ['done later', { act_late_ms: 60_000 }, 'DatabaseUnavailable'],
  ])('%s: is settled by a look in a new session', async (_, effect, outcome) => {
    const database = simulateDatabase();
    database.simulator.addFaults([{ ...begin, effect }]);

    expect(await outcomeOf(beginBackup(database.open, first))).toBe(outcome);
    expect(database.sessions()).toBe(2);
    expect(database.changes()).toEqual(['BEGIN']);
  });

  it('is found by the next attempt when it was done later', async () => {
    const database = simulateDatabase();
    database.simulator.addFaults([{ ...begin, effect: { act_late_ms: 60_000 } }]);
    await rejectionOf(beginBackup(database.open, first));
    database.simulator.advance(60_000);

    expect(await beginBackup(database.open, again)).toMatchObject({ how: 'found', active: 4 });
    expect(database.changes()).toEqual(['BEGIN']);
  });

  it('and cannot be settled either: the way there is the error', async () => {
    const database = simulateDatabase();
    database.simulator.addFaults([
      { ...begin, effect: { drop: 'after' } },
      { kind: 'connect', nth: 2, effect: { drop: 'before' } },
    ]);

    expect((await rejectionOf(beginBackup(database.open, first))).name).toBe('DatabaseUnavailable');
    expect(await beginBackup(database.open, again)).toMatchObject({ how: 'found' });
  });

  it('that was done, and then the look fails: the next attempt finds it', async () => {
    const database = simulateDatabase();
    database.simulator.addFaults([{ statement: 'v$backup', nth: 2, effect: { drop: 'before' } }]);

    expect((await rejectionOf(beginBackup(database.open, first))).name).toBe('DatabaseUnavailable');
    expect(await beginBackup(database.open, again)).toMatchObject({ how: 'found' });
  });
});

it.each([
  [1123, 'DatabaseNotReady'],
  [1109, 'DatabaseNotReady'],
  [16000, 'DatabaseNotReady'],
  [1031, 'DatabasePermissionDenied'],
  [1128, 'DatabaseStatementFailed'],
  [1089, 'DatabaseUnavailable'],
])('a BEGIN BACKUP that is refused with ORA %d: %s', async (refuse, name) => {
  const database = simulateDatabase();
  database.simulator.addFaults([{ kind: 'execute', effect: { refuse } }]);

  expect((await rejectionOf(beginBackup(database.open, first))).name).toBe(name);
  expect(database.active()).toBe(0);
});

it('a BEGIN BACKUP that is accepted without effect is no success', async () => {
  const files = datafiles(2, 0).map((file) => ({ ...file, read_only: true }));
  const database = simulateDatabase({ datafiles: files });

  expect(await rejectionOf(beginBackup(database.open, first))).toMatchObject({
    name: 'DatabaseStatementFailed',
    message: expect.stringContaining('none of its 2 datafiles is in backup mode'),
  });
});

it('readiness can be asked without any change', async () => {
  const database = simulateDatabase();

  const found = await inSession(database.open, (session) => checkReadiness(session, first));

  expect(found).toEqual({ name: 'PRD', datafiles: 4, active: 0, since: null });
  expect(database.changes()).toEqual([]);
});
