import { describe, expect, it } from 'vitest';
import { beginBackup } from '../../../lambda/oracle/begin-backup.ts';
import { endBackup } from '../../../lambda/oracle/end-backup.ts';
import type { DatabaseFault } from '../../../local/database/simulator.ts';
import { rejectionOf } from '../support/refusals.ts';
import {
  datafiles,
  type SimulatedDatabase,
  simulateDatabase,
} from './support/simulated-database.ts';

const SINCE = '2026-11-24T00:30:00.000Z';
const options = { name: 'PRD', since: null, notAfter: null, archiveLog: false };
const inBackupMode = (state = {}) => simulateDatabase({ datafiles: datafiles(4, 4), ...state });
const end = { kind: 'execute', statement: 'end backup' } as const;

/** What must hold of every failure: name, statement to type. */
const loud = {
  name: 'BackupModeNotEnded',
  remedy: expect.stringContaining('type ALTER DATABASE END BACKUP;'),
};
const failureOf = (database: SimulatedDatabase, more = {}) =>
  rejectionOf(endBackup(database.open, { ...options, ...more }));

describe('backup mode', () => {
  it('is ended', async () => {
    const database = simulateDatabase();
    await beginBackup(database.open);

    expect(await endBackup(database.open, options)).toEqual({ found: 'own', warnings: [] });
    expect(database.changes()).toEqual(['BEGIN', 'END']);
    expect(database.active()).toBe(0);
  });

  it('is ended where only some datafiles are in it', async () => {
    const database = simulateDatabase({ datafiles: datafiles(4, 1) });

    expect(await endBackup(database.open, options)).toMatchObject({ found: 'own' });
    expect(database.active()).toBe(0);
  });

  it('is ended of a database that has crashed and is only mounted', async () => {
    const database = inBackupMode({ open_mode: 'MOUNTED' });

    expect(await endBackup(database.open, options)).toMatchObject({ found: 'own' });
  });

  it('that is none needs no statement', async () => {
    const database = simulateDatabase();

    const twice = [await endBackup(database.open, { ...options, archiveLog: true })];
    twice.push(await endBackup(database.open, options));

    expect(twice).toEqual(Array(2).fill({ found: 'none', warnings: [] }));
    expect(database.changes()).toEqual([]);
  });

  it('that somebody ended since the look is ended', async () => {
    const database = simulateDatabase({ datafiles: datafiles(4, 4) }, {}, (entry, simulator) => {
      if (entry.kind === 'execute') simulator.change({ datafiles: datafiles(4, 0) });
    });

    expect(await endBackup(database.open, options)).toEqual({ found: 'own', warnings: [] });
    expect(database.simulator.statements().map(({ outcome }) => outcome)).toContain('ORA-01142');
  });
});

describe('backup mode that is told to be ended only if it is old enough', () => {
  it.each<[string, string, boolean]>([
    ['is ended when it began before that', '2026-11-24T00:45:00.000Z', true],
    ['is ended when it began just then', SINCE, true],
    ['is left so when it began later: it is somebody else’s', '2026-11-24T00:29:59.000Z', false],
  ])('%s', async (_, notAfter, isEnded) => {
    const database = inBackupMode();

    const { found, warnings } = await endBackup(database.open, {
      ...options,
      notAfter,
      archiveLog: true,
    });

    expect(found).toBe(isEnded ? 'own' : 'foreign');
    expect(database.changes()).toEqual(isEnded ? ['END', 'ARCHIVE'] : []);
    expect(database.active()).toBe(isEnded ? 0 : 4);
    expect(warnings).toEqual(
      isEnded
        ? []
        : [expect.stringContaining(`PRD is in backup mode since ${SINCE}, which is too`)],
    );
  });
});

describe('the current redo log', () => {
  it.each([true, false])('is archived afterwards when that is wanted (%s)', async (archiveLog) => {
    const database = inBackupMode();

    await endBackup(database.open, { ...options, archiveLog });

    expect(database.changes()).toEqual(archiveLog ? ['END', 'ARCHIVE'] : ['END']);
    expect(database.simulator.state().archived_logs).toBe(archiveLog ? 1 : 0);
  });

  it.each<[DatabaseFault['effect'], string]>([
    [{ refuse: 258, message: 'must identify log' }, 'ORA-00258: must identify log'],
    [{ refuse: 1031 }, 'ORA-01031'],
    [{ drop: 'before' }, 'NJS-500'],
    [{ hang: 'before' }, 'overdue'],
  ])('that is not archived is a warning: %j', async (effect, said) => {
    const database = inBackupMode();
    database.simulator.addFaults([{ statement: 'archive log', effect }]);

    const { found, warnings } = await endBackup(database.open, { ...options, archiveLog: true });

    expect(found).toBe('own');
    expect(warnings).toEqual([expect.stringContaining(said)]);
    expect(warnings[0]).toMatch(/^The current redo log was not archived: /);
  });
});

describe('an END BACKUP that is not answered', () => {
  it.each<[string, DatabaseFault['effect'], string[]]>([
    ['done, connection lost', { drop: 'after' }, ['END']],
    ['done, silence', { hang: 'after' }, ['END']],
    ['not done, connection lost', { drop: 'before' }, ['END', 'END']],
    ['not done, silence', { hang: 'before' }, ['END', 'END']],
    ['not done, broken off', { hang: 'before', heeds_break: true }, ['END', 'END']],
    ['done later', { act_late_ms: 60_000 }, ['END', 'END']],
  ])('%s: is looked at in a new session, and said again', async (_, effect, changes) => {
    const database = inBackupMode();
    database.simulator.addFaults([{ ...end, effect }]);

    expect(await endBackup(database.open, options)).toMatchObject({ found: 'own' });
    expect(database.changes()).toEqual(changes);
    expect(database.active()).toBe(0);
  });

  it('and was done, and then the look is lost as well', async () => {
    const database = inBackupMode();
    database.simulator.addFaults([{ statement: 'v$backup', nth: 2, effect: { drop: 'before' } }]);

    expect(await endBackup(database.open, options)).toMatchObject({ found: 'own' });
    expect(database.changes()).toEqual(['END']);
  });
});

describe('backup mode that cannot be ended', () => {
  it.each<[string, DatabaseFault, string]>([
    ['refused', { ...end, times: 0, effect: { refuse: 1031 } }, 'ORA-01031'],
    ['failing', { ...end, times: 0, effect: { refuse: 1110 } }, 'ORA-01110'],
    ['unanswered', { ...end, times: 0, effect: { hang: 'before' } }, 'overdue'],
    ['cut off', { ...end, times: 0, effect: { drop: 'before' } }, 'NJS-500'],
  ])('is told as loudly as can be: %s', async (_, fault, said) => {
    const database = inBackupMode();
    database.simulator.addFaults([fault]);

    const failure = await failureOf(database);

    expect(failure).toMatchObject(loud);
    expect(failure.message).toContain(`DATABASE PRD IS STILL IN BACKUP MODE, since ${SINCE}: `);
    expect(failure.message).toContain(said);
    expect(database.active()).toBe(4);
  });

  it('since the database is not there is told with what the caller knows', async () => {
    const database = inBackupMode();
    database.simulator.addFaults([{ kind: 'connect', times: 0, effect: { drop: 'before' } }]);

    const failure = await failureOf(database, { since: SINCE });

    expect(failure).toMatchObject(loud);
    expect(failure.message).toContain(
      `DATABASE PRD MAY STILL BE IN BACKUP MODE, in which it was put at ${SINCE}, and nobody could look: `,
    );
  });

  it.each<DatabaseFault>([
    { kind: 'connect', effect: { refuse: 1017 } },
    { kind: 'connect', effect: { refuse: 28000 } },
    { statement: 'v$backup', effect: { refuse: 942 } },
    { statement: 'v$backup', effect: { hang: 'before' } },
  ])('whatever the reason: %j', async (fault) => {
    const database = inBackupMode();
    database.simulator.addFaults([fault]);

    expect(await failureOf(database)).toMatchObject(loud);
  });

  it('may be ended by the next attempt', async () => {
    const database = inBackupMode();
    database.simulator.addFaults([{ ...end, times: 2, effect: { hang: 'before' } }]);
    await failureOf(database);

    expect(await endBackup(database.open, options)).toMatchObject({ found: 'own' });
  });
});
