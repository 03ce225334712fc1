import pMap from 'p-map';
import * as z from 'zod';
import { RefreshError } from '../refresh/errors.ts';
import { COPIED_KEY, heldSuffixes, runOf } from '../refresh/guard.ts';
import { nameKey, sameName } from '../refresh/naming.ts';
import type { Run } from '../refresh/run.ts';
import type { Arrays } from './arrays.ts';
import { CURRENT } from './current-manifest.ts';
import { findUse, SNAPSHOT_USES, writeUse } from './documents.ts';
import { mayBeAtWork } from './may-be-at-work.ts';
import type { MadeSnapshot } from './own-snapshots.ts';
import type { Ports } from './ports.ts';
import { manifestFolder } from './record.ts';

/** Notes that the run uses a snapshot which it has not made: on the array that is not to be seen before the guard is taken. */
export const noteUse = (
  run: Run,
  snapshot: string,
  { store, clock }: Pick<Ports, 'store' | 'clock'>,
): Promise<void> =>
  writeUse(store, folderOf(run, snapshot), {
    run: run.id,
    execution: run.execution,
    noted: clock.now().toISOString(),
  });

/** A snapshot with the name that it has on the target array, if it is to be looked for there. */
export interface Used extends MadeSnapshot {
  readonly replica: string | undefined;
}

/**
 * Who needs which of these snapshots, by `nameKey`; one that nobody needs is not in it. A volume that was copied from one
 * does not: a copy has a life of its own, and its `source` is a volume.
 */
export const whoUses = async (
  snapshots: readonly Used[],
  run: Run,
  arrays: Arrays,
  ports: Ports,
): Promise<ReadonlyMap<string, string>> => {
  const [current, copied, notes] = await Promise.all([
    currentSnapshot(run, ports),
    copiedNow(arrays),
    ports.store.list(`${folderOf(run)}/`),
  ]);
  const uses = await pMap(
    snapshots,
    async (snapshot) => {
      const is = (name: string | undefined) =>
        name !== undefined &&
        (sameName(name, snapshot.name) || sameName(name, snapshot.replica ?? snapshot.name));
      if (is(run.snapshot?.name)) return 'this run uses it';
      if (is(current)) return 'the target holds it';
      if (copied.some(is)) return 'the guard of a target names it, so it is, or was, being copied';
      if (await mayBeAtWork(snapshot.execution, snapshot.created, ports)) return atWork(snapshot);
      const folder = `${folderOf(run, snapshot.name)}/`;
      return await atWorkOn(
        notes.filter((key) => key.startsWith(folder)),
        run,
        ports,
      );
    },
    { concurrency: 8 },
  );
  return new Map(
    snapshots.flatMap(({ name }, index) => {
      const use = uses[index];
      return use === undefined ? [] : [[nameKey(name), use] as const];
    }),
  );
};

const atWork = ({ execution }: { readonly execution: string }): string =>
  `run "${runOf(execution)}" may be at work with it`;

/** The first other run of these notes that may be at work. */
const atWorkOn = async (
  notes: readonly string[],
  run: Run,
  ports: Ports,
): Promise<string | undefined> => {
  for (const key of notes) {
    const use = await findUse(ports.store, key);
    if (!use || use.execution === run.execution) continue;
    if (await mayBeAtWork(use.execution, Date.parse(use.noted), ports)) return atWork(use);
  }
  return undefined;
};

/** The snapshots that guards name which are held on one of the arrays, of whatever group, and whoever holds them. */
const copiedNow = async ({ source, target }: Arrays): Promise<string[]> => {
  const members = heldSuffixes.map((suffix) => `*.${suffix}*`);
  const arrays = source === target ? [source] : [source, target];
  const tags = await Promise.all(arrays.map((array) => array.tagsOfMembers(members, [COPIED_KEY])));
  return tags.flat().map(({ value }) => value);
};

const currentSchema = z.looseObject({ snapshot: z.looseObject({ name: z.string() }).nullable() });

/**
 * The snapshot that the target holds, by the record of whatever version; undefined for a run that overwrites the target,
 * which then holds that run's own.
 * @throws InvalidStepInput where there is a record that does not tell
 */
const currentSnapshot = async (run: Run, { store }: Ports): Promise<string | undefined> => {
  if (run.has_target) return undefined;
  const key = `${manifestFolder(run.refresh)}/${CURRENT}`;
  const text = await store.read(key);
  if (text === undefined) return undefined;
  try {
    return currentSchema.parse(JSON.parse(text)).snapshot?.name;
  } catch {
    throw new RefreshError(
      'InvalidStepInput',
      `Object "${key}" does not tell which snapshot the target holds.`,
      'Put an earlier version of it back.',
    );
  }
};

/** Where the uses of a snapshot lie, or of all snapshots of the run's source group. */
const folderOf = ({ source_array, source_protection_group }: Run, snapshot?: string): string =>
  [
    source_array?.name ?? '',
    source_protection_group ?? '',
    ...(snapshot === undefined ? [] : [snapshot]),
  ].reduce((folder, name) => `${folder}/${encodeURIComponent(nameKey(name))}`, SNAPSHOT_USES);
