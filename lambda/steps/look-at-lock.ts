import { EXECUTION_KEY, GUARDS_KEY, LOCK_SUFFIX } from '../refresh/guard.ts';
import { groupSnapshotName, nameKey, sameName, volumeSnapshotName } from '../refresh/naming.ts';
import { groupSnapshotOf } from './look-at-guards.ts';
import type { FlashArray, SnapshotTag } from './ports.ts';

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
