import * as z from 'zod';

const datafile = z.strictObject({
  file: z.int().min(1),
  /** When it went into backup mode, in ISO 8601; null while it is not in it. */
  backup_since: z.iso.datetime().nullable().default(null),
  /** Never goes into backup mode. */
  read_only: z.boolean().default(false),
});

const pdb = z.strictObject({
  name: z.string(),
  open_mode: z.enum(['MOUNTED', 'READ WRITE', 'READ ONLY', 'MIGRATE']).default('READ WRITE'),
});

/** What a simulated database is like. All is optional; without anything: an open primary in ARCHIVELOG mode on ASM. */
export const databaseState = z.strictObject({
  user: z.string().default('refresh'),
  password: z.string().default('simulated'),
  /** The service of the root; others are unknown to the listener. */
  service: z.string().default('PRD'),
  /** What the user may log in as, besides an ordinary login. */
  privileges: z.array(z.enum(['SYSBACKUP', 'SYSDBA'])).default(['SYSBACKUP']),
  /** Whether the user has ALTER DATABASE and ALTER SYSTEM also in an ordinary login. */
  may_alter: z.boolean().default(false),
  /** Views that the user cannot read. */
  denied_views: z.array(z.string()).default([]),
  name: z.string().default('PRD'),
  dbid: z.string().regex(/^\d+$/).default('2903145678'),
  db_unique_name: z.string().default('PRD_A'),
  database_role: z
    .enum(['PRIMARY', 'PHYSICAL STANDBY', 'LOGICAL STANDBY', 'SNAPSHOT STANDBY', 'FAR SYNC'])
    .default('PRIMARY'),
  open_mode: z
    .enum(['MOUNTED', 'READ WRITE', 'READ ONLY', 'READ ONLY WITH APPLY'])
    .default('READ WRITE'),
  log_mode: z.enum(['ARCHIVELOG', 'NOARCHIVELOG', 'MANUAL']).default('ARCHIVELOG'),
  flashback_on: z.string().default('YES'),
  platform_name: z.string().default('Linux x86 64-bit'),
  version: z.string().default('19.0.0.0.0'),
  /** Null on a release before 18c, which has no such column. */
  version_full: z.string().nullable().default('19.22.0.0.0'),
  /** Null where the database has no containers. */
  container: z
    .strictObject({ id: z.int().min(1), name: z.string() })
    .nullable()
    .default({ id: 1, name: 'CDB$ROOT' }),
  pdbs: z.array(pdb).default([
    { name: 'ORDERS', open_mode: 'READ WRITE' },
    { name: 'ARCHIVE', open_mode: 'MOUNTED' },
  ]),
  control_files: z
    .array(z.string())
    .default(['+DATA/PRD_A/CONTROLFILE/current.261.1', '+FRA/PRD_A/CONTROLFILE/current.256.1']),
  db_recovery_file_dest: z.string().default('+FRA'),
  /** Bytes. */
  db_recovery_file_dest_size: z.int().min(0).default(85_899_345_920),
  disk_groups: z.array(z.string()).default(['DATA', 'FRA']),
  encrypted_tablespaces: z.int().min(0).default(0),
  datafiles: z
    .array(datafile)
    .default([1, 2, 3, 4].map((file) => ({ file, backup_since: null, read_only: false }))),
  /** System change number; moves with every statement. */
  scn: z.int().min(1).default(14_203_771),
  /** How often the current redo log was archived by request. */
  archived_logs: z.int().min(0).default(0),
});

export type DatabaseStateInput = z.input<typeof databaseState>;
export type DatabaseState = z.output<typeof databaseState>;
