import { listNames, RefreshError } from '../refresh/errors.ts';
import type { SnapshotVolume } from '../refresh/volumes.ts';
import type { FlashArray, GroupSnapshot } from './ports.ts';

/**
 * The group snapshot of that exact name; undefined when there is none.
 * @throws SnapshotDestroyed when it is pending eradication: its name is taken and its content about to go
 */
export const findSnapshot = async (
  array: FlashArray,
  name: string,
): Promise<GroupSnapshot | undefined> => {
  const snapshot = await array.groupSnapshot(name);
  if (!snapshot?.destroyed) return snapshot;
  throw new RefreshError(
    'SnapshotDestroyed',
    `Snapshot "${snapshot.name}" exists but is destroyed and pending eradication.`,
    `Recover it on the array (purepgroup recover ${snapshot.name}), or use another snapshot_name.`,
  );
};

/**
 * The volumes that a group snapshot holds.
 * @throws SnapshotVanished when it holds none, or no longer exists
 * @throws SnapshotWithoutSource when it does not tell which volume a member was taken from
 */
export const snapshotVolumes = async (
  array: FlashArray,
  groupSnapshot: string,
): Promise<SnapshotVolume[]> => {
  const members = await array.volumeSnapshots(groupSnapshot);
  if (members.length === 0) {
    throw new RefreshError(
      'SnapshotVanished',
      `Snapshot "${groupSnapshot}" holds no volume snapshot.`,
      'Look on the array whether somebody destroyed it, and run again with another snapshot_name.',
    );
  }
  const orphans = members.filter((member) => member.source.id === null);
  if (orphans.length > 0) {
    throw new RefreshError(
      'SnapshotWithoutSource',
      `The source volumes of ${listNames(orphans.map((orphan) => orphan.name))} are gone, so they cannot be paired.`,
      'Use a newer snapshot.',
    );
  }
  return members.map(({ name, size, created, source }) => ({
    id: source.id ?? '',
    name: source.name ?? name.slice(groupSnapshot.length + 1),
    size,
    replica_id: null,
    snapshot: name,
    created,
  }));
};
