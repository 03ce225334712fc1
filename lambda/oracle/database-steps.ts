import { errorKind } from '../refresh/errors.ts';
import type { Run, RunBackup } from '../refresh/run.ts';
import type { Clock } from '../steps/ports.ts';
import { outOfOrder, requireExecute } from '../steps/prepared-run.ts';
import { beginBackup } from './begin-backup.ts';
import { checkReadiness } from './check-readiness.ts';
import { inSession, type OpenSession } from './database.ts';
import { endBackup } from './end-backup.ts';
import { readDatabase } from './read-database.ts';

/** What a step on the source database may use. */
export interface DatabasePorts {
  readonly clock: Clock;
  readonly open: OpenSession;
  /** For how long, in seconds, a step may go on after its execution has ended. */
  readonly lingerSeconds: number;
}

export type DatabaseStep = (run: Run, ports: DatabasePorts) => Promise<Run>;

/** Reads the facts and, for a run that needs it, whether the database can go into backup mode. Changes nothing. */
const readFacts: DatabaseStep = (run, { open }) =>
  inSession(open, async (database) => {
    if (run.backs_up) await checkReadiness(database);
    const { facts, warnings } = await readDatabase(database);
    return { ...run, reading: { facts, warnings: [...warnings] } };
  });

const begin: DatabaseStep = async (run, { clock, open }) => {
  requireExecute(run);
  const backup = backupOf(run);
  const begun = clock.now().toISOString();
  const { since } = await beginBackup(open);
  return { ...run, backup: { ...backup, begun, since } };
};

/**
 * Ends backup mode for a run that has begun it or may have. Where no answer to BEGIN BACKUP is known, its effect may still
 * come: it is looked once more when the time for it has passed.
 * @throws BackupModeNotEnded
 */
const end: DatabaseStep = async (run, { clock, open, lingerSeconds }) => {
  requireExecute(run);
  const backup = { ...backupOf(run), wait_seconds: 0 };
  if (wasNotBegun(run)) return { ...run, backup: { ...backup, done: true } };
  const { found, warnings } = await endBackup(open, {
    name: backup.database,
    since: backup.since ?? backup.begun,
    notAfter: backup.not_after,
    archiveLog: backup.archive_log,
  });
  const hasBegun = backup.begun !== null;
  const known: Run = {
    ...run,
    warnings: [
      ...run.warnings,
      ...warnings,
      ...(hasBegun && found === 'none' ? [ENDED_BEFORE] : []),
    ],
  };
  if (found === 'foreign' || hasBegun || backup.settled) {
    // What is somebody else's is not over.
    const ended = found === 'foreign' ? null : clock.now().toISOString();
    return { ...known, backup: { ...backup, ended, done: true } };
  }
  // Also where it was ended now: files go into it one by one.
  const wait_seconds = backup.settle_seconds + (mayLinger(run) ? lingerSeconds : 0);
  return { ...known, backup: { ...backup, wait_seconds, settled: true } };
};

const ENDED_BEFORE =
  'The database was out of backup mode when that was to be ended: an earlier attempt had done it, or somebody else had, and then maybe before the snapshot.';

/** The steps by the name with which the state machine calls them. */
export const databaseSteps = {
  'read-database': readFacts,
  'begin-backup': begin,
  'end-backup': end,
} as const satisfies Record<string, DatabaseStep>;

/** @throws InvalidStepInput when it has not been noted that the run begins it */
const backupOf = ({ backup }: Run): RunBackup => {
  if (backup) return backup;
  throw outOfOrder('The run has nothing to do with backup mode.');
};

/** Whether the step that begins backup mode may itself still be at work: of a run that was ended from outside, or lost. */
const mayLinger = ({ id, backup, failure }: Run): boolean =>
  backup?.run !== id || !ENDED_FOR_CERTAIN.includes(failure?.Error ?? '');

/** By which a step has come to its end, whatever it has done. */
const ENDED_FOR_CERTAIN = ['BackupModeUnsure', 'Sandbox.Timedout', 'States.Timeout'];

/** By which Lambda has not even begun a step. */
const NOT_BEGUN = 'Lambda.TooManyRequestsException';

/** Every error of ours but one says that BEGIN BACKUP was not sent, or was refused: who is in backup mode then is another. */
const wasNotBegun = ({ backup, failure }: Run): boolean =>
  backup?.begun === null &&
  failure !== undefined &&
  failure.Error !== 'BackupModeUnsure' &&
  (errorKind(failure.Error) !== undefined || failure.Error === NOT_BEGUN);
