import { suffixOf } from '../refresh/guard.ts';
import { groupSnapshotName, nameKey, replicaGroupName } from '../refresh/naming.ts';
import { isComplete } from '../refresh/replication.ts';
import type { Candidate, Locks } from '../refresh/retention.ts';
import type { Run } from '../refresh/run.ts';
import type { Arrays } from './arrays.ts';
import type { MadeSnapshot } from './own-snapshots.ts';
import type { FlashArray, GroupSnapshot, Ports } from './ports.ts';
import { prepared } from './prepared-run.ts';
import { whoUses } from './snapshot-uses.ts';

/** What is known of the snapshots that are older than those that are kept, on both arrays. */
export interface OlderLook {
  readonly candidates: readonly Candidate[];
  readonly locks: Locks;
}

/** @param older at least one */
export const lookAtOlder = async (
  older: readonly MadeSnapshot[],
  run: Run,
  arrays: Arrays,
  ports: Ports,
): Promise<OlderLook> => {
  const { source, target } = arrays;
  const { group } = prepared(run);
  const replicaGroup = run.target_array && replicaGroupName(run.source_array?.name ?? '', group);
  const named = older.map((snapshot) => ({
    ...snapshot,
    replica: replicaGroup && groupSnapshotName(replicaGroup, suffixOf(snapshot.name)),
  }));
  const replicaNames = named.flatMap(({ replica }) => replica ?? []);
  const [uses, onTheWay, arrived, replicas, isLocked] = await Promise.all([
    whoUses(named, run, arrays, ports),
    source.transfers(older.map(({ name }) => name)),
    target.transfers(replicaNames),
    liveSnapshots(target, replicaNames),
    isGroupLocked(source, group),
  ]);
  const isReplicaLocked =
    replicaGroup !== undefined && replicas.size > 0 && (await isGroupLocked(target, replicaGroup));
  const candidates = named.map(({ name, created, replica = '' }): Candidate => {
    const transfer = onTheWay.get(nameKey(name));
    const found = replicas.get(nameKey(replica));
    const arrival = arrived.get(nameKey(replica));
    return {
      name,
      created,
      use: uses.get(nameKey(name)),
      isUnderWay: transfer !== undefined && !isComplete(transfer),
      replica: found && {
        name: found.name,
        isProven: found.created === created,
        isComplete: arrival !== undefined && isComplete(arrival),
      },
    };
  });
  return { candidates, locks: { source: isLocked, target: isReplicaLocked } };
};

const liveSnapshots = async (
  array: FlashArray,
  names: readonly string[],
): Promise<ReadonlyMap<string, GroupSnapshot>> => {
  const found = await array.groupSnapshotsNamed(names);
  return new Map(
    found.flatMap((snapshot) =>
      snapshot.destroyed ? [] : [[nameKey(snapshot.name), snapshot] as const],
    ),
  );
};

const isGroupLocked = async (array: FlashArray, group: string): Promise<boolean> => {
  const [found] = await array.protectionGroups([group]);
  return found?.retentionLock === 'ratcheted';
};
