import type { Outcome } from '../refresh/manifest.ts';
import type { Run } from '../refresh/run.ts';
import { logOut, openArrays } from './arrays.ts';
import { readDocument, requestDocument } from './documents.ts';
import type { Ports } from './ports.ts';
import { readRunDocuments, writeManifest } from './record.ts';

/** Writes the manifest of a run that did what it should, and ends the sessions. */
export const recordResult = async (run: Run, ports: Ports): Promise<Run> => {
  const [documents, request] = await Promise.all([
    readRunDocuments(run, ports.store),
    readDocument(ports.store, run.id, requestDocument),
  ]);
  const recorded = await writeManifest(run, ports.store, documents, outcomeOf(run));
  // What is recorded has happened; a session that stays behind expires by itself.
  const arrays = await openArrays(ports, request).catch(() => undefined);
  if (arrays) await logOut(arrays);
  return recorded;
};

const outcomeOf = (run: Run): Outcome => {
  if (!run.execute) return { status: 'PLANNED', target: run.has_target ? 'untouched' : 'none' };
  if (!run.has_target) return { status: 'SNAPSHOT_ONLY', target: 'none' };
  return { status: 'SUCCEEDED', target: 'refreshed' };
};
