import { compareTarget, type Expectation } from '../refresh/comparison.ts';
import { listNames, RefreshError } from '../refresh/errors.ts';
import type { JournalEntry } from '../refresh/guard.ts';
import { copyVolumes, untagVolumes } from './copy-volumes.ts';
import type { FoundGuard } from './look-at-guards.ts';
import type { ArrayVolume, FlashArray, VolumeCopy } from './ports.ts';

/** A volume that the guard can put back. */
interface Kept {
  /** The volume's id; empty where that is gone for good. */
  readonly id: string;
  /** Volume snapshot of the guard. */
  readonly snapshot: string;
  /** The snapshot's `created`. */
  readonly created: number;
  /** Undefined where the guard's journal cannot be read. */
  readonly entry: JournalEntry | undefined;
}

/** What the array tells of the volumes that a guard is about. */
export interface TargetLook {
  /**
   * `new` – all were overwritten, for certain; `old` – none was, for certain; `mixed` – anything else: what may have been
   * overwritten is to be put back.
   */
  readonly verdict: 'new' | 'old' | 'mixed';
  /** Those that may have been overwritten. */
  readonly touched: readonly Kept[];
  readonly now: ReadonlyMap<string, ArrayVolume>;
}

/** Looks what a guarded overwrite has done, at the volumes by id: they may have been renamed, or have left the group. */
export const lookAtOverwritten = async (
  array: FlashArray,
  guard: FoundGuard,
): Promise<TargetLook> => {
  const kept = keptBy(guard);
  const now = await volumesNow(array, kept);
  if (guard.record?.owner.phase === 'acquired') return { verdict: 'old', touched: [], now };
  const expected = kept.flatMap(({ id, entry }) =>
    entry ? [{ id, old: entry.old, next: entry.next }] : [],
  );
  if (expected.length < kept.length) return { verdict: 'mixed', touched: kept, now };
  const { isNew, isCertain, touched } = compareTarget(expected, createdOf(now));
  // Where the guard is as old as what was copied, a volume that was put back looks like one that was overwritten.
  const canTell = isCertain && kept.every(({ created, entry }) => created !== entry?.next);
  const isTouched = new Set(touched);
  return {
    verdict: isNew && canTell ? 'new' : 'mixed',
    touched: kept.filter(({ id }) => isTouched.has(id)),
    now,
  };
};

/** Without a journal every member may have been overwritten. One whose volume is gone for good cannot be put back. */
const keptBy = ({ members, record }: FoundGuard): Kept[] =>
  members.flatMap(({ id, name, created, source }) => {
    const entry = record?.journal?.get(id);
    if (entry ? !entry.planned : source.id === null) return [];
    return [{ id: source.id ?? '', snapshot: name, created, entry }];
  });

const volumesNow = async (
  array: FlashArray,
  kept: readonly Kept[],
): Promise<ReadonlyMap<string, ArrayVolume>> => {
  const volumes = await array.volumesWithIds(kept.map(({ id }) => id));
  return new Map(volumes.map((volume) => [volume.id, volume]));
};

const createdOf = (now: ReadonlyMap<string, ArrayVolume>): Map<string, number> =>
  new Map([...now].map(([id, { created }]) => [id, created]));

/**
 * Copies what the guard holds back onto the volumes that may have been overwritten, and their pairing tags as they were.
 * Doing it twice comes to the same.
 * @param beSure called before each request that overwrites: throws where it must not be sent any more
 * @throws RollbackFailed where a volume is gone
 */
export const putBack = async (
  array: FlashArray,
  { touched, now }: TargetLook,
  beSure: () => Promise<void>,
): Promise<void> => {
  const copies = touched.map(({ id, snapshot, entry }): VolumeCopy | string => {
    const volume = now.get(id);
    if (!volume || volume.destroyed) return volume?.name ?? snapshot;
    return { target: volume.name, snapshot, mapping: entry?.mapping ?? null };
  });
  const gone = copies.filter((copy) => typeof copy === 'string');
  if (gone.length > 0) {
    throw new RefreshError(
      'RollbackFailed',
      `Volumes that are to be put back have been destroyed: ${listNames(gone)}.`,
      'Recover them on the array (purevol recover), then have the run recovered.',
    );
  }
  const possible = copies.filter((copy) => typeof copy !== 'string');
  await copyVolumes(array, possible, beSure);
  // Volumes that bore no pairing tag bear none again; of those without an entry nobody knows.
  await untagVolumes(
    array,
    possible.filter((_, index) => touched[index]?.entry !== undefined),
  );
};

/**
 * Reads back what was put back.
 * @param before as it was before that
 * @throws RollbackFailed
 */
export const verifyPutBack = async (
  array: FlashArray,
  { touched, now: before }: TargetLook,
): Promise<void> => {
  const expected = touched.map(
    ({ id, created }): Expectation => ({
      id,
      old: before.get(id)?.created ?? created,
      next: created,
    }),
  );
  const found = createdOf(await volumesNow(array, touched));
  if (!compareTarget(expected, found).isContradictory) return;
  throw new RefreshError(
    'RollbackFailed',
    'The array does not show that every volume was put back.',
    'Look at the target volumes on the array, then have the run recovered.',
  );
};
