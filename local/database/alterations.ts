import { ARCHIVE_LOG, BEGIN_BACKUP, END_BACKUP } from '../../lambda/oracle/statements.ts';
import { ora } from './driver-error.ts';
import type { DatabaseState } from './state.ts';

/** Changes a state, or throws what the driver would. */
type Alteration = (state: DatabaseState, now: number) => void;

const mustBeOpen = ({ open_mode }: DatabaseState): void => {
  if (open_mode === 'MOUNTED') throw ora(1109, 'database not open');
  if (open_mode !== 'READ WRITE') {
    throw ora(16000, 'database or pluggable database open for read-only access');
  }
};

const alterations: Readonly<Record<string, Alteration>> = {
  [BEGIN_BACKUP]: (state, now) => {
    mustBeOpen(state);
    if (state.log_mode === 'NOARCHIVELOG') {
      throw ora(1123, 'cannot start online backup; media recovery not enabled');
    }
    const active = state.datafiles.find(({ backup_since }) => backup_since !== null);
    if (active !== undefined) {
      throw ora(1146, `cannot start online backup - file ${active.file} is already in backup`);
    }
    for (const file of state.datafiles) {
      if (!file.read_only) file.backup_since = new Date(now).toISOString();
    }
  },
  [END_BACKUP]: (state) => {
    if (state.datafiles.every(({ backup_since }) => backup_since === null)) {
      throw ora(1142, 'cannot end online backup - none of the files are in backup');
    }
    for (const file of state.datafiles) file.backup_since = null;
  },
  [ARCHIVE_LOG]: (state) => {
    mustBeOpen(state);
    if (state.log_mode === 'NOARCHIVELOG') {
      throw ora(258, 'manual archiving in NOARCHIVELOG mode must identify log');
    }
    if (state.container !== null && state.container.id > 1) {
      throw ora(65040, 'operation not allowed from within a pluggable database');
    }
    state.archived_logs += 1;
  },
};

/** Carries out an ALTER. Throws what the driver would, also for a statement that is none. */
export function alter(state: DatabaseState, sql: string, mayAlter: boolean, now: number): void {
  const alteration = Object.hasOwn(alterations, sql) ? alterations[sql] : undefined;
  if (alteration === undefined) throw ora(900, 'invalid SQL statement');
  if (!mayAlter) throw ora(1031, 'insufficient privileges');
  alteration(state, now);
}
