import type { DatabaseRecord } from '../refresh/database-facts.ts';
import type { Check } from '../refresh/doctor.ts';
import { heldCopies } from '../refresh/held-copy.ts';
import { plannedHooks } from '../refresh/hook-calls.ts';
import type { HookRecord } from '../refresh/hook-record.ts';
import { type Manifest, makeManifest, type Outcome } from '../refresh/manifest.ts';
import type { Plan } from '../refresh/plan.ts';
import type { Run } from '../refresh/run.ts';
import type { SnapshotVolume } from '../refresh/volumes.ts';
import { allAtOnce } from './at-once.ts';
import { CURRENT, readManifest, writeCurrent } from './current-manifest.ts';
import {
  arraysDocument,
  databaseDocument,
  doctorDocument,
  findDocument,
  type HookNotes,
  hooksDocument,
  planDocument,
  snapshotDocument,
  writeJson,
} from './documents.ts';
import type { ObjectStore } from './ports.ts';

/** Where the manifests of runs lie that failed before it was known which refresh they were of. */
const UNKNOWN = '_unknown';

/** Where the manifests of a refresh lie. */
export const manifestFolder = (refresh: string | undefined): string =>
  `manifests/${refresh ?? UNKNOWN}`;

/** Where the manifest of a run lies. */
export const manifestKey = (refresh: string | undefined, run: string): string =>
  `${manifestFolder(refresh)}/${run}.json`;

/** What the run has kept so far, as far as it came. */
export interface RunDocuments {
  readonly plan: Plan | undefined;
  /** Members of the snapshot that are copied. */
  readonly volumes: readonly SnapshotVolume[] | undefined;
  readonly database: DatabaseRecord | undefined;
  readonly hooks: HookNotes | undefined;
  readonly doctor: readonly Check[] | undefined;
  readonly arrays: Manifest['arrays'] | undefined;
  /** Of the run that has changed the target last, where this one may have, too. */
  readonly current: Manifest | undefined;
}

export const readRunDocuments = async (run: Run, store: ObjectStore): Promise<RunDocuments> => {
  const [plan, volumes, database, hooks, doctor, arrays, current] = await Promise.all([
    findDocument(store, run.id, planDocument),
    findDocument(store, run.id, snapshotDocument),
    findDocument(store, run.id, databaseDocument),
    findDocument(store, run.id, hooksDocument),
    run.mode === 'doctor' ? findDocument(store, run.id, doctorDocument) : undefined,
    run.source_array ? undefined : findDocument(store, run.id, arraysDocument),
    run.guard && readManifest(store, `${manifestFolder(run.refresh)}/${CURRENT}`),
  ]);
  return { plan, volumes, database, hooks, doctor, arrays, current };
};

/**
 * Writes the manifest of a run: `<run id>.json`, the list of snapshot volumes beside it, the copy `latest.json`, and,
 * when the content of the target group has changed, `current.json`.
 */
export const writeManifest = async (
  run: Run,
  store: ObjectStore,
  { plan, volumes, database, hooks, doctor, arrays, current }: RunDocuments,
  outcome: Outcome,
): Promise<Run> => {
  const made = makeManifest(
    run,
    { plan, database, hooks: hooksOf(run, hooks), doctor, arrays },
    outcome,
  );
  // A run that was put back has changed nothing in the end; who clears up after another sees to that one's record.
  const isChanged = outcome.target === 'mixed' || run.guard?.target === 'refreshed';
  const manifest = isChanged ? { ...made, ...heldCopies(made, current) } : made;
  const folder = manifestFolder(run.refresh);
  const key = manifestKey(run.refresh, run.id);
  // What was copied; else what the snapshot holds.
  const copied = outcome.status === 'SUCCEEDED' ? plan?.pairs.map(({ source }) => source) : volumes;
  const lines = (copied ?? []).map(({ snapshot }) => `${snapshot}\n`).join('');
  await allAtOnce([
    store.write(`${folder}/${run.id}.volumes.txt`, lines, 'text/plain'),
    writeJson(store, key, manifest),
  ]);
  await allAtOnce([
    writeJson(store, `${folder}/latest.json`, manifest),
    isChanged ? writeCurrent(store, folder, manifest) : undefined,
  ]);
  return { ...run, status: outcome.status, target: outcome.target, manifest: key };
};

/** Those that were called; of a dry run, those that an execution calls. */
const hooksOf = (run: Run, notes: HookNotes | undefined): HookRecord[] => {
  if (!notes) return [];
  return run.execute ? notes.records : plannedHooks(notes.hooks, run);
};
