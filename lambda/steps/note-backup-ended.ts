import type { Run } from '../refresh/run.ts';
import { backupDocument, readDocument, writeDocument } from './documents.ts';
import type { Ports } from './ports.ts';
import { outOfOrder } from './prepared-run.ts';

/** Notes that a run's backup mode is over: what the database is in from now on is somebody else's. */
export const noteBackupEnded = async (run: Run, { store }: Ports): Promise<Run> => {
  const { backup } = run;
  if (!backup) throw outOfOrder('The run has nothing to do with backup mode.');
  const note = await readDocument(store, backup.run, backupDocument);
  await writeDocument(store, backup.run, backupDocument, { ...note, is_over: true });
  return run;
};
