import { isError, RefreshError, splitMessage } from '../refresh/errors.ts';
import { backupState, sinceWhen } from './backup-state.ts';
import { type Database, inSession, type OpenSession } from './database.ts';
import { hasCode } from './database-error.ts';
import { ARCHIVE_LOG, END_BACKUP } from './statements.ts';

export interface EndOptions {
  /** What the database is called in messages: it may not be there to be asked. */
  readonly name: string;
  /** Since when it is in backup mode, as far as the caller knows. */
  readonly since: string | null;
  /** Whether the current redo log is archived afterwards. */
  readonly archiveLog: boolean;
}

export interface Ended {
  /** False: it was not in backup mode. */
  readonly ended: boolean;
  readonly warnings: readonly string[];
}

/** Cannot end online backup – none of the files are in backup. */
const NOT_IN_BACKUP = 'ORA-01142';

/**
 * Takes the source database out of backup mode: for a run that put it there, or may have. Works on one that is open or
 * mounted. Look, then act, then look: twice comes to the same.
 * @throws BackupModeNotEnded, for whatever reason, also where the database cannot be reached: try again, then call somebody
 */
export const endBackup = async (
  open: OpenSession,
  { name, since, archiveLog }: EndOptions,
): Promise<Ended> => {
  const seen: Seen = { since };
  try {
    const ended = await endUnanswered(open, seen);
    const warnings = ended && archiveLog ? await archive(open) : [];
    return { ended, warnings };
  } catch (error) {
    throw notEnded(name, seen, error);
  }
};

/** What is known about the backup mode, for the case that it stays. */
interface Seen {
  since: string | null;
  /** Absent before the first look. */
  active?: number;
}

/** Where END BACKUP gets no answer, a new session tells what came of it, and says it once more. */
const endUnanswered = async (open: OpenSession, seen: Seen): Promise<boolean> => {
  try {
    return await inSession(open, (database) => end(database, seen));
  } catch (error) {
    if (seen.active === undefined || !isError(error, 'DatabaseUnavailable')) throw error;
    await inSession(open, (database) => end(database, seen));
    return true;
  }
};

const end = async (database: Database, seen: Seen): Promise<boolean> => {
  if ((await look(database, seen)) === 0) return false;
  try {
    await database.execute(END_BACKUP);
  } catch (error) {
    if (!hasCode(error, NOT_IN_BACKUP)) throw error;
  }
  if ((await look(database, seen)) === 0) return true;
  throw new RefreshError(
    'BackupModeNotEnded',
    `${seen.active} datafiles are still in backup mode after ${END_BACKUP}.`,
    'Look at v$backup.',
  );
};

const look = async (database: Database, seen: Seen): Promise<number> => {
  const state = await backupState(database);
  seen.active = state.active;
  seen.since = state.since ?? seen.since;
  return state.active;
};

/** A failure here leaves nothing undone that matters: the next log switch does the same. */
const archive = async (open: OpenSession): Promise<string[]> => {
  try {
    await inSession(open, (database) => database.execute(ARCHIVE_LOG));
    return [];
  } catch (error) {
    return [`The current redo log was not archived: ${problemOf(error)}`];
  }
};

const notEnded = (name: string, { since, active }: Seen, error: unknown): RefreshError => {
  const state =
    active === undefined
      ? `Nobody could look whether database ${name} is still in backup mode, in which it was put`
      : `DATABASE ${name} IS STILL IN BACKUP MODE,`;
  const when = active === undefined && since !== null ? `at ${since}` : sinceWhen(since);
  return new RefreshError(
    'BackupModeNotEnded',
    `${state} ${when}: ${problemOf(error)}`,
    `Log in to it as SYSBACKUP or SYSDBA and type ${END_BACKUP}; – until then its redo grows, and after a crash it does not open without that.`,
  );
};

const problemOf = (error: unknown): string =>
  error instanceof RefreshError ? splitMessage(error.message).message : 'unexpected failure.';
