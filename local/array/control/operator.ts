import { randomUUID } from 'node:crypto';
import { derivedId } from '../store/derived-ids.ts';
import type { Volume } from '../store/model.ts';
import { isQualifiedName, NAME_RULE } from '../store/names.ts';
import type { World } from './world.ts';

/** What a person does to the arrays while a program works on them. All throw a `RangeError` for what cannot be done. */

/** Replaces the volumes of a protection group, on its array and in its replicas. */
export function setMembers(
  world: World,
  array: string,
  groupName: string,
  volumes: readonly string[],
): void {
  world.catchUp();
  const store = world.array(array);
  const group = store.groups.named(groupName);
  if (group === undefined) {
    throw new RangeError(`There is no protection group ${groupName} on ${array}.`);
  }
  if (group.origin !== null) throw new RangeError(`${group.name} is a replica.`);
  if (group.hosts.length + group.hostGroups.length > 0) {
    throw new RangeError(`The members of ${group.name} are no volumes.`);
  }
  const ids = volumes.map((name) => findVolume(world, array, name).id);
  group.volumeIds = [...new Set(ids)];
  for (const { ends } of world.lanes) {
    if (ends.group !== group) continue;
    ends.replica.volumeIds = group.volumeIds.map((id) => derivedId(ends.target, id));
  }
}

/**
 * Gives a volume another name. Its snapshots keep theirs; whatever was taken or copied from it refers to it by id, and so
 * by its new name. That the name in a reference follows is the simulator's guess.
 */
export function renameVolume(world: World, array: string, from: string, to: string): void {
  world.catchUp();
  const { volumes, volumeSnapshots } = world.array(array);
  const volume = findVolume(world, array, from);
  const taken = volumes.named(to);
  if (!isQualifiedName(to)) throw new RangeError(`${to} is not a name: ${NAME_RULE}.`);
  if (taken !== undefined && taken !== volume) throw new RangeError(`${to} is there already.`);
  volumes.rename(volume, to);
  for (const copy of [...volumes.all(), ...volumeSnapshots.all()]) {
    if (copy.source?.id === volume.id) copy.source = { id: volume.id, name: to };
  }
}

/** Gives the array's user a new API token. The old one, and what was logged in with it, is over. @returns the new one */
export function renewToken(world: World, array: string): string {
  const store = world.array(array);
  store.apiToken = randomUUID();
  store.closeAllSessions();
  return store.apiToken;
}

export function findVolume(world: World, array: string, name: string): Volume {
  const volume = world.array(array).volumes.named(name);
  if (volume === undefined) throw new RangeError(`There is no volume ${name} on ${array}.`);
  return volume;
}
