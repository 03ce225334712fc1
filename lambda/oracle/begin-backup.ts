import { problemOf, RefreshError } from '../refresh/errors.ts';
import { type BackupState, backupState } from './backup-state.ts';
import { alreadyInBackupMode, checkReadiness } from './check-readiness.ts';
import { type Database, inSession, type OpenSession } from './database.ts';
import { hasCode } from './database-error.ts';
import { BEGIN_BACKUP } from './statements.ts';

/** Cannot start online backup – file is already in backup. */
const ALREADY = 'ORA-01146';

/** With these the database has refused the statement as a whole; any other may come when some files are in it already. */
const REFUSALS = [
  'ORA-01031',
  'ORA-01109',
  'ORA-01123',
  'ORA-01219',
  'ORA-01507',
  'ORA-16000',
  'ORA-41900',
  'ORA-65040',
];

/**
 * Puts the source database into backup mode: looks, acts, and looks. To be done once: a second attempt could not tell what the
 * first has done from what somebody else has. What is seen after an answer that was lost is no proof: files go into it one
 * by one.
 * @throws BackupModeUnsure where the statement was sent and it is not known that it was refused: it may still be carried
 *   out. Anything else: it was not sent, or was refused
 */
export const beginBackup = (open: OpenSession): Promise<BackupState> =>
  inSession(open, async (database) => {
    const { name } = await checkReadiness(database);
    await begin(database, name);
    const now = await backupState(database).catch((error: unknown) => {
      throw unsure(name, problemOf(error));
    });
    if (now.active > 0) return now;
    throw unsure(name, 'No datafile is in backup mode after it.');
  });

const begin = async (database: Database, name: string): Promise<void> => {
  try {
    await database.execute(BEGIN_BACKUP);
  } catch (error) {
    if (hasCode(error, ...REFUSALS)) throw error;
    if (!hasCode(error, ALREADY)) throw unsure(name, problemOf(error));
    // Since the look somebody else was faster.
    throw alreadyInBackupMode({ name, ...(await backupState(database)) });
  }
};

const unsure = (name: string, problem: string): RefreshError =>
  new RefreshError(
    'BackupModeUnsure',
    `It is not known whether database ${name} has gone into backup mode. ${problem}`,
    'Backup mode is ended, whether it was begun or not. When that has succeeded, run again.',
  );
