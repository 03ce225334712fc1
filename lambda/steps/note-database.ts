import type { Run } from '../refresh/run.ts';
import {
  backupDocument,
  databaseDocument,
  readDocument,
  requestDocument,
  writeDocument,
} from './documents.ts';
import type { Ports } from './ports.ts';
import { outOfOrder } from './prepared-run.ts';

/** How long BEGIN BACKUP may take on a busy database, which finishes it though nobody waits for it any more. */
const LONGEST_BEGIN_SECONDS = 240;

/**
 * Keeps the facts of the source database in the bucket, and, before that is put into backup mode, a note about it: who clears
 * up after this run looks for it.
 * @throws InvalidStepInput when the database has not been read
 */
export const noteDatabase = async (run: Run, { store }: Ports): Promise<Run> => {
  const { reading, ...rest } = run;
  if (!reading) throw outOfOrder('The source database has not been read.');
  const { facts, warnings } = reading;
  await writeDocument(store, run.id, databaseDocument, {
    read_from: 'session',
    facts,
    shortened: [],
  });
  const known: Run = { ...rest, warnings: [...run.warnings, ...warnings] };
  if (!run.execute || !run.backs_up) return known;

  const request = await readDocument(store, run.id, requestDocument);
  const database = facts.db_name ?? 'of the source';
  const note = {
    database,
    max_seconds: request.ora_backup_mode_max_seconds,
    settle_seconds: Math.max(request.settle_seconds, LONGEST_BEGIN_SECONDS),
    archive_log: request.ora_archive_log,
  };
  await writeDocument(store, run.id, backupDocument, {
    ...note,
    refresh: request.refresh,
    execution: run.execution,
    seen: facts.db_time,
    is_over: false,
  });
  return {
    ...known,
    backup: {
      ...note,
      run: run.id,
      begun: null,
      since: null,
      not_after: null,
      ended: null,
      wait_seconds: 0,
      settled: false,
      done: false,
    },
  };
};
