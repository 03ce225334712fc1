import { callsAt, callsLeft, type HookCall } from '../refresh/hook-calls.ts';
import type { HookRecord } from '../refresh/hook-record.ts';
import type { Manifest } from '../refresh/manifest.ts';
import type { HookCursor, Run } from '../refresh/run.ts';
import { CURRENT, readManifest } from './current-manifest.ts';
import { loadDefinition } from './definitions.ts';
import {
  findDocument,
  type HookNotes,
  hooksDocument,
  readDocument,
  releaseDocument,
  writeDocument,
} from './documents.ts';
import type { ObjectStore } from './ports.ts';
import { outOfOrder } from './prepared-run.ts';
import { manifestFolder, manifestKey } from './record.ts';

/** Notes which hooks the run has, before it calls any. */
export const beginHookNotes = (
  store: ObjectStore,
  run: Run,
  hooks: HookNotes['hooks'],
): Promise<void> =>
  writeDocument(store, run.id, hooksDocument, {
    refresh: run.refresh ?? '',
    execution: run.execution,
    mode: run.mode,
    hooks,
    // A dry run calls none, however it ends.
    is_over: !run.execute,
    records: [],
  });

/** The run's own notes. One that failed before it could make them has called nothing yet, and knows its definition. */
export const readHookNotes = async (store: ObjectStore, run: Run): Promise<HookNotes> => {
  const found = await findDocument(store, run.id, hooksDocument);
  if (found) return found;
  if (run.refresh === undefined) throw outOfOrder('The run has no hooks.');
  const { hooks } = await loadDefinition(store, run.refresh);
  const { refresh, execution, mode } = run;
  return { refresh, execution, mode, hooks, is_over: false, records: [] };
};

/**
 * Notes what is known of the hook that is next in the run's count; what an earlier attempt of the same step has noted is
 * overwritten.
 */
export const noteHook = async (
  store: ObjectStore,
  run: Run,
  notes: HookNotes,
  record: HookRecord,
): Promise<HookNotes> => {
  const noted = { ...notes, records: [...notes.records.slice(0, run.hook_count), record] };
  await writeDocument(store, run.id, hooksDocument, noted);
  return noted;
};

/**
 * Where the records of a point begin: behind those of all points before it. Where one of these could not be followed to its
 * end, the run's own count knows less than the notes.
 */
export const countBefore = (point: HookCursor['point'], records: readonly HookRecord[]): number =>
  point === 'clear_up' ? 0 : records.findLastIndex((record) => record.point !== point) + 1;

/**
 * Whether a run that failed leaves hooks to whoever recovers it: what was stopped for the overwrite waits for a mixed target
 * to be put back, and where hooks could not be followed some may never have been called.
 */
export const leavesHooks = ({ hook_failure }: Run, target: Manifest['target']): boolean =>
  target === 'mixed' || hook_failure !== undefined;

/** Notes that no hook of a run is left. */
export const closeHookNotes = async (store: ObjectStore, runId: string): Promise<void> => {
  const notes = await findDocument(store, runId, hooksDocument);
  if (notes && !notes.is_over) {
    await writeDocument(store, runId, hooksDocument, { ...notes, is_over: true });
  }
};

/** The hooks to be called at a point of a run, in their order; however often it is asked, the same. */
export const hookCalls = async (
  store: ObjectStore,
  run: Run,
  point: HookCursor['point'],
  { hooks, records }: HookNotes,
): Promise<HookCall[]> => {
  if (point !== 'clear_up') return callsAt(point, hooks, records);
  const left = await readDocument(store, clearedRun(run), hooksDocument);
  return callsLeft(left.hooks, left.records, await isAsBefore(store, run, left));
};

/** The run whose hooks are called: itself, or the one that it clears up after. */
export const clearedRun = ({ id, recovery, hook }: Run): string =>
  hook?.point === 'clear_up' ? (recovery?.run ?? id) : id;

/**
 * Whether the target holds what it held before the run that is cleared up after: an undo that succeeded has put that there.
 * Where no lock was found, the run has either not come to it, or released it after a good overwrite; and another may have
 * overwritten the target since.
 */
const isAsBefore = async (store: ObjectStore, run: Run, left: HookNotes): Promise<boolean> => {
  if (await isOverwrittenSince(store, run, left)) return false;
  if (left.mode === 'undo') return true;
  const { recovery } = run;
  if (recovery?.outcome !== 'nothing') return recovery?.outcome !== 'refreshed';
  if (recovery.before) return recovery.before === 'restored';
  const cleared = clearedRun(run);
  const [released, manifest] = await Promise.all([
    findDocument(store, cleared, releaseDocument),
    readManifest(store, manifestKey(run.refresh, cleared)),
  ]);
  // Whoever cleared up before, and did not come to the hooks, has released the lock and said there what the target holds.
  const isKnown = manifest?.target === 'refreshed' || manifest?.target === 'mixed';
  return released === undefined && !isKnown;
};

/** Whether the copy that the target holds is of another run, and was made when this one had begun to call hooks. */
const isOverwrittenSince = async (
  store: ObjectStore,
  run: Run,
  { records }: HookNotes,
): Promise<boolean> => {
  const current = await readManifest(store, `${manifestFolder(run.refresh)}/${CURRENT}`);
  if (!current || current.run === clearedRun(run)) return false;
  const overwrite = current.steps.find(({ step }) => step === 'overwrite-volumes');
  const begun = records[0]?.begun;
  return overwrite !== undefined && begun != null && overwrite.started > begun;
};
