import { isError, RefreshError, splitMessage } from '../refresh/errors.ts';
import { type BackupState, backupState } from './backup-state.ts';
import { alreadyInBackupMode, checkReadiness } from './check-readiness.ts';
import { type Database, inSession, type OpenSession } from './database.ts';
import { hasCode } from './database-error.ts';
import { BEGIN_BACKUP } from './statements.ts';

/** Cannot start online backup – file is already in backup. */
const ALREADY = 'ORA-01146';

/**
 * Puts the source database into backup mode: looks, acts, and looks. To be done once: a second attempt could not tell what the
 * first has done from what somebody else has.
 * @throws BackupModeUnsure where the statement was sent and it is not known that it was refused: it may still be carried
 *   out. Anything else: it was not sent, or was refused
 */
export const beginBackup = async (open: OpenSession): Promise<BackupState> => {
  const { name, doubt, state } = await inSession(open, begin);
  try {
    // A session in which something was lost tells nothing more.
    const now = state ?? (await inSession(open, backupState));
    if (now.active > 0) return now;
  } catch (error) {
    throw unsure(name, problemOf(doubt ?? error));
  }
  throw unsure(name, doubt ? problemOf(doubt) : 'No datafile is in backup mode after it.');
};

interface Sent {
  readonly name: string;
  /** Why it is not known what came of it. */
  readonly doubt?: unknown;
  readonly state?: BackupState;
}

const begin = async (database: Database): Promise<Sent> => {
  const { name } = await checkReadiness(database);
  try {
    await database.execute(BEGIN_BACKUP);
  } catch (error) {
    if (isError(error, 'DatabaseUnavailable')) return { name, doubt: error };
    if (!hasCode(error, ALREADY)) throw error;
    // Since the look somebody else was faster.
    throw alreadyInBackupMode({ name, ...(await backupState(database)) });
  }
  try {
    return { name, state: await backupState(database) };
  } catch (doubt) {
    return { name, doubt };
  }
};

const unsure = (name: string, problem: string): RefreshError =>
  new RefreshError(
    'BackupModeUnsure',
    `It is not known whether database ${name} has gone into backup mode. ${problem}`,
    'Backup mode is ended, whether it was begun or not. When that has succeeded, run again.',
  );

const problemOf = (error: unknown): string =>
  error instanceof RefreshError ? splitMessage(error.message).message : 'unexpected failure.';
