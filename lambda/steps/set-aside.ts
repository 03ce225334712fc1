import { isError } from '../refresh/errors.ts';
import { asideSuffixes, GUARDS_KEY, guardPrefix } from '../refresh/guard.ts';
import { groupSnapshotName } from '../refresh/naming.ts';
import type { FlashArray, GroupSnapshot } from './ports.ts';
import { tagMembers } from './tag-members.ts';

/** Group of a group snapshot, `pg` of `pg.SUFFIX`. */
const groupOf = (snapshot: string): string => snapshot.slice(0, snapshot.lastIndexOf('.'));

/**
 * Gives a guard the first of these suffixes that is free. The guard is told by its id, so that a request that is carried
 * out late can rename no other.
 * @returns its name
 */
export const releaseAs = async (
  array: FlashArray,
  guard: GroupSnapshot,
  suffixes: readonly string[],
): Promise<string> => {
  const [name = '', ...others] = suffixes;
  const full = groupSnapshotName(groupOf(guard.name), name);
  try {
    await array.renameThisSnapshot(guard, full);
    return full;
  } catch (error) {
    if (others.length === 0 || !isError(error, 'ArrayRequestRefused')) throw error;
    return releaseAs(array, guard, others);
  }
};

/**
 * Puts a guard that nothing was written under out of the way, where later runs find and prune it.
 * @param execution the one that took it
 */
export const setAside = async (
  array: FlashArray,
  guard: GroupSnapshot,
  execution: string,
): Promise<string> => {
  if (guard.destroyed) await array.recoverSnapshot(guard.name);
  const members = await array.volumeSnapshots(guard.name);
  await tagMembers(array, members, [{ key: GUARDS_KEY, value: execution }]);
  return releaseAs(array, guard, asideSuffixes(execution, guard.created));
};

/** The same for all that attempts of this execution have left which never became the lock. */
export const setLeftoversAside = async (
  array: FlashArray,
  group: string,
  execution: string,
): Promise<void> => {
  for (const left of await array.groupSnapshots(group, [guardPrefix(execution)])) {
    await setAside(array, left, execution);
  }
};
