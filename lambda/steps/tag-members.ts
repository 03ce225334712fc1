import type { GuardTag } from '../refresh/guard.ts';
import type { FlashArray, VolumeSnapshot } from './ports.ts';

/** Gives all members of a group snapshot the same tags; that of an empty group has none. */
export const tagMembers = async (
  array: FlashArray,
  members: readonly VolumeSnapshot[],
  tags: readonly GuardTag[],
): Promise<void> => {
  if (members.length === 0) return;
  await array.tagSnapshots(
    members.map(({ id }) => id),
    tags,
  );
};
