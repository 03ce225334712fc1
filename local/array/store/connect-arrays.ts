import { type ArrayState, linkOf, readTarget } from '../state-shape.ts';
import type { ArrayStore } from './array-store.ts';
import { derivedId } from './derived-ids.ts';
import { Lane } from './lane.ts';
import type { Link, ProtectionGroup, ReplicationTarget } from './model.ts';
import { inPod, podOf, replicaName } from './names.ts';

interface Loaded {
  readonly state: ArrayState;
  readonly array: ArrayStore;
}

/** Connects loaded arrays as their state says, and gives what replicates between them. */
export function connectArrays(loaded: readonly Loaded[], now: number): Lane[] {
  const find = (name: string): ArrayStore | undefined =>
    loaded.find(({ array }) => array.name.toLowerCase() === name.toLowerCase())?.array;
  for (const { state, array } of loaded) {
    for (const given of state.connections ?? []) {
      const other = find(given.name);
      if (other !== undefined) connect(array, other, linkOf(given));
    }
  }
  return loaded.flatMap(({ state, array: source }) =>
    (state.protection_groups ?? []).flatMap((given) => {
      const group = source.groups.named(inPod(given.pod, given.name));
      return (given.targets ?? []).flatMap((entry) => {
        const { name, allowed, retentionLock } = readTarget(entry);
        const target = find(name);
        if (group === undefined || target === undefined) return [];
        // Without a word about it in the state, a source and its target are connected.
        const link = connect(source, target, linkOf({}));
        const permission = { array: { id: target.id, name: target.name }, allowed };
        group.targets.push(permission);
        const replica = { ...replicaOf(source, group, target, permission), retentionLock };
        target.groups.add(replica);
        return new Lane({ source, group, target, replica, permission, link }, now);
      });
    }),
  );
}

/** The connection of two arrays: the one that they have, or this one. */
function connect(one: ArrayStore, other: ArrayStore, link: Link): Link {
  const known = one.connections.find(({ array }) => array.id === other.id);
  if (known !== undefined) return known.link;
  one.connections.push({ array: { id: other.id, name: other.name }, link });
  other.connections.push({ array: { id: one.id, name: one.name }, link });
  return link;
}

/**
 * What a target shows of a group that replicates to it, from when it is made a target (cinder's driver waits for it
 * there before it takes a snapshot). Its members are replicas too: counted, and not among the volumes of the target.
 */
function replicaOf(
  source: ArrayStore,
  group: ProtectionGroup,
  target: ArrayStore,
  permission: ReplicationTarget,
): Omit<ProtectionGroup, 'retentionLock'> {
  return {
    id: derivedId(target, group.id),
    name: replicaName(source.name, group.name),
    destroyedAt: group.destroyedAt,
    volumeIds: group.volumeIds.map((id) => derivedId(target, id)),
    hosts: [],
    hostGroups: [],
    targets: [permission],
    origin: source.container(podOf(group.name)) ?? { id: source.id, name: source.name },
    lastNumber: 0,
  };
}
