import { type GuardRecord, runOf } from '../refresh/guard.ts';
import { heldCopies } from '../refresh/held-copy.ts';
import { type Manifest, makeManifest } from '../refresh/manifest.ts';
import { type Recovered, type Run, runSchema } from '../refresh/run.ts';
import { CURRENT, readManifest, restoreCurrent, writeCurrent } from './current-manifest.ts';
import { databaseDocument, findDocument, planDocument, writeJson } from './documents.ts';
import { asEnded, RUN_ENDED } from './interim-manifest.ts';
import type { ObjectStore } from './ports.ts';
import { manifestFolder } from './record.ts';

/** How the guard of a run was cleared up. */
export interface ClearedUp {
  /** The guard's name now. */
  readonly name: string;
  readonly outcome: Exclude<Recovered['outcome'], 'nothing' | null>;
}

/**
 * Sets the record of a run straight that could not do it itself: what the target holds now, and that another run has seen
 * to it. `current.json` too.
 */
export const recordRecovered = async (
  store: ObjectStore,
  by: Run,
  record: GuardRecord,
  { name, outcome }: ClearedUp,
): Promise<void> => {
  const { owner } = record;
  const folder = manifestFolder(owner.refresh || undefined);
  const key = `${folder}/${runOf(owner.guards)}.json`;
  const earlier = (await readManifest(store, key)) ?? (await reconstruct(store, by, record));
  const current = await readManifest(store, `${folder}/${CURRENT}`);
  const manifest: Manifest = {
    ...asEnded(earlier),
    ...(outcome === 'refreshed' && heldCopies({ ...earlier, target: outcome }, current)),
    target: outcome,
    guard: name,
    recovery_steps: [],
    warnings: [...earlier.warnings, `Cleared up by run "${by.id}": ${SAID[outcome]}.`],
  };
  await writeJson(store, key, manifest);
  if (outcome === 'refreshed') await writeCurrent(store, folder, manifest);
  else await restoreCurrent(store, folder, manifest);
};

const SAID: Readonly<Record<ClearedUp['outcome'], string>> = {
  refreshed: 'all volumes had been overwritten, so the target holds the snapshot',
  untouched: 'no volume had been overwritten',
  restored: 'the target was put back to what it held before',
};

const reconstruct = async (
  store: ObjectStore,
  by: Run,
  { owner, journal }: GuardRecord,
): Promise<Manifest> => {
  const id = runOf(owner.guards);
  const [plan, database] = await Promise.all([
    findDocument(store, id, planDocument).catch(() => undefined),
    findDocument(store, id, databaseDocument).catch(() => undefined),
  ]);
  const copied = [...(journal?.values() ?? [])].find(({ planned }) => planned);
  const run = runSchema.parse({
    id,
    execution: owner.guards,
    started: by.started,
    refresh: owner.refresh,
    // An undo copies from a snapshot of the target group.
    mode: owner.snapshot.startsWith(`${by.target_protection_group}.`) ? 'undo' : 'refresh',
    target_protection_group: by.target_protection_group,
    source_array: by.source_array,
    target_array: by.target_array,
    snapshot: {
      name: owner.snapshot,
      created: copied ? new Date(copied.next).toISOString() : null,
      reused: false,
    },
  });
  return makeManifest(
    run,
    { plan, database },
    {
      status: 'FAILED',
      target: 'mixed',
      error: RUN_ENDED,
    },
  );
};
