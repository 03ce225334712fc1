import { backupModeNotEnded, sinceWhen } from '../refresh/backup-mode.ts';
import { isError, problemOf, RefreshError } from '../refresh/errors.ts';
import { backupState } from './backup-state.ts';
import { type Database, inSession, type OpenSession } from './database.ts';
import { hasCode } from './database-error.ts';
import { ARCHIVE_LOG, END_BACKUP } from './statements.ts';

export interface EndOptions {
  /** What the database is called in messages: it may not be there to be asked. */
  readonly name: string;
  /** Since when it is in backup mode, as far as the caller knows. */
  readonly since: string | null;
  /** What went into it after this time, by the database's clock in ISO 8601, is not the caller's. Null: all is. */
  readonly notAfter: string | null;
  /** Whether the current redo log is archived afterwards. */
  readonly archiveLog: boolean;
}

/** What was found, and is over now: no backup mode, the caller's own, or one of somebody else, which is left so. */
type Found = 'none' | 'own' | 'foreign';

export interface Ended {
  readonly found: Found;
  readonly warnings: readonly string[];
}

/** Cannot end online backup – none of the files are in backup. */
const NOT_IN_BACKUP = 'ORA-01142';

/**
 * Takes the source database out of backup mode: for a run that put it there, or may have. Works on one that is open or
 * mounted. Look, then act, then look: twice comes to the same.
 * @throws BackupModeNotEnded, for whatever reason, also where the database cannot be reached: try again, then call somebody
 */
export const endBackup = async (open: OpenSession, options: EndOptions): Promise<Ended> => {
  const seen: Seen = { since: options.since };
  try {
    const found = await endUnanswered(open, options, seen);
    if (found === 'foreign') return { found, warnings: [leftSo(options.name, seen)] };
    return { found, warnings: found === 'own' && options.archiveLog ? await archive(open) : [] };
  } catch (error) {
    throw notEnded(options.name, seen, error);
  }
};

/** What is known about the backup mode, for the case that it stays. */
interface Seen {
  since: string | null;
  /** Absent before the first look. */
  active?: number;
}

/** Where END BACKUP gets no answer, a new session tells what came of it, and says it once more. */
const endUnanswered = async (
  open: OpenSession,
  options: EndOptions,
  seen: Seen,
): Promise<Found> => {
  try {
    return await inSession(open, (database) => end(database, options, seen));
  } catch (error) {
    if (seen.active === undefined || !isError(error, 'DatabaseUnavailable')) throw error;
    await inSession(open, (database) => end(database, options, seen));
    return 'own';
  }
};

const end = async (database: Database, { notAfter }: EndOptions, seen: Seen): Promise<Found> => {
  if ((await look(database, seen)) === 0) return 'none';
  if (isLater(seen.since, notAfter)) return 'foreign';
  try {
    await database.execute(END_BACKUP);
  } catch (error) {
    if (!hasCode(error, NOT_IN_BACKUP)) throw error;
  }
  if ((await look(database, seen)) === 0) return 'own';
  throw new RefreshError(
    'BackupModeNotEnded',
    `${seen.active} datafiles are still in backup mode after ${END_BACKUP}.`,
    'Look at v$backup.',
  );
};

const isLater = (since: string | null, notAfter: string | null): boolean =>
  since !== null && notAfter !== null && Date.parse(since) > Date.parse(notAfter);

const leftSo = (name: string, { since }: Seen): string =>
  `Database ${name} is in backup mode ${sinceWhen(since)}, which is too late to be the doing of the run that was cleared up after. It is left so.`;

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

const notEnded = (database: string, { since, active }: Seen, error: unknown): RefreshError =>
  backupModeNotEnded({ database, since, isSeen: active !== undefined, problem: problemOf(error) });
