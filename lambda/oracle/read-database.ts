import * as z from 'zod';
import type { DatabaseFacts } from '../refresh/database-facts.ts';
import { isError, splitMessage } from '../refresh/errors.ts';
import { backupState } from './backup-state.ts';
import type { Database } from './database.ts';
import { hasCode } from './database-error.ts';
import { readRow, readRows } from './read-rows.ts';
import { LOOKS } from './statements.ts';

const text = z.string().nullable();
const databaseRow = z.object({
  name: text,
  dbid: text,
  db_unique_name: text,
  database_role: text,
  open_mode: text,
  log_mode: text,
  flashback_on: text,
  platform_name: text,
  cdb: z.string(),
  current_scn: text,
  time_utc: text,
});
const versionRow = z.object({ version: text });
const nameRow = z.object({ name: z.string() });
const parameterRow = z.object({ name: z.string(), value: text });
const encryptedRow = z.object({ encrypted: z.int() });

export interface DatabaseReading {
  readonly facts: DatabaseFacts;
  /** One for each view that the user cannot read, with the grant that it lacks. */
  readonly warnings: readonly string[];
}

/**
 * Reads what a copy of the database will be asked about, in one session and one look a view. Changes nothing.
 * @throws DatabaseError, but not for lack of access to a view: those facts are null
 */
export const readDatabase = async (database: Database): Promise<DatabaseReading> => {
  const warnings: string[] = [];
  const ifReadable = async <T>(underWay: Promise<T>): Promise<T | null> => {
    try {
      return await underWay;
    } catch (error) {
      if (!isError(error, 'DatabasePermissionDenied')) throw error;
      const { message, remedy } = splitMessage(error.message);
      warnings.push(`${message} ${remedy}`);
      return null;
    }
  };
  // One after the other: a session does one thing at a time.
  const identity = await ifReadable(readRow(database, LOOKS.database, databaseRow));
  const backup = await ifReadable(backupState(database));
  const version = await ifReadable(readVersion(database));
  const controlFiles = await ifReadable(readRows(database, LOOKS.controlFiles, nameRow));
  const parameters = await ifReadable(readRows(database, LOOKS.recovery, parameterRow));
  const openPdbs = await ifReadable(readRows(database, LOOKS.openPdbs, nameRow));
  const diskGroups = await ifReadable(readRows(database, LOOKS.diskGroups, nameRow));
  const encrypted = await ifReadable(readRow(database, LOOKS.encrypted, encryptedRow));
  const parameter = (name: string) => parameters?.find((row) => row.name === name)?.value || null;
  const size = parameter('db_recovery_file_dest_size');
  return {
    facts: {
      db_name: identity?.name ?? null,
      db_id: identity?.dbid ?? null,
      db_unique_name: identity?.db_unique_name ?? null,
      db_role: identity?.database_role ?? null,
      db_open_mode: identity?.open_mode ?? null,
      archivelog_mode: identity?.log_mode ?? null,
      flashback_mode: identity?.flashback_on ?? null,
      platform_name: identity?.platform_name ?? null,
      version,
      db_time: identity?.time_utc ?? null,
      db_scn: identity?.current_scn ?? null,
      backup_mode: backup && backup.active > 0,
      control_files: names(controlFiles),
      db_recovery_file_dest: parameter('db_recovery_file_dest'),
      db_recovery_file_dest_size: size === null ? null : Number(size),
      enable_pluggable_database: identity && identity.cdb === 'YES',
      open_pdbs: names(openPdbs),
      asm_disk_groups: names(diskGroups),
      encrypted_tablespaces: encrypted?.encrypted ?? null,
    },
    warnings,
  };
};

const names = (rows: readonly { readonly name: string }[] | null): string[] | null =>
  rows?.map(({ name }) => name) ?? null;

/** The whole version where the release tells it. */
const readVersion = async (database: Database): Promise<string | null> => {
  try {
    return (await readRow(database, LOOKS.fullVersion, versionRow)).version;
  } catch (error) {
    if (!hasCode(error, INVALID_IDENTIFIER)) throw error;
    return (await readRow(database, LOOKS.version, versionRow)).version;
  }
};

const INVALID_IDENTIFIER = 'ORA-00904';
