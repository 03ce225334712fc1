import { listNames, RefreshError } from '../refresh/errors.ts';
import { groupSnapshotName, nameKey, replicaGroupName, sameName } from '../refresh/naming.ts';
import { isComplete, type Transfer } from '../refresh/replication.ts';
import type { RefreshRequest } from '../refresh/request.ts';
import type { ArrayIdentity } from '../refresh/run.ts';
import type { SnapshotVolume } from '../refresh/volumes.ts';
import type { Arrays } from './arrays.ts';
import type { FlashArray, GroupSnapshot } from './ports.ts';

/** How the run's snapshot stands on the target array before the run does anything. */
export interface ReplicaLook {
  /** Name that it has, or will have, there. */
  readonly snapshot: string;
  readonly isComplete: boolean;
  /** The ids that the source volumes' replicas have there, by the volume's part of a snapshot's name. */
  readonly ids: ReadonlyMap<string, string>;
}

/**
 * Looks at the way to the target array, and refuses a refresh whose snapshot would not arrive there.
 * @param group the source group
 * @throws ReplicationNotConfigured, ReplicationDisallowed, ReplicationDisconnected, ReplicationUnsupported, ReplicaOutdated
 */
export const lookAtReplication = async (
  { source, target }: Arrays,
  names: { readonly source_array: ArrayIdentity; readonly target_array: ArrayIdentity },
  group: string,
  request: RefreshRequest,
  onSource: GroupSnapshot | undefined,
): Promise<ReplicaLook> => {
  await requireTarget(source, group, names.target_array.name);
  await requireConnection(source, names.target_array.name);
  const replicaGroup = replicaGroupName(names.source_array.name, group);
  const snapshot = groupSnapshotName(replicaGroup, request.snapshot_suffix);
  const [transfer, ids] = await Promise.all([
    target.transfer(snapshot),
    readReplicaIds(target, replicaGroup),
  ]);
  if (!onSource && transfer) throw outdated(target, snapshot);
  await requireCapability(source, onSource, transfer);
  return { snapshot, ids, isComplete: transfer !== undefined && isComplete(transfer) };
};

/** @throws ReplicationNotConfigured, ReplicationDisallowed */
export const requireTarget = async (
  source: FlashArray,
  group: string,
  array: string,
): Promise<void> => {
  const targets = await source.replicationTargets(group);
  if (targets.length === 0) {
    throw new RefreshError(
      'ReplicationNotConfigured',
      `Protection group "${group}" has no replication target.`,
      `Add array "${array}" as a target of the group (purepgroup setattr --addtargetlist ${array} ${group}), or refresh without replicate.`,
    );
  }
  const found = targets.find((candidate) => sameName(candidate.array, array));
  if (!found) {
    throw new RefreshError(
      'ReplicationNotConfigured',
      `Array "${array}", whose credentials are given for the target, is no replication target of protection group "${group}"; it replicates to ${listNames(targets.map((candidate) => candidate.array))}.`,
      'Give the credentials of one of those arrays as tgt_flash_array_host and tgt_flash_array_api_token, or add the array as a target of the group.',
    );
  }
  if (!found.allowed) {
    throw new RefreshError(
      'ReplicationDisallowed',
      `Array "${array}" does not allow protection group "${group}" to replicate to it.`,
      `Allow it on array "${array}" (purepgroup allow).`,
    );
  }
};

/** What the vendor calls a connection over which data can flow. */
const UP = ['connected', 'partially_connected', 'unbalanced'];

/** @throws ReplicationDisconnected */
const requireConnection = async (source: FlashArray, array: string): Promise<void> => {
  if (!(await source.capabilities()).replicateNow) return;
  const status = await source.connectionStatus(array);
  if (status !== undefined && UP.includes(status)) return;
  throw new RefreshError(
    'ReplicationDisconnected',
    `The connection of array ${source.host} to array "${array}" is ${status === undefined ? 'not there' : `"${status}"`}.`,
    'Bring the array connection up (purearray list --connect), then run again.',
  );
};

/** @throws ReplicationUnsupported */
const requireCapability = async (
  source: FlashArray,
  onSource: GroupSnapshot | undefined,
  transfer: Transfer | undefined,
): Promise<void> => {
  const can = await source.capabilities();
  if (!onSource && !can.replicateNow) {
    throw unsupported(
      source,
      'cannot replicate a snapshot on demand, which takes REST 2.4',
      'Upgrade Purity, or refresh without replicate.',
    );
  }
  if (onSource && !transfer && !can.sendReplica) {
    throw unsupported(
      source,
      `cannot send snapshot "${onSource.name}", which exists already and is not on the target array; that takes REST 2.25`,
      'Use another snapshot_name, so that a new snapshot is made and replicated, or upgrade Purity.',
    );
  }
};

/** A new snapshot of that name cannot arrive, and the old one would be taken for it. */
const outdated = (target: FlashArray, snapshot: string): RefreshError =>
  new RefreshError(
    'ReplicaOutdated',
    `Snapshot "${snapshot}" on array ${target.host} is not of the source array's snapshot of that name, but of an earlier one.`,
    'Use another snapshot_name, or destroy and eradicate that one on the target array.',
  );

const unsupported = (array: FlashArray, what: string, remedy: string): RefreshError =>
  new RefreshError('ReplicationUnsupported', `Array ${array.host} ${what}.`, remedy);

/**
 * Learns the replicas' ids from the newest replica that is there: tags on the target may hold them. Empty when nothing
 * has been replicated yet.
 */
export const readReplicaIds = async (
  target: FlashArray,
  replicaGroup: string,
): Promise<ReplicaLook['ids']> => {
  const newest = await target.newestGroupSnapshot(replicaGroup);
  if (!newest) return new Map();
  const members = await target.volumeSnapshots(newest.name);
  return new Map(
    members.flatMap(({ name, source }) =>
      source.id === null ? [] : [[volumePart(name, newest.name), source.id] as const],
    ),
  );
};

/** The members of the source's snapshot as they are, or will be, called on the target array. */
export const asReplicas = (
  members: readonly SnapshotVolume[],
  snapshot: string,
  replica: Pick<ReplicaLook, 'snapshot' | 'ids'>,
): SnapshotVolume[] =>
  members.map((member) => ({
    ...member,
    snapshot: `${replica.snapshot}${member.snapshot.slice(snapshot.length)}`,
    replica_id: replica.ids.get(volumePart(member.snapshot, snapshot)) ?? null,
  }));

/** A replica bears its original's time, or that of its arrival; the clocks of two arrays may differ by a little. */
const CLOCK_SKEW_MS = 60_000;

/**
 * The replicas themselves, each joined to the volume of the source array that it was taken from: by the volume's part
 * of its name, since the ids of the two sides differ.
 * @throws ReplicaIncomplete when one is missing
 * @throws ReplicaOutdated when they were there before the source's snapshot was taken
 */
export const findReplicas = async (
  target: FlashArray,
  members: readonly SnapshotVolume[],
  snapshot: string,
  replicaSnapshot: string,
): Promise<SnapshotVolume[]> => {
  const found = await target.volumeSnapshots(replicaSnapshot);
  const byPart = new Map(
    found.map((replica) => [volumePart(replica.name, replicaSnapshot), replica]),
  );
  const joined = members.map((member) => ({
    member,
    replica: byPart.get(volumePart(member.snapshot, snapshot)),
  }));
  const missing = joined.filter(({ replica }) => replica === undefined);
  if (missing.length > 0) {
    throw new RefreshError(
      'ReplicaIncomplete',
      `Snapshot "${replicaSnapshot}" lacks ${listNames(missing.map(({ member }) => member.name))} on array ${target.host}.`,
      'Look on the target array whether somebody destroyed it, and run again with another snapshot_name.',
    );
  }
  const isOlder = joined.some(
    ({ member, replica }) =>
      replica !== undefined && replica.created < (member.created ?? 0) - CLOCK_SKEW_MS,
  );
  if (isOlder) throw outdated(target, replicaSnapshot);
  return joined.flatMap(({ member, replica }) =>
    replica === undefined
      ? []
      : [
          {
            ...member,
            size: replica.size,
            replica_id: replica.source.id,
            snapshot: replica.name,
            created: replica.created,
          },
        ],
  );
};

/** `vol` of `pg.SUFFIX.vol`. */
const volumePart = (volumeSnapshot: string, groupSnapshot: string): string =>
  nameKey(volumeSnapshot.slice(groupSnapshot.length + 1));
