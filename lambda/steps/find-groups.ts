import { isError, listNames, RefreshError } from '../refresh/errors.ts';
import { nameKey, sameName } from '../refresh/naming.ts';
import type { RefreshRequest } from '../refresh/request.ts';
import type { Arrays } from './arrays.ts';
import { atOnce } from './at-once.ts';
import type { FlashArray, GroupMember, ProtectionGroup } from './ports.ts';

/** A protection group with the names of its live members, checked as far as these tell. */
export interface Membership {
  /** As the array spells it. */
  readonly name: string;
  readonly volumes: readonly string[];
}

/** Those of a refresh. */
export interface Memberships {
  readonly source: Membership;
  readonly target: Membership | null;
}

type Names = Pick<RefreshRequest, 'source_protection_group' | 'target_protection_group'>;

/**
 * Finds both groups and who is in them, and refuses what must not be copied or overwritten.
 * @throws ProtectionGroupNotFound, ProtectionGroupDestroyed, ProtectionGroupEmpty, TargetGroupOfHosts, TargetDestroyed,
 *   VolumeInBothGroups
 */
export const findGroups = async (
  { source, target }: Arrays,
  { source_protection_group, target_protection_group: targetName }: Names,
): Promise<Memberships> => {
  const sourceName = source_protection_group ?? '';
  if (targetName === null)
    return { source: await findSourceGroup(source, sourceName), target: null };
  if (source !== target) {
    const groups = await atOnce({
      source: findSourceGroup(source, sourceName),
      target: findTargetGroup(target, targetName),
    });
    return { source: await groups.source, target: await groups.target };
  }
  const seen = await look(source, [sourceName, targetName]);
  const groups = {
    source: await asSource(source, seen, sourceName),
    target: asTarget(source, seen, targetName),
  };
  refuseOverlap(groups.source.volumes, groups.target.volumes);
  return groups;
};

/** @throws ProtectionGroupNotFound, ProtectionGroupDestroyed, ProtectionGroupEmpty */
export const findSourceGroup = async (array: FlashArray, name: string): Promise<Membership> =>
  asSource(array, await look(array, [name]), name);

/** @throws the same; TargetGroupOfHosts, TargetDestroyed */
export const findTargetGroup = async (array: FlashArray, name: string): Promise<Membership> =>
  asTarget(array, await look(array, [name]), name);

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

/** What is known of groups before their volumes are looked at. */
interface Seen {
  readonly groups: readonly ProtectionGroup[];
  readonly members: readonly GroupMember[];
}

const look = async (array: FlashArray, names: readonly string[]): Promise<Seen> => {
  const [groups, members] = await Promise.all([
    array.protectionGroups(names),
    array.groupVolumes(names),
  ]).catch((error: unknown) => explainMissing(array, names, error));
  return { groups, members };
};

const asSource = async (array: FlashArray, seen: Seen, name: string): Promise<Membership> => {
  const group = pickGroup(array, seen.groups, name);
  const volumes = await sourceVolumeNames(array, group, seen.members);
  if (volumes.length === 0) throw empty(group.name);
  return { name: group.name, volumes };
};

const asTarget = (array: FlashArray, seen: Seen, name: string): Membership => {
  const group = pickGroup(array, seen.groups, name);
  requireGroupOfVolumes(group);
  return { name: group.name, volumes: targetVolumeNames(seen.members, group.name) };
};

/** Those of the group that is overwritten. @throws TargetDestroyed, ProtectionGroupEmpty */
export const targetVolumeNames = (members: readonly GroupMember[], group: string): string[] => {
  refuseDestroyed(
    members.filter((member) => sameName(member.group, group)),
    group,
  );
  const names = memberNames(members, group);
  if (names.length === 0) throw empty(group);
  return names;
};

/** Those of `members` that are of this group and not destroyed. */
export const liveMembers = (members: readonly GroupMember[], group: string): GroupMember[] =>
  members.filter((member) => sameName(member.group, group) && !member.destroyed);

export const memberNames = (members: readonly GroupMember[], group: string): string[] =>
  liveMembers(members, group).map(({ name }) => name);

/** A copy that lacks a volume is no copy. @throws TargetDestroyed */
export const refuseDestroyed = (
  volumes: readonly { readonly name: string; readonly destroyed: boolean }[],
  group: string,
): void => {
  const destroyed = volumes.filter((volume) => volume.destroyed).map(({ name }) => name);
  if (destroyed.length === 0) return;
  throw new RefreshError(
    'TargetDestroyed',
    `Destroyed volumes are in target protection group "${group}": ${listNames(destroyed)}.`,
    'Recover them on the array (purevol recover), or take them out of the group.',
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
