import {
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
import { groupSnapshotName, nameKey, sameName, volumeSnapshotName } from '../refresh/naming.ts';
import type { FlashArray, GroupSnapshot, SnapshotTag, VolumeSnapshot } from './ports.ts';

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
  const names = releasedSuffixes.map((suffix) => `${groupSnapshotName(group, suffix)}*`);
  const tags = await array.tagsOfMembers(names, [EXECUTION_KEY]);
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

/** Which execution a released guard was for, by the guard's name. */
const guardedBy = async (array: FlashArray, group: string) => {
  const names = releasedSuffixes.map((suffix) => `${groupSnapshotName(group, suffix)}*`);
  const tags = await array.tagsOfMembers(names, [GUARDS_KEY]);
  return (name: string): string | null =>
    tags.find(({ snapshot }) => isMember(snapshot, name))?.value ?? null;
};

export const readGuard = async (
  array: FlashArray,
  snapshot: GroupSnapshot,
): Promise<FoundGuard> => {
  const members = await array.volumeSnapshots(snapshot.name, snapshot.destroyed);
  const ids = members.map(({ id }) => id).sort();
  const [first] = ids;
  const tags = first === undefined ? [] : await array.tagsOfSnapshot(first);
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

/** Who holds the targets, and which refreshes are done, in one look. */
export interface LockLook {
  /** ARNs of executions: none where there is no lock, several where a takeover is under way. */
  readonly holders: readonly string[];
  /** Ids of the lock's members. */
  readonly members: readonly string[];
  /** Holders of another group's lock that one of the targets is under as well. */
  readonly rivals: readonly { readonly group: string; readonly execution: string }[];
  /** Guards that are released after an overwrite, with the execution of each. */
  readonly done: readonly { readonly name: string; readonly execution: string }[];
}

/** @param targets names of volumes; of earlier guards only those are seen that hold the first */
export const lookAtLock = async (
  array: FlashArray,
  group: string,
  targets: readonly string[],
): Promise<LockLook> => {
  const before = volumeSnapshotName(groupSnapshotName(group, 'before-*'), targets[0] ?? '*');
  const tags = await array.tagsOfMembers(
    [`*.${LOCK_SUFFIX}.*`, before],
    [EXECUTION_KEY, GUARDS_KEY],
  );
  const holding = tags.filter(({ key }) => key === EXECUTION_KEY).flatMap(asHolding);
  const own = holding.filter((held) => sameName(held.group, group));
  const names = new Set(targets.map((target) => nameKey(volumeSnapshotName('', target))));
  const isTarget = (held: Holding) =>
    podOf(held.group) === podOf(group) && names.has(nameKey(`.${held.volume}`));
  return {
    holders: [...new Set(own.map(({ execution }) => execution))],
    members: own.flatMap(({ id }) => id ?? []),
    rivals: holding.filter((held) => !own.includes(held) && isTarget(held)),
    done: tags
      .filter(({ key, snapshot }) => key === GUARDS_KEY && asHolding({ snapshot }).length === 0)
      .map(({ snapshot, value }) => ({ name: groupSnapshotOf(snapshot, group), execution: value })),
  };
};

/** One member of a lock. */
interface Holding {
  readonly group: string;
  /** The member's part of the name, without a pod. */
  readonly volume: string;
  readonly id: string | null;
  readonly execution: string;
}

const LOCK_MEMBER = new RegExp(`^(?<group>.*)\\.${LOCK_SUFFIX}\\.(?<volume>.*)$`, 'i');

const asHolding = ({
  snapshot,
  id = null,
  value = '',
}: Pick<SnapshotTag, 'snapshot'> & Partial<SnapshotTag>): Holding[] => {
  const { group, volume } = LOCK_MEMBER.exec(snapshot)?.groups ?? {};
  return group === undefined || volume === undefined
    ? []
    : [{ group, volume, id, execution: value }];
};

const podOf = (name: string): string => nameKey(/^(.*?)::/.exec(name)?.[1] ?? '');

const isMember = (volumeSnapshot: string, groupSnapshot: string): boolean =>
  nameKey(volumeSnapshot).startsWith(nameKey(`${groupSnapshot}.`));

/** `pg.SUFFIX` of `pg.SUFFIX.volume`. */
const groupSnapshotOf = (volumeSnapshot: string, group: string): string => {
  const suffix = volumeSnapshot.slice(group.length + 1).split('.')[0] ?? '';
  return groupSnapshotName(group, suffix);
};
