import { isError, listNames, RefreshError, splitMessage } from '../refresh/errors.ts';
import { nameKey } from '../refresh/naming.ts';
import type { TargetVolume } from '../refresh/volumes.ts';
import type { Arrays } from './arrays.ts';
import { atOnce } from './at-once.ts';
import {
  findSourceGroup,
  findTargetGroup,
  type Membership,
  type Memberships,
  refuseDestroyed,
  targetVolumeNames,
} from './find-groups.ts';
import type { ArrayVolume, FlashArray } from './ports.ts';

/** A protection group as it is on the array, checked. */
export interface Group {
  /** As the array spells it. */
  readonly name: string;
  /** Live members. */
  readonly volumes: readonly ArrayVolume[];
}

export const namesOf = ({ volumes }: Group): string[] => volumes.map(({ name }) => name);

/** The groups of a refresh. */
export interface Groups {
  readonly source: Group;
  readonly target: Group | null;
}

/** Reads the volumes of both groups: on one array in one listing. @throws TargetDestroyed */
export const readGroups = async (
  arrays: Arrays,
  { source, target }: Memberships,
): Promise<Groups> => {
  if (target && arrays.source === arrays.target) {
    const volumes = await arrays.source.volumes([...source.volumes, ...target.volumes]);
    return { source: asSource(source, volumes), target: asTargetGroup(target, volumes) };
  }
  const groups = await atOnce({
    source: readSource(arrays.source, source),
    target: target ? readTarget(arrays.target, target) : Promise.resolve(null),
  });
  return { source: await groups.source, target: await groups.target };
};

/** @throws ProtectionGroupNotFound, ProtectionGroupDestroyed, ProtectionGroupEmpty */
export const lookAtSourceGroup = async (array: FlashArray, name: string): Promise<Group> =>
  readSource(array, await findSourceGroup(array, name));

/** @throws the same; TargetGroupOfHosts, TargetDestroyed */
export const lookAtTargetGroup = async (array: FlashArray, name: string): Promise<Group> =>
  readTarget(array, await findTargetGroup(array, name));

const readSource = async (array: FlashArray, group: Membership): Promise<Group> =>
  asSource(group, await array.volumes(group.volumes));

const readTarget = async (array: FlashArray, group: Membership): Promise<Group> =>
  asTargetGroup(group, await array.volumes(group.volumes));

const asSource = (group: Membership, volumes: readonly ArrayVolume[]): Group => ({
  name: group.name,
  volumes: pick(group, volumes).filter(({ destroyed }) => !destroyed),
});

/** Below REST 2.9 only the volume itself tells that it is destroyed. */
const asTargetGroup = (group: Membership, volumes: readonly ArrayVolume[]): Group => {
  const own = pick(group, volumes);
  refuseDestroyed(own, group.name);
  return { name: group.name, volumes: own };
};

const pick = (group: Membership, volumes: readonly ArrayVolume[]): ArrayVolume[] => {
  const keys = new Set(group.volumes.map(nameKey));
  return volumes.filter(({ name }) => keys.has(nameKey(name)));
};

/** What was planned is no longer so. */
export const noLongerIn = (group: string, volumes: readonly string[]): RefreshError =>
  new RefreshError(
    'TargetChanged',
    `No longer in protection group "${group}" as planned: ${listNames(volumes)}.`,
    'Start a new run; it plans from the group as it is now.',
  );

/** The volumes of the target group with their mappings. @throws TargetDestroyed, ProtectionGroupEmpty, TargetChanged */
export const lookAtTarget = async (array: FlashArray, group: string): Promise<TargetVolume[]> =>
  lookAtVolumes(array, group, targetVolumeNames(await array.groupVolumes([group]), group));

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
  refuseDestroyed(volumes, group);
  return volumes.map((volume) => asTarget(volume, mappings));
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
