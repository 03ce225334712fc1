import type { Manifest } from '../refresh/manifest.ts';
import type { Run } from '../refresh/run.ts';
import { CURRENT, readManifest } from './current-manifest.ts';
import { findDocument, hooksDocument, releaseDocument, writeJson } from './documents.ts';
import { clearedRun, closeHookNotes, leavesHooks } from './hook-notes.ts';
import type { ObjectStore } from './ports.ts';
import { reasonOf } from './reasons.ts';
import { manifestFolder, manifestKey, readRunDocuments, writeManifest } from './record.ts';
import { targetStateOf } from './target-state.ts';

/** What became of a run that could not say so itself. */
export const RUN_ENDED = {
  name: 'RunEnded',
  message: 'The run ended in the middle, without a word.',
  remedy: 'Look at the history of its execution why it ended; nothing is left to be cleared up.',
} as const;

/**
 * Writes the manifest of a run that is not over, for its hooks to read. At the end of a run that failed it is there already.
 */
export const writeInterimManifest = async (run: Run, store: ObjectStore): Promise<Run> => {
  if (run.hook?.point === 'on_failure') return run;
  if (run.hook?.point === 'clear_up') await setStraight(run, store);
  const outcome = {
    status: 'RUNNING',
    target: await targetStateOf(run, store),
    ...(run.failure && { error: reasonOf(run) }),
  } as const;
  return writeManifest(run, store, await readRunDocuments(run, store), outcome);
};

/** The run that is cleared up after is not at work any more, whatever its manifest says. */
const setStraight = async (run: Run, store: ObjectStore): Promise<void> => {
  const key = manifestKey(run.refresh, clearedRun(run));
  const manifest = await readManifest(store, key);
  if (manifest?.status !== 'RUNNING') return;
  const target = await targetOfCleared(run, store, manifest);
  await rewrite(store, run.refresh, key, asEnded({ ...manifest, target }));
};

/** Its manifest may be older than its overwrite. Where no lock was found, a run has released it after a good one. */
const targetOfCleared = async (
  run: Run,
  store: ObjectStore,
  { target, mode }: Manifest,
): Promise<Manifest['target']> => {
  if (run.recovery?.outcome !== 'nothing') return target;
  if (run.recovery.before === 'restored') return 'restored';
  const released = await findDocument(store, clearedRun(run), releaseDocument);
  if (!released && !run.recovery.before) return target;
  return mode === 'undo' ? 'restored' : 'refreshed';
};

/** A manifest of a run that ended in the middle, as it must be read from then on. */
export const asEnded = (manifest: Manifest): Manifest =>
  manifest.status === 'RUNNING'
    ? { ...manifest, status: 'FAILED', error: manifest.error ?? RUN_ENDED }
    : manifest;

/** What is to be done when a point has nothing left. */
export const endHooks = async (run: Run, store: ObjectStore): Promise<Run> => {
  const point = run.hook?.point;
  if (point === 'clear_up') {
    // Once more: where no hook was left, nobody has written an interim manifest, and so not done it.
    await setStraight(run, store);
    await closeHookNotes(store, clearedRun(run));
  }
  if (point === 'on_failure') await amendManifest(run, store);
  return run.hook ? { ...run, hook: { ...run.hook, next: 'done' } } : run;
};

/** Adds to the manifest of a failed run what became of the hooks that were told of it. */
const amendManifest = async (run: Run, store: ObjectStore): Promise<void> => {
  const key = manifestKey(run.refresh, run.id);
  const [manifest, notes] = await Promise.all([
    readManifest(store, key),
    findDocument(store, run.id, hooksDocument),
  ]);
  if (!manifest) return;
  const { records: hooks = [] } = notes ?? {};
  await rewrite(store, run.refresh, key, {
    ...manifest,
    hooks,
    steps: run.steps,
    warnings: [...new Set([...manifest.warnings, ...run.warnings])],
  });
  if (!leavesHooks(run, manifest.target)) await closeHookNotes(store, run.id);
};

/** In each place where it stands. */
const rewrite = async (
  store: ObjectStore,
  refresh: string | undefined,
  key: string,
  manifest: Manifest,
): Promise<void> => {
  await writeJson(store, key, manifest);
  for (const copy of ['latest.json', CURRENT]) {
    const at = `${manifestFolder(refresh)}/${copy}`;
    if ((await readManifest(store, at))?.run === manifest.run) await writeJson(store, at, manifest);
  }
};
