import { RefreshError } from '../refresh/errors.ts';
import { readEvent } from '../refresh/request.ts';
import type { Run } from '../refresh/run.ts';
import { loadDefinition } from './definitions.ts';
import { backupDocument, findDocument, snapshotDocument } from './documents.ts';
import type { Ports } from './ports.ts';

/**
 * How long after the database was last seen out of backup mode a run may still put it there: two steps at their slowest, and
 * an hour that a change to winter time may add.
 */
const LATEST_BEGIN_MS = 2 * 3_600_000;

/**
 * For a run that clears up after another: whether that may have left the source database in backup mode. Asks nothing of
 * any array, since one that is down must not keep backup mode from being ended.
 * @throws RunStillRunning, InvalidEvent
 */
export const findBackupMode = async (run: Run, { store, executionState }: Ports): Promise<Run> => {
  const event = readEvent(run.event);
  const { recover, doctor } = event;
  // Prepare refuses a doctor that is to clear up.
  if (recover === undefined || doctor) return run;
  const [note, snapshot] = await Promise.all([
    findDocument(store, recover, backupDocument),
    findDocument(store, recover, snapshotDocument),
  ]);
  if (!note || note.is_over) return run;
  if (note.refresh !== event.refresh) {
    throw new RefreshError(
      'InvalidEvent',
      `Run "${recover}" is one of refresh "${note.refresh}", not of "${event.refresh}", and may have left database ${note.database} in backup mode.`,
      `Send { "refresh": "${note.refresh}", "recover": "${recover}", "execute": true }.`,
    );
  }
  const execute = event.execute ?? (await loadDefinition(store, event.refresh)).execute;
  if (!execute) {
    const warning = `An execution first sees to it that database ${note.database} is out of backup mode.`;
    return { ...run, warnings: [...run.warnings, warning] };
  }
  if ((await executionState(note.execution)) === 'alive') {
    throw new RefreshError(
      'RunStillRunning',
      `Run "${recover}" is at work, and database ${note.database} may be in backup mode for it.`,
      'Wait for it, or stop its execution first.',
    );
  }
  return {
    ...run,
    execute,
    ends_backup: true,
    backup: {
      run: recover,
      database: note.database,
      begun: null,
      since: null,
      not_after: note.seen && new Date(Date.parse(note.seen) + LATEST_BEGIN_MS).toISOString(),
      ended: null,
      max_seconds: note.max_seconds,
      archive_log: note.archive_log,
      settle_seconds: note.settle_seconds,
      wait_seconds: 0,
      // Once there is a snapshot, the step that begins backup mode has come to its end.
      settled: snapshot !== undefined,
      done: false,
    },
  };
};
