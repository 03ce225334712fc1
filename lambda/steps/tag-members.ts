import type { GuardTag } from '../refresh/guard.ts';
import type { FlashArray, VolumeSnapshot } from './ports.ts';

/**
 * Gives members of a guard the same tags; that of an empty group has none. They must not travel to the volumes that the
 * guard is copied back to.
 */
export const tagMembers = async (
  array: FlashArray,
  members: readonly Pick<VolumeSnapshot, 'id'>[],
  tags: readonly GuardTag[],
): Promise<void> => {
  const ids = members.map(({ id }) => id);
  if (ids.length > 0) await array.tagSnapshots(ids, tags, { copyable: false });
};
