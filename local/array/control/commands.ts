import type { World } from './world.ts';

/** What the admin port and a program can do to a running simulator besides reading it. */

/** Replaces what is on a volume, as a host would. Throws a `RangeError` for what does not exist. */
export function writeVolume(world: World, array: string, volume: string, data: string): void {
  findVolume(world, array, volume).content = data;
}

/** Sets what `volumes/performance` shows for a volume. */
export function setVolumePerformance(
  world: World,
  array: string,
  volume: string,
  performance: { reads_per_sec: number; writes_per_sec: number },
): void {
  findVolume(world, array, volume).performance = performance;
}

function findVolume(world: World, array: string, name: string) {
  const volume = world.array(array).volumes.named(name);
  if (volume === undefined) throw new RangeError(`There is no volume ${name} on ${array}.`);
  return volume;
}
