import { splitMessage } from '../refresh/errors.ts';
import { type Outcome, recordOf } from '../refresh/manifest.ts';
import type { Run } from '../refresh/run.ts';
import { logOut, openArrays } from './arrays.ts';
import { readDocument, requestDocument } from './documents.ts';
import { closeHookNotes } from './hook-notes.ts';
import type { Ports } from './ports.ts';
import { readRunDocuments, writeManifest } from './record.ts';
import { endReservation } from './reserve-target.ts';
import { retainSnapshots } from './retain-snapshots.ts';
import { recoveredTarget } from './target-state.ts';

/** Sees to older snapshots, writes the manifest of a run that did what it should, and ends the sessions. */
export const recordResult = async (run: Run, ports: Ports): Promise<Run> => {
  const [documents, request] = await Promise.all([
    readRunDocuments(run, ports.store),
    readDocument(ports.store, run.id, requestDocument),
  ]);
  const { retention, warnings } = await retainSnapshots(run, request, ports);
  const outcome = outcomeOf(run);
  const recorded = await writeManifest(run, ports.store, documents, {
    ...outcome,
    retention,
    warnings: [...(outcome.warnings ?? []), ...warnings],
  });
  await closeHookNotes(ports.store, run.id);
  await endReservation(run, ports.store);
  // What is recorded has happened; a session that stays behind expires by itself.
  const arrays = await openArrays(ports, request).catch(() => undefined);
  if (arrays) await logOut(arrays);
  return recorded;
};

const outcomeOf = (run: Run): Outcome => {
  if (!run.execute) {
    const status = run.mode === 'doctor' ? 'CHECKED' : 'PLANNED';
    return { status, target: run.has_target ? 'untouched' : 'none' };
  }
  if (run.ends_recovered) return { status: 'SUCCEEDED', target: recoveredTarget(run) };
  if (!run.has_target) return { status: 'SNAPSHOT_ONLY', target: 'none' };
  return {
    status: 'SUCCEEDED',
    target: run.undo ? 'restored' : 'refreshed',
    warnings: unreleased(run),
  };
};

/** The copy is complete, which is what the run was for. */
export const unreleased = ({ release_failure: failure, guard }: Run): string[] => {
  if (!failure) return [];
  const { message } = splitMessage(recordOf(failure).message);
  return [
    `The target is complete, but its guard "${guard?.snapshot}" could not be released; the next run does it. ${message}`,
  ];
};
