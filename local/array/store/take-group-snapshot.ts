import type { ArrayStore } from './array-store.ts';
import { protectedVolumes } from './list-connections.ts';
import type { GroupSnapshot, ProtectionGroup, Tag } from './model.ts';
import { memberSnapshotName } from './names.ts';
import { upsertTags } from './upsert-tags.ts';

/**
 * Freezes all volumes of a group in one instant. The name must be free. Copyable tags of a volume go with its snapshot; the
 * tags given are the group snapshot's own. That its members get them too is nowhere said, and no client shall rely on it.
 */
export function takeGroupSnapshot(
  array: ArrayStore,
  group: ProtectionGroup,
  given: { suffix: string; created: number; destroyedAt?: number | null; tags?: readonly Tag[] },
): GroupSnapshot {
  const { suffix, created, destroyedAt = null, tags = [] } = given;
  const snapshot: GroupSnapshot = {
    id: array.ids.id(),
    name: `${group.name}.${suffix}`,
    suffix,
    created,
    destroyedAt,
    source: { id: group.id, name: group.name },
    transfer: null,
    tags: upsertTags([], tags),
  };
  array.groupSnapshots.add(snapshot);
  for (const volume of protectedVolumes(array, group)) {
    array.volumeSnapshots.add({
      id: array.ids.id(),
      name: memberSnapshotName(snapshot.name, volume.name),
      serial: array.ids.serial(),
      suffix,
      created,
      destroyedAt,
      size: volume.size,
      content: volume.content,
      source: { id: volume.id, name: volume.name },
      groupSnapshotId: snapshot.id,
      transfer: null,
      tags: volume.tags.filter((tag) => tag.copyable),
    });
  }
  return snapshot;
}

/** The suffix that the array gives by itself: `pg.17`, always rising (flasharray-rest.md §4). */
export function nextNumber(array: ArrayStore, group: ProtectionGroup): string {
  do group.lastNumber++;
  while (array.groupSnapshots.named(`${group.name}.${group.lastNumber}`) !== undefined);
  return String(group.lastNumber);
}

/** The volume snapshots of a group snapshot. */
export function membersOf(array: ArrayStore, snapshot: GroupSnapshot) {
  return array.volumeSnapshots.all().filter((member) => member.groupSnapshotId === snapshot.id);
}

/** The bytes of all its volumes, as provisioned. */
export const sizeOf = (array: ArrayStore, snapshot: GroupSnapshot): number =>
  membersOf(array, snapshot).reduce((total, { size }) => total + size, 0);
