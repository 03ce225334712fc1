import type { Manifest, Outcome } from '../refresh/manifest.ts';
import { makeManifest } from '../refresh/manifest.ts';
import type { Run } from '../refresh/run.ts';
import { findDocument, planDocument, snapshotDocument, writeJson } from './documents.ts';
import type { ObjectStore } from './ports.ts';

/** Where the manifests of runs lie that failed before it was known which refresh they were of. */
const UNKNOWN = '_unknown';

/**
 * Writes the manifest of a run: `<run id>.json`, the list of snapshot volumes beside it, the copy `latest.json`, and,
 * when the content of the target group has changed, `current.json`.
 */
export const writeManifest = async (
  run: Run,
  store: ObjectStore,
  outcome: Outcome,
): Promise<Run> => {
  const [plan, volumes] = await Promise.all([
    findDocument(store, run.id, planDocument),
    findDocument(store, run.id, snapshotDocument),
  ]);
  const manifest = makeManifest(run, plan ?? null, outcome);
  const folder = `manifests/${run.refresh ?? UNKNOWN}`;
  const key = `${folder}/${run.id}.json`;
  const lines = (volumes ?? []).map((volume) => `${volume.snapshot}\n`).join('');
  await store.write(`${folder}/${run.id}.volumes.txt`, lines, 'text/plain');
  await writeJson(store, key, manifest);
  await writeJson(store, `${folder}/latest.json`, manifest);
  if (changesTarget(manifest)) await writeJson(store, `${folder}/current.json`, manifest);
  return { ...run, status: outcome.status, target: outcome.target, manifest: key };
};

const changesTarget = ({ target }: Manifest): boolean =>
  target === 'refreshed' || target === 'mixed';
