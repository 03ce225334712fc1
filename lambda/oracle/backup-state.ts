import * as z from 'zod';
import type { Database } from './database.ts';
import { readRow } from './read-rows.ts';
import { LOOKS } from './statements.ts';

/** What `v$backup` says of the datafiles of all containers. */
export interface BackupState {
  readonly datafiles: number;
  /** How many of them are in backup mode; read-only and offline ones never are. */
  readonly active: number;
  /** When the first of those went into it, in ISO 8601 and UTC; null where none is. */
  readonly since: string | null;
}

const row = z.object({
  datafiles: z.int(),
  active: z.int(),
  since: z.string().nullable(),
  zone: z.string().nullable(),
});

/** @throws DatabaseError */
export const backupState = async (database: Database): Promise<BackupState> => {
  const { datafiles, active, since, zone } = await readRow(database, LOOKS.backup, row);
  return { datafiles, active, since: since === null ? null : inUtc(since, zone ?? 'Z') };
};

const inUtc = (local: string, zone: string): string => {
  const time = new Date(`${local}${zone}`);
  // Better a time of unsure zone than none.
  return Number.isNaN(time.getTime()) ? local : time.toISOString();
};
