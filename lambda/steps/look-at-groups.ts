import { isError, listNames, RefreshError, splitMessage } from '../refresh/errors.ts';
import { nameKey, sameName } from '../refresh/naming.ts';
import type { TargetVolume } from '../refresh/volumes.ts';
import type { ArrayVolume, FlashArray, GroupMember, ProtectionGroup } from './ports.ts';

/** A protection group as it is on the array, checked. */
export interface Group {
  /** As the array spells it. */
  readonly name: string;
  /** Live members. */
  readonly volumes: readonly ArrayVolume[];
}

/** The groups of a refresh. */
export interface Groups {
  readonly source: Group;
  readonly target: Group | null;
}

/**
 * Reads both groups and their live volumes, and refuses what must not be copied or overwritten.
 * @throws ProtectionGroupNotFound, ProtectionGroupDestroyed, ProtectionGroupEmpty, TargetGroupOfHosts, SourceIsTarget,
 *   VolumeInBothGroups
 */
export const lookAtGroups = async (
  array: FlashArray,
  sourceName: string,
  targetName: string | null,
): Promise<Groups> => {
  const names = targetName === null ? [sourceName] : [sourceName, targetName];
  const [groups, members] = await Promise.all([
    array.protectionGroups(names),
    array.groupVolumes(names),
  ]).catch((error: unknown) => explainMissing(array, names, error));

  const source = pickGroup(array, groups, sourceName);
  const target = targetName === null ? null : pickGroup(array, groups, targetName);
  if (target) requireGroupOfVolumes(target);

  const ofSource = await sourceVolumeNames(array, source, members);
  const ofTarget = target ? memberNames(members, target.name) : [];
  if (ofSource.length === 0) throw empty(source.name);
  if (target) refuseDestroyed(destroyedMembers(members, target.name), target.name);
  if (target && ofTarget.length === 0) throw empty(target.name);
  refuseOverlap(ofSource, ofTarget);

  const volumes = await array.volumes([...ofSource, ...ofTarget]);
  const pick = (wanted: readonly string[]) => {
    const keys = new Set(wanted.map(nameKey));
    return volumes.filter((volume) => keys.has(nameKey(volume.name)) && !volume.destroyed);
  };
  const targets = new Set(ofTarget.map(nameKey));
  // Below REST 2.9 only the volume itself tells.
  if (target) {
    refuseDestroyed(
      destroyedOf(volumes).filter((name) => targets.has(nameKey(name))),
      target.name,
    );
  }
  return {
    source: { name: source.name, volumes: pick(ofSource) },
    target: target && { name: target.name, volumes: pick(ofTarget) },
  };
};

/** What was planned is no longer so. */
export const noLongerIn = (group: string, volumes: readonly string[]): RefreshError =>
  new RefreshError(
    'TargetChanged',
    `No longer in protection group "${group}" as planned: ${listNames(volumes)}.`,
    'Start a new run; it plans from the group as it is now.',
  );

const destroyedMembers = (members: readonly GroupMember[], group: string): string[] =>
  destroyedOf(members.filter((member) => sameName(member.group, group)));

const destroyedOf = (
  objects: readonly { readonly name: string; readonly destroyed: boolean }[],
): string[] => objects.filter(({ destroyed }) => destroyed).map(({ name }) => name);

/** A copy that lacks a volume is no copy. */
const refuseDestroyed = (destroyed: readonly string[], group: string): void => {
  if (destroyed.length === 0) return;
  throw new RefreshError(
    'TargetDestroyed',
    `Destroyed volumes are in target protection group "${group}": ${listNames(destroyed)}.`,
    'Recover them on the array (purevol recover), or take them out of the group.',
  );
};

/**
 * Reads the target group where it is on an array of its own.
 * @throws ProtectionGroupNotFound, ProtectionGroupDestroyed, ProtectionGroupEmpty, TargetGroupOfHosts
 */
export const lookAtTargetGroup = async (array: FlashArray, name: string): Promise<Group> => {
  const [groups, members] = await Promise.all([
    array.protectionGroups([name]),
    array.groupVolumes([name]),
  ]).catch((error: unknown) => explainMissing(array, [name], error));
  const group = pickGroup(array, groups, name);
  requireGroupOfVolumes(group);
  refuseDestroyed(destroyedMembers(members, group.name), group.name);
  const names = memberNames(members, group.name);
  if (names.length === 0) throw empty(group.name);
  const volumes = await array.volumes(names);
  refuseDestroyed(destroyedOf(volumes), group.name);
  return { name: group.name, volumes };
};

/** The volumes of the target group with their mappings. @throws TargetDestroyed, ProtectionGroupEmpty, TargetChanged */
export const lookAtTarget = async (array: FlashArray, group: string): Promise<TargetVolume[]> => {
  const members = await array.groupVolumes([group]);
  refuseDestroyed(destroyedMembers(members, group), group);
  const names = memberNames(members, group);
  if (names.length === 0) throw empty(group);
  return lookAtVolumes(array, group, names);
};

/** These volumes of the target group with their mappings. @throws TargetDestroyed, TargetChanged */
export const lookAtVolumes = async (
  array: FlashArray,
  group: string,
  names: readonly string[],
): Promise<TargetVolume[]> => {
  const [volumes, mappings] = await Promise.all([
    array.volumes(names),
    array.mappings(names),
  ]).catch((error: unknown) => {
    if (!isError(error, 'ArrayObjectNotFound')) throw error;
    throw new RefreshError(
      'TargetChanged',
      `Volumes of the target group have been renamed or eradicated since the run began: ${splitMessage(error.message).message}`,
      'Start a new run; it plans from the group as it is now.',
    );
  });
  refuseDestroyed(destroyedOf(volumes), group);
  return volumes.map((volume) => asTarget(volume, mappings));
};

/**
 * The group's name as the array spells it, whatever state the group is in.
 * @throws ProtectionGroupNotFound
 */
export const nameOfGroup = async (array: FlashArray, name: string): Promise<string> => {
  const groups = await array
    .protectionGroups([name])
    .catch((error: unknown) => explainMissing(array, [name], error));
  return groups.find((group) => sameName(group.name, name))?.name ?? name;
};

export const asTarget = (
  { id, name, serial, size, created }: ArrayVolume,
  mappings: ReadonlyMap<string, string>,
): TargetVolume => ({
  id,
  name,
  serial,
  size,
  created,
  mapping: mappings.get(nameKey(name)) ?? null,
});

/** Those of `members` that are of this group and not destroyed. */
export const liveMembers = (members: readonly GroupMember[], group: string): GroupMember[] =>
  members.filter((member) => sameName(member.group, group) && !member.destroyed);

export const memberNames = (members: readonly GroupMember[], group: string): string[] =>
  liveMembers(members, group).map(({ name }) => name);

/** A group holds volumes, or hosts, or host groups; the latter two stand for the volumes connected to them. */
const sourceVolumeNames = async (
  array: FlashArray,
  group: ProtectionGroup,
  members: readonly GroupMember[],
): Promise<string[]> => {
  const names = memberNames(members, group.name);
  if (names.length > 0) return names;
  if (group.hostCount > 0) {
    const hosts = await array.groupHosts(group.name);
    return distinct(await array.connectionsOfHosts(hosts));
  }
  if (group.hostGroupCount > 0) {
    const hostGroups = await array.groupHostGroups(group.name);
    return distinct(await array.connectionsOfHostGroups(hostGroups));
  }
  return [];
};

const distinct = (connections: readonly { readonly volume: string }[]): string[] => [
  ...new Set(connections.map((connection) => connection.volume)),
];

const pickGroup = (
  array: FlashArray,
  groups: readonly ProtectionGroup[],
  name: string,
): ProtectionGroup => {
  const group = groups.find((candidate) => sameName(candidate.name, name));
  if (!group) throw notFound(name, array);
  if (!group.destroyed) return group;
  throw new RefreshError(
    'ProtectionGroupDestroyed',
    `Protection group "${group.name}" is destroyed and pending eradication.`,
    `Recover it on the array (purepgroup recover ${group.name}), or name another group.`,
  );
};

const requireGroupOfVolumes = ({ name, hostCount, hostGroupCount }: ProtectionGroup): void => {
  if (hostCount + hostGroupCount === 0) return;
  throw new RefreshError(
    'TargetGroupOfHosts',
    `Target protection group "${name}" is made of hosts or host groups, so what it holds changes with their connections.`,
    'Make a protection group of the very volumes that shall be overwritten, and name it as target_protection_group.',
  );
};

/** @throws VolumeInBothGroups */
export const refuseOverlap = (source: readonly string[], target: readonly string[]): void => {
  const keys = new Set(source.map(nameKey));
  const both = target.filter((name) => keys.has(nameKey(name)));
  if (both.length === 0) return;
  throw new RefreshError(
    'VolumeInBothGroups',
    `In the source group and in the target group at once: ${listNames(both)}.`,
    'Take these volumes out of the target protection group.',
  );
};

/**
 * Refuses targets that the snapshot holds: they were in the source group when it was taken, whatever has become of them
 * since. `members` are all of the snapshot's source volumes, the excluded ones too.
 * @throws VolumeInBothGroups
 */
export const refuseTargetsInSnapshot = (
  members: readonly { readonly id: string }[],
  targets: readonly { readonly id: string; readonly name: string }[],
): void => {
  const ids = new Set(members.map(({ id }) => id));
  const both = targets.filter((target) => ids.has(target.id));
  if (both.length === 0) return;
  throw new RefreshError(
    'VolumeInBothGroups',
    `Volumes of the snapshot are in the target group: ${listNames(both.map(({ name }) => name))}.`,
    'Take these volumes out of the target protection group.',
  );
};

const empty = (group: string): RefreshError =>
  new RefreshError(
    'ProtectionGroupEmpty',
    `Protection group "${group}" has no volumes.`,
    'Add the volumes to the group on the array, or name another group.',
  );

const notFound = (group: string, array: FlashArray): RefreshError =>
  new RefreshError(
    'ProtectionGroupNotFound',
    `There is no protection group "${group}" on array ${array.host}.`,
    'Correct the name in the definition, or check that the credentials are those of the right array.',
  );

/** The array refuses the whole list for one wrong name; asking singly tells which it is. */
const explainMissing = async (
  array: FlashArray,
  names: readonly string[],
  error: unknown,
): Promise<never> => {
  if (!isError(error, 'ArrayObjectNotFound')) throw error;
  for (const name of names) {
    try {
      await array.protectionGroups([name]);
    } catch (single) {
      throw isError(single, 'ArrayObjectNotFound') ? notFound(name, array) : single;
    }
  }
  throw error;
};
