import type { GuardTag } from '../refresh/guard.ts';
import type { FlashArray, VolumeSnapshot } from './ports.ts';

/**
 * Gives all members of a guard the same tags; that of an empty group has none. They must not travel to the volumes that the
 * guard is copied back to.
 */
export const tagMembers = async (
  array: FlashArray,
  members: readonly VolumeSnapshot[],
  tags: readonly GuardTag[],
): Promise<void> => {
  if (members.length === 0) return;
  await array.tagSnapshots(
    members.map(({ id }) => id),
    tags,
    { copyable: false },
  );
};
