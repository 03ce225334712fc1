import { isError } from '../refresh/errors.ts';
import { backupState } from './backup-state.ts';
import {
  alreadyInBackupMode,
  checkReadiness,
  type Ownership,
  type Readiness,
} from './check-readiness.ts';
import { type Database, inSession, type OpenSession } from './database.ts';
import { DatabaseError, hasCode } from './database-error.ts';
import { BEGIN_BACKUP } from './statements.ts';

/** How the database came to be in backup mode, and since when. */
export interface Begun extends Readiness {
  /**
   * `begun` – the statement was answered; `settled` – it was not, and a look in a new session shows that it was done;
   * `found` – an earlier attempt of this run had done it.
   */
  readonly how: 'begun' | 'settled' | 'found';
}

/** Cannot start online backup – file is already in backup. */
const ALREADY = 'ORA-01146';

/**
 * Puts the source database into backup mode. Look, then act, then look: twice comes to the same, as long as the caller
 * has written down that it is about to do this before it does, and says so at every later attempt.
 * @throws DatabaseNotReady, DatabaseInBackupMode; DatabaseUnavailable also where an unanswered statement shows no effect
 *   so far – it may still come, so whoever gives up then must end the backup mode
 */
export const beginBackup = async (open: OpenSession, ownership: Ownership): Promise<Begun> => {
  try {
    return await inSession(open, (database) => begin(database, ownership));
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    const state = await inSession(open, backupState);
    if (state.active === 0) throw error.reason;
    return { name: error.database, ...state, how: 'settled' };
  }
};

const begin = async (database: Database, ownership: Ownership): Promise<Begun> => {
  const before = await checkReadiness(database, ownership);
  if (before.active > 0) return { ...before, how: 'found' };
  try {
    await database.execute(BEGIN_BACKUP);
  } catch (error) {
    if (isError(error, 'DatabaseUnavailable')) throw new Unanswered(before.name, error);
    if (!hasCode(error, ALREADY)) throw error;
    const state = { name: before.name, ...(await backupState(database)) };
    // Since the look somebody else was faster, or an earlier attempt of this run that had got no answer.
    if (!ownership.begunByThisRun) throw alreadyInBackupMode(state);
    return { ...state, how: 'found' };
  }
  const after = await backupState(database);
  if (after.active > 0) return { name: before.name, ...after, how: 'begun' };
  throw new DatabaseError(
    'DatabaseStatementFailed',
    'unexpected',
    `The database accepted ${BEGIN_BACKUP}, but none of its ${after.datafiles} datafiles is in backup mode.`,
    'Look at v$backup. Somebody may have ended it at the same moment; then run again.',
  );
};

/** The statement was sent and not answered. Never leaves this file. */
class Unanswered extends Error {
  readonly database: string;
  readonly reason: unknown;

  constructor(database: string, reason: unknown) {
    super('unanswered');
    this.database = database;
    this.reason = reason;
  }
}
