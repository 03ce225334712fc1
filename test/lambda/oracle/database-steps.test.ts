import { describe, expect, it } from 'vitest';
import { type DatabasePorts, databaseSteps } from '../../../lambda/oracle/database-steps.ts';
import type { Run } from '../../../lambda/refresh/run.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { rejectionOf } from '../support/refusals.ts';
import { aboutToBegin, noted } from './support/database-run.ts';
import {
  datafiles,
  type SimulatedDatabase,
  simulateDatabase,
} from './support/simulated-database.ts';

const {
  'read-database': readDatabase,
  'begin-backup': beginBackup,
  'end-backup': endBackup,
} = databaseSteps;

const NOW = '2026-11-24T01:00:00.000Z';
const SINCE = '2026-11-24T00:30:00.000Z';

/** A step's ports, with a clock that goes with the simulated database's. */
const setUp = (database: SimulatedDatabase) => {
  const clock = new ManualClock(NOW);
  const ports: DatabasePorts = { clock, open: database.open, lingerSeconds: 600 };
  const wait = ({ backup }: Run) => {
    const ms = (backup?.wait_seconds ?? 0) * 1_000;
    clock.advance(ms);
    database.simulator.advance(ms);
  };
  return { database, clock, ports, wait };
};
const inBackupMode = (active = 4) => simulateDatabase({ datafiles: datafiles(4, active) });
/** The run as the machine hands it on after an error of that name. */
const failedWith = (run: Run, name: string): Run => ({ ...run, failure: { Error: name } });

describe('Read Database', () => {
  it('puts the facts into the run, and what it could not read', async () => {
    const { database, ports } = setUp(simulateDatabase({ denied_views: ['v$controlfile'] }));

    const { reading } = await readDatabase(aboutToBegin(), ports);

    expect(reading).toMatchObject({
      facts: { db_name: 'PRD', db_time: NOW, backup_mode: false, control_files: null },
      warnings: [expect.stringContaining('cannot read v$controlfile')],
    });
    expect(database.changes()).toEqual([]);
    expect(database.sessions()).toBe(1);
  });

  it('refuses a database that cannot go into backup mode where the run needs that', async () => {
    const { ports } = setUp(simulateDatabase({ log_mode: 'NOARCHIVELOG' }));

    expect((await rejectionOf(readDatabase(aboutToBegin(), ports))).name).toBe('DatabaseNotReady');
  });

  it('takes any database where only its facts are asked for', async () => {
    const { ports } = setUp(simulateDatabase({ log_mode: 'NOARCHIVELOG' }));

    const { reading } = await readDatabase({ ...aboutToBegin(), backs_up: false }, ports);

    expect(reading?.facts.archivelog_mode).toBe('NOARCHIVELOG');
  });
});

describe('Begin Backup', () => {
  it('notes when it was sent, by our clock, and since when it is, by the database’s', async () => {
    const { database, clock, ports } = setUp(simulateDatabase());
    clock.advance(5_000);

    const { backup } = await beginBackup(aboutToBegin(), ports);

    expect(backup).toEqual({ ...noted, begun: '2026-11-24T01:00:05.000Z', since: NOW });
    expect(database.active()).toBe(4);
  });

  it.each([
    ['a dry run', { ...aboutToBegin(), execute: false }],
    ['a run that has left no note', { ...aboutToBegin(), backup: undefined }],
  ])('is not done for %s', async (_, run) => {
    const { database, ports } = setUp(simulateDatabase());

    expect((await rejectionOf(beginBackup(run, ports))).name).toBe('InvalidStepInput');
    expect(database.sessions()).toBe(0);
  });
});

describe('End Backup of a run that has begun it', () => {
  it('ends it, and says when that was seen', async () => {
    const { database, clock, ports } = setUp(simulateDatabase());
    const run = await beginBackup(aboutToBegin({ archive_log: true }), ports);
    clock.advance(4_000);

    const { backup, warnings } = await endBackup(run, ports);

    expect(backup).toMatchObject({ ended: '2026-11-24T01:00:04.000Z', done: true });
    expect(warnings).toEqual([]);
    expect(database.changes()).toEqual(['BEGIN', 'END', 'ARCHIVE']);
  });

  it('ends it also after a snapshot that failed', async () => {
    const { database, ports } = setUp(simulateDatabase());
    const run = await beginBackup(aboutToBegin(), ports);

    const { backup } = await endBackup(failedWith(run, 'ArrayUnavailable'), ports);

    expect(backup?.done).toBe(true);
    expect(database.active()).toBe(0);
  });

  it('that is over already waits for nothing, and warns that it may have been before the snapshot', async () => {
    const { database, ports } = setUp(simulateDatabase());

    const { backup, warnings } = await endBackup(aboutToBegin({ begun: NOW, since: NOW }), ports);

    expect(backup).toMatchObject({ ended: NOW, done: true, wait_seconds: 0 });
    expect(warnings).toEqual([expect.stringContaining('maybe before the snapshot')]);
    expect(database.changes()).toEqual([]);
  });

  it('fails with the time at which the run has begun it, where nobody can look', async () => {
    const { database, ports } = setUp(simulateDatabase());
    database.simulator.addFaults([{ kind: 'connect', times: 0, effect: { drop: 'before' } }]);

    expect(await rejectionOf(endBackup(aboutToBegin({ begun: NOW }), ports))).toMatchObject({
      name: 'BackupModeNotEnded',
      message: expect.stringContaining(`was put at ${NOW}, and nobody could look`),
    });
  });

  it('is not done on a dry run', async () => {
    const { database, ports } = setUp(inBackupMode());

    expect((await rejectionOf(endBackup({ ...aboutToBegin(), execute: false }, ports))).name).toBe(
      'InvalidStepInput',
    );
    expect(database.active()).toBe(4);
  });
});

describe('End Backup of a run that has not begun it', () => {
  it.each([
    'DatabaseInBackupMode',
    'DatabaseNotReady',
    'DatabaseUnavailable',
    'DatabaseLoginRefused',
    'DatabaseStatementFailed',
    'InvalidCredentials',
    'Lambda.TooManyRequestsException',
  ])('opens no session after %s: whoever is in backup mode then is another', async (name) => {
    const { database, ports } = setUp(inBackupMode());

    const { backup } = await endBackup(failedWith(aboutToBegin(), name), ports);

    expect(backup).toEqual({ ...noted, done: true });
    expect(database.sessions()).toBe(0);
    expect(database.active()).toBe(4);
  });
});

describe('End Backup of a run that does not know whether it has begun it', () => {
  const late = { kind: 'execute', statement: 'begin backup' } as const;
  const doubts = ['BackupModeUnsure', 'States.Timeout', 'Sandbox.Timedout', 'Lambda.Unknown'];

  it.each(doubts)('ends it where it is seen, and looks again later (%s)', async (name) => {
    const { database, ports, wait } = setUp(inBackupMode());

    const waiting = await endBackup(failedWith(aboutToBegin(), name), ports);
    const ended = database.active();
    database.simulator.change({ datafiles: datafiles(4, 1) });
    wait(waiting);
    const { backup, warnings } = await endBackup(waiting, ports);

    expect(ended).toBe(0);
    expect(backup).toMatchObject({ begun: null, ended: expect.any(String), done: true });
    expect(warnings).toEqual([]);
    expect(database.active()).toBe(0);
  });

  it.each([
    ['BackupModeUnsure', 60],
    ['States.Timeout', 60],
    ['Sandbox.Timedout', 60],
    // Lambda gave up on the call: the function may be at work.
    ['Lambda.SdkClientException', 660],
    ['Lambda.Unknown', 660],
  ])('waits after %s for %d s', async (name, seconds) => {
    const { ports } = setUp(simulateDatabase());

    const { backup } = await endBackup(failedWith(aboutToBegin(), name), ports);

    expect(backup?.wait_seconds).toBe(seconds);
  });

  it('waits where it is not seen, as long as the statement may still act, and looks again', async () => {
    const { database, ports, wait } = setUp(simulateDatabase());
    const unsure = failedWith(aboutToBegin(), 'BackupModeUnsure');

    const waiting = await endBackup(unsure, ports);
    wait(waiting);
    const over = await endBackup(waiting, ports);

    expect(waiting.backup).toMatchObject({ wait_seconds: 60, ended: null, done: false });
    expect(over.backup).toMatchObject({
      wait_seconds: 0,
      ended: '2026-11-24T01:01:00.000Z',
      done: true,
    });
    expect(over.warnings).toEqual([]);
    expect(database.changes()).toEqual([]);
  });

  it('ends one that acts late', async () => {
    const { database, ports, wait } = setUp(simulateDatabase());
    database.simulator.addFaults([{ ...late, effect: { act_late_ms: 59_000 } }]);
    const { name } = await rejectionOf(beginBackup(aboutToBegin(), ports));

    const waiting = await endBackup(failedWith(aboutToBegin(), name), ports);
    wait(waiting);
    const over = await endBackup(waiting, ports);

    expect(waiting.backup?.done).toBe(false);
    expect(over.backup?.done).toBe(true);
    expect(database.changes()).toEqual(['BEGIN', 'END']);
    expect(database.active()).toBe(0);
  });
});

describe('End Backup for another run that ended in the middle', () => {
  const another = (more = {}) => aboutToBegin({ run: 'nightly-0', ...more });

  it('waits for its steps as well, which may be at work still', async () => {
    const { ports } = setUp(simulateDatabase());

    expect((await endBackup(another(), ports)).backup).toMatchObject({
      wait_seconds: 660,
      done: false,
    });
  });

  it('does not wait where that run has come past it', async () => {
    const { ports } = setUp(simulateDatabase());

    expect((await endBackup(another({ settled: true }), ports)).backup).toMatchObject({
      wait_seconds: 0,
      ended: NOW,
      done: true,
    });
  });

  it('ends what it finds at once, and looks again', async () => {
    const { database, ports } = setUp(inBackupMode());

    const { backup } = await endBackup(another({ not_after: SINCE }), ports);

    expect(backup).toMatchObject({ wait_seconds: 660, done: false });
    expect(database.changes()).toEqual(['END']);
  });

  it('leaves alone what began too late to be of that run, and warns', async () => {
    const { database, ports } = setUp(inBackupMode(1));

    const { backup, warnings } = await endBackup(
      another({ not_after: '2026-11-24T00:29:00.000Z' }),
      ports,
    );

    expect(backup).toMatchObject({ ended: null, done: true });
    expect(warnings).toEqual([expect.stringContaining('too late to be the doing of the run')]);
    expect(database.changes()).toEqual([]);
    expect(database.active()).toBe(1);
  });
});
