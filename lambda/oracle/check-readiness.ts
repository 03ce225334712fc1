import * as z from 'zod';
import { sinceWhen } from '../refresh/backup-mode.ts';
import { RefreshError } from '../refresh/errors.ts';
import { type BackupState, backupState } from './backup-state.ts';
import type { Database } from './database.ts';
import { readRow } from './read-rows.ts';
import { LOOKS } from './statements.ts';

/** A database that can be put into backup mode. */
export interface Readiness extends BackupState {
  /** Of the database, as in `v$database`. */
  readonly name: string;
}

const row = z.object({
  name: z.string(),
  database_role: z.string(),
  open_mode: z.string(),
  log_mode: z.string(),
  container_id: z.int(),
  container_name: z.string().nullable(),
});

/**
 * Whether the database can go into backup mode. Changes nothing.
 * @throws DatabaseNotReady with what was found; DatabaseInBackupMode where it is in it already; DatabaseError
 */
export const checkReadiness = async (database: Database): Promise<Readiness> => {
  const found = await readRow(database, LOOKS.database, row);
  const { name, container_id, container_name } = found;
  const reasons = [
    ...(found.database_role === 'PRIMARY' ? [] : [`its role is ${found.database_role}`]),
    ...(found.open_mode === 'READ WRITE' ? [] : [`it is ${describeOpenMode(found.open_mode)}`]),
    ...(found.log_mode === 'ARCHIVELOG' ? [] : [`it is in ${found.log_mode} mode`]),
  ];
  if (reasons.length > 0) {
    throw new RefreshError(
      'DatabaseNotReady',
      `Database ${name} cannot be put into backup mode: ${reasons.join(', ')}.`,
      'Backup mode needs a primary database in ARCHIVELOG mode that is open READ WRITE. Name that one in ora_src_cs, or refresh without backup mode.',
    );
  }
  // 0 is a database without containers, 1 the root. From inside a pluggable one only its own files would be covered.
  if (container_id > 1) {
    throw new RefreshError(
      'DatabaseNotReady',
      `The connect string leads into the pluggable database ${container_name} of ${name}, and backup mode is for the whole.`,
      'Name a service of the root container (CDB$ROOT) in ora_src_cs.',
    );
  }
  const state = await backupState(database);
  const readiness = { name, ...state };
  if (state.active > 0) throw alreadyInBackupMode(readiness);
  return readiness;
};

export const alreadyInBackupMode = ({ name, active, datafiles, since }: Readiness) =>
  new RefreshError(
    'DatabaseInBackupMode',
    `Database ${name} is in backup mode already, ${sinceWhen(since)} (${active} of ${datafiles} datafiles), and not by this run. It is left so.`,
    'Find out whose backup it is and wait for its end. If an earlier run failed in it, have that cleared up after ("recover": "<run>"); if nobody is at it any more, type ALTER DATABASE END BACKUP; then run again.',
  );

const describeOpenMode = (mode: string): string => (mode === 'MOUNTED' ? mode : `open ${mode}`);
