import {
  byId,
  type EarlierGuard,
  EXECUTION_KEY,
  GUARDS_KEY,
  type GuardRecord,
  guardSuffixes,
  isBefore,
  isLock,
  isRestored,
  KEY_PREFIX,
  LOCK_SUFFIX,
  readGuardTags,
  releasedSuffixes,
  wasLock,
} from '../refresh/guard.ts';
import { groupSnapshotName, nameKey } from '../refresh/naming.ts';
import type { Run } from '../refresh/run.ts';
import type { FlashArray, GroupSnapshot, VolumeSnapshot } from './ports.ts';

/** The guards of a target group. */
export interface Guards {
  /** The snapshot under the lock's name, also a destroyed one. */
  readonly lock: GroupSnapshot | undefined;
  /** Released ones. */
  readonly earlier: readonly EarlierGuard[];
  /** Names that are not free for another one: those that are pending eradication still bear theirs. */
  readonly taken: readonly string[];
}

/** What has become of the target under a guard that was the lock and is released, and its name now. */
export interface Ended {
  readonly name: string;
  readonly target: 'refreshed' | 'restored';
}

/** How the guard of an execution was released, by whomever; undefined where it was not. */
export const outcomeFor = async (
  array: FlashArray,
  group: string,
  execution: string,
): Promise<Ended | undefined> => {
  const { earlier } = await lookAtGuards(array, group);
  return outcomeAmong(earlier, execution);
};

/** The same, of guards that have been looked at. */
export const outcomeAmong = (
  earlier: readonly EarlierGuard[],
  execution: string,
): Ended | undefined => {
  const released = earlier.find(({ guarded, name }) => guarded === execution && wasLock(name));
  if (released === undefined) return undefined;
  const { name } = released;
  return { name, target: isBefore(name) ? 'refreshed' : 'restored' };
};

/** The guard that this execution held, as the one whose overwrite it undoes or by a takeover, and has released. */
export const findReleased = async (
  array: FlashArray,
  group: string,
  execution: string,
): Promise<FoundGuard | undefined> => {
  const tags = await array.tagsOfMembers(releasedMembers(group), [EXECUTION_KEY]);
  const own = tags.find(({ value }) => value === execution);
  const snapshot = own && (await array.groupSnapshot(groupSnapshotOf(own.snapshot, group)));
  return snapshot && readGuard(array, snapshot);
};

/** A guard with all that is known of it. */
export interface FoundGuard {
  readonly snapshot: GroupSnapshot;
  readonly members: readonly VolumeSnapshot[];
  /** Undefined where its tags do not tell an owner. */
  readonly record: GuardRecord | undefined;
  /** Whether it bears any tag of ours. */
  readonly isMarked: boolean;
}

/** Whether the run holds it. */
export const holds = ({ execution }: Run, { record }: FoundGuard): boolean =>
  record?.owner.execution === execution;

export const lockName = (group: string): string => groupSnapshotName(group, LOCK_SUFFIX);

export const lookAtGuards = async (array: FlashArray, group: string): Promise<Guards> => {
  const snapshots = await array.groupSnapshots(group, guardSuffixes);
  const released = snapshots.filter(
    ({ name, destroyed }) => !destroyed && (isBefore(name) || isRestored(name)),
  );
  const guarded = released.length > 0 ? await guardedBy(array, group) : () => null;
  return {
    lock: snapshots.find(({ name }) => isLock(name)),
    earlier: released.map(({ name, created }) => ({ name, created, guarded: guarded(name) })),
    taken: snapshots.map(({ name }) => name),
  };
};

/** Names that the members of released guards have. */
const releasedMembers = (group: string): string[] =>
  releasedSuffixes.map((suffix) => `${groupSnapshotName(group, suffix)}*`);

/** Which execution a released guard was for, by the guard's name. */
const guardedBy = async (array: FlashArray, group: string) => {
  const tags = await array.tagsOfMembers(releasedMembers(group), [GUARDS_KEY]);
  return (name: string): string | null =>
    tags.find(({ snapshot }) => isMember(snapshot, name))?.value ?? null;
};

export const readGuard = async (
  array: FlashArray,
  snapshot: GroupSnapshot,
): Promise<FoundGuard> => {
  const members = await array.volumeSnapshots(snapshot.name, snapshot.destroyed);
  const ids = members.map(({ id }) => id);
  const [first] = byId(members);
  const tags = first === undefined ? [] : await array.tagsOfSnapshot(first.id);
  const isMarked = tags.some(({ key }) => key.startsWith(KEY_PREFIX));
  return { snapshot, members, record: readGuardTags(tags, ids), isMarked };
};

/**
 * What is known of the snapshot under the lock's name. One that gets another name while it is looked at seems to have no
 * members, so that is looked into.
 * @returns undefined where it is no longer there
 */
export const readLock = async (
  array: FlashArray,
  snapshot: GroupSnapshot,
): Promise<FoundGuard | undefined> => {
  const found = await readGuard(array, snapshot);
  if (found.members.length > 0) return found;
  const now = await array.groupSnapshot(snapshot.name);
  if (now?.created === snapshot.created) return found;
  return now && readLock(array, now);
};

/** The guard under the lock's name. One that somebody destroyed is recovered: its name stays taken, and it is needed. */
export const findLock = async (
  array: FlashArray,
  group: string,
): Promise<FoundGuard | undefined> => {
  const snapshot = await array.groupSnapshot(lockName(group));
  if (!snapshot) return undefined;
  if (snapshot.destroyed) await array.recoverSnapshot(snapshot.name);
  return readLock(array, { ...snapshot, destroyed: false });
};

const isMember = (volumeSnapshot: string, groupSnapshot: string): boolean =>
  nameKey(volumeSnapshot).startsWith(nameKey(`${groupSnapshot}.`));

/** `pg.SUFFIX` of `pg.SUFFIX.volume`. */
export const groupSnapshotOf = (volumeSnapshot: string, group: string): string => {
  const suffix = volumeSnapshot.slice(group.length + 1).split('.')[0] ?? '';
  return groupSnapshotName(group, suffix);
};
