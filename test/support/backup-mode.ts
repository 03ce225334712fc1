import type { DatabaseSimulator } from '../../local/database/simulator.ts';
import type { RunReport } from './run-report.ts';

export const BEGIN = 'ALTER DATABASE BEGIN BACKUP';
export const END = 'ALTER DATABASE END BACKUP';
export const ARCHIVE = 'ALTER SYSTEM ARCHIVE LOG CURRENT';
export const SNAPSHOT = 'POST /protection-group-snapshots';

/** What the run has sent that changes the database or makes a group snapshot, in order; and when that was answered. */
export const around = ({ journal }: Pick<RunReport, 'journal'>): string[] =>
  journal
    .map(({ what }) => what)
    .filter((what) => /^ALTER |^POST \/protection-group-snapshots( |$)/.test(what));

/** How many of its datafiles a database has in backup mode. */
export const countInBackupMode = (database: DatabaseSimulator): number =>
  database.state().datafiles.filter(({ backup_since }) => backup_since !== null).length;
