/** Every text that is sent to the database, each with the view that it needs. Needs Oracle Database 12.1 or later. */
export interface Look {
  /** Such as `v$database`; the grant is on the view behind that synonym, `V_$DATABASE`. */
  readonly view: string;
  readonly sql: string;
}

const look = (view: string, select: string, rest = ''): Look => ({
  view,
  sql: `SELECT ${select} FROM ${view}${rest}`,
});

/**
 * Numbers that JavaScript may not hold exactly, and times, come as texts. A DATE in a view is in the time zone of the
 * database's host, which SYSTIMESTAMP tells. Columns: Oracle Database Reference, of the view's name.
 */
export const LOOKS = {
  database: look(
    'v$database',
    [
      'name',
      'TO_CHAR(dbid) AS dbid',
      'db_unique_name',
      'database_role',
      'open_mode',
      'log_mode',
      'flashback_on',
      'platform_name',
      'cdb',
      'TO_CHAR(current_scn) AS current_scn',
      `TO_CHAR(SYS_EXTRACT_UTC(SYSTIMESTAMP), 'YYYY-MM-DD"T"HH24:MI:SS.FF3"Z"') AS time_utc`,
      `TO_NUMBER(SYS_CONTEXT('USERENV', 'CON_ID')) AS container_id`,
      `SYS_CONTEXT('USERENV', 'CON_NAME') AS container_name`,
    ].join(', '),
  ),
  backup: look(
    'v$backup',
    [
      'COUNT(*) AS datafiles',
      "COUNT(CASE WHEN status = 'ACTIVE' THEN 1 END) AS active",
      `TO_CHAR(MIN(CASE WHEN status = 'ACTIVE' THEN time END), 'YYYY-MM-DD"T"HH24:MI:SS') AS since`,
      "MAX(TO_CHAR(SYSTIMESTAMP, 'TZH:TZM')) AS zone",
    ].join(', '),
  ),
  /** Since 18c; before, `version` says it all. */
  fullVersion: look('v$instance', 'version_full AS version'),
  version: look('v$instance', 'version'),
  controlFiles: look('v$controlfile', 'name'),
  recovery: look(
    'v$parameter',
    'name, value',
    " WHERE name IN ('db_recovery_file_dest', 'db_recovery_file_dest_size')",
  ),
  /** Without the seed, which is always open READ ONLY. */
  openPdbs: look(
    'v$pdbs',
    'name',
    " WHERE con_id > 2 AND open_mode IN ('READ WRITE', 'READ ONLY') ORDER BY name",
  ),
  /** Unlike `v$asm_diskgroup`, this one does not look through all disks first. CONNECTED: used by this database. */
  diskGroups: look('v$asm_diskgroup_stat', 'name', " WHERE state = 'CONNECTED' ORDER BY name"),
  encrypted: look('v$encrypted_tablespaces', 'COUNT(*) AS encrypted', " WHERE encryptedts = 'YES'"),
} as const;

export const BEGIN_BACKUP = 'ALTER DATABASE BEGIN BACKUP';
export const END_BACKUP = 'ALTER DATABASE END BACKUP';
/** So that the redo that the copy needs lies in the archive, and not in an online log that goes on changing. */
export const ARCHIVE_LOG = 'ALTER SYSTEM ARCHIVE LOG CURRENT';
