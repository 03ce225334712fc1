import type { ArrayStore } from './array-store.ts';
import { derivedId, derivedSerial } from './derived-ids.ts';
import type { GroupSnapshot, ProtectionGroup, Transfer, VolumeSnapshot } from './model.ts';
import { replicaName } from './names.ts';
import { membersOf } from './take-group-snapshot.ts';

/** What a replica is made of. */
export interface Original {
  readonly array: ArrayStore;
  readonly snapshot: GroupSnapshot;
  readonly members: readonly VolumeSnapshot[];
}

/**
 * Puts the replica of a group snapshot on a target, as it is while the transfer runs: known by name, with the time of
 * the original. The `source` of its members is the replica of the volume, not the volume (flasharray-rest.md §4).
 * Copyable tags come along (flasharray-rest.md §9), but not those that the original gets from now on: that they follow is
 * nowhere said.
 */
export function receiveReplica(
  target: ArrayStore,
  group: ProtectionGroup,
  { array, snapshot, members }: Original,
  transfer: Transfer,
): GroupSnapshot {
  const replica: GroupSnapshot = {
    id: derivedId(target, snapshot.id),
    name: `${group.name}.${snapshot.suffix}`,
    suffix: snapshot.suffix,
    created: snapshot.created,
    destroyedAt: null,
    source: { id: group.id, name: group.name },
    transfer,
    tags: snapshot.tags.filter(({ copyable }) => copyable),
  };
  target.groupSnapshots.add(replica);
  for (const member of members) {
    const source = {
      id: derivedId(target, member.source.id),
      name: replicaName(array.name, member.source.name),
    };
    target.replicaVolumes.add(source);
    target.volumeSnapshots.add({
      id: derivedId(target, member.id),
      name: replica.name + member.name.slice(snapshot.name.length),
      serial: derivedSerial(target, member.id),
      suffix: snapshot.suffix,
      created: member.created,
      destroyedAt: null,
      size: member.size,
      content: member.content,
      source,
      groupSnapshotId: replica.id,
      transfer,
      tags: member.tags.filter(({ copyable }) => copyable),
    });
  }
  return replica;
}

/** Takes a replica away, as if it had never been there. */
export function discardReplica(target: ArrayStore, replica: GroupSnapshot): void {
  for (const member of membersOf(target, replica)) target.volumeSnapshots.remove(member);
  target.groupSnapshots.remove(replica);
}
