import type { Lane } from '../store/lane.ts';
import type { Link } from '../store/model.ts';
import { steady } from '../store/pace.ts';
import type { JournalEntry } from './journal.ts';
import { findVolume } from './operator.ts';
import type { OverwriteSettings } from './overwrite-settings.ts';
import { type ReplicationSettings, replicationSettings } from './replication-settings.ts';
import { reportState, type StateReport } from './report-state.ts';
import type { World } from './world.ts';

/** What the admin port and a program can do to a running simulator. */

export function showState(world: World): StateReport {
  world.catchUp();
  return reportState(world.arrays, world.options.clock.now());
}

/** The journal. What is due by now shows in it what came of it. */
export function showRequests(world: World): JournalEntry[] {
  world.catchUp();
  return world.journal;
}

/** Replaces what is on a volume, as a host would. Throws a `RangeError` for what does not exist. */
export function writeVolume(world: World, array: string, volume: string, data: string): void {
  world.catchUp();
  findVolume(world, array, volume).content = data;
}

/** Sets what `volumes/performance` shows for a volume. */
export function setVolumePerformance(
  world: World,
  array: string,
  volume: string,
  performance: { reads_per_sec: number; writes_per_sec: number },
): void {
  world.catchUp();
  findVolume(world, array, volume).performance = performance;
}

/** Sets what overwrites do from now on, on one array or on all. Throws a `RangeError` for an array that does not exist. */
export function setOverwrite(world: World, { array, keeps_created }: OverwriteSettings): void {
  world.catchUp();
  const arrays = array === undefined ? world.arrays : [world.array(array)];
  for (const each of arrays) each.keepsCreated = keeps_created;
}

/**
 * Sets how replication goes on from now. Throws a `ZodError` for settings that do not fit, a `RangeError` where there is
 * nothing that they are about.
 */
export function setReplication(world: World, given: ReplicationSettings): void {
  const settings = replicationSettings.parse(given);
  world.catchUp();
  const pace = {
    ...(settings.start_delay_ms !== undefined && { startDelayMs: settings.start_delay_ms }),
    ...(settings.duration_ms !== undefined && { curve: steady(settings.duration_ms) }),
    ...(settings.curve !== undefined && { curve: settings.curve }),
    ...(settings.stall_at !== undefined && { stallAt: settings.stall_at }),
  };
  const { allowed, status } = settings;
  const isAboutLanes = allowed !== undefined || Object.keys(pace).length > 0;
  const lanes = isAboutLanes ? findLanes(world, settings) : [];
  if (status !== undefined) setStatus(world, settings.array, status);
  for (const lane of lanes) {
    lane.setPace(pace);
    if (allowed === undefined) continue;
    lane.ends.permission.allowed = allowed;
    if (!allowed) lane.abort();
  }
}

function setStatus(world: World, array: string | undefined, status: Link['status']): void {
  const ends = array === undefined ? world.arrays : [world.array(array)];
  const connections = ends.flatMap((end) => end.connections);
  if (connections.length === 0) throw new RangeError('There are no array connections.');
  for (const { link } of connections) link.status = status;
}

function findLanes(world: World, { array, group }: ReplicationSettings): Lane[] {
  const lanes = world.lanes.filter(
    ({ ends }) =>
      (array ?? ends.target.name) === ends.target.name &&
      (group ?? ends.group.name) === ends.group.name,
  );
  if (lanes.length > 0) return lanes;
  const known = world.lanes.map(({ ends }) => `${ends.group.name} to ${ends.target.name}`);
  throw new RangeError(`Nothing replicates so; there is ${known.join(', ') || 'no replication'}.`);
}
