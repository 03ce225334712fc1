import type { DatabaseCredentials } from './credentials.ts';

/** A row by its columns' names in lower case. Numbers are numbers, other values texts, NULL is null. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * One session with the source database, for one call at a time. Both calls throw `DatabaseError`; an `execute` that ends
 * in DatabaseUnavailable is in doubt: the database may have done it, or may yet do it.
 */
export interface Database {
  /** Rows of a SELECT, all of them: for views that are short. */
  query(sql: string): Promise<Row[]>;
  /** Any other statement. */
  execute(sql: string): Promise<void>;
  /** Ends the session, with whatever it takes. Never throws: nothing that is left to do depends on it. */
  close(): Promise<void>;
}

/** Longest waits, in milliseconds. */
export interface Timeouts {
  /** From the first packet to the end of the login, over all addresses and redirections. */
  readonly connectMs: number;
  readonly queryMs: number;
  /** BEGIN BACKUP waits for a checkpoint of every datafile: minutes, where much is written. */
  readonly executeMs: number;
  /** How long the database may then take to give up an overdue call. After that the connection is dropped. */
  readonly breakMs: number;
}

export const TIMEOUTS: Timeouts = {
  connectMs: 15_000,
  queryMs: 30_000,
  executeMs: 240_000,
  breakMs: 5_000,
};

/** Opens a session. @throws DatabaseError, InvalidCredentials for a connect string that cannot be read */
export type Connect = (credentials: DatabaseCredentials, timeouts: Timeouts) => Promise<Database>;

/** Opens another session with the same database. */
export type OpenSession = () => Promise<Database>;

/** Does something in a session of its own, and ends that whatever comes. */
export const inSession = async <T>(
  open: OpenSession,
  act: (database: Database) => Promise<T>,
): Promise<T> => {
  const database = await open();
  try {
    return await act(database);
  } finally {
    await database.close();
  }
};
