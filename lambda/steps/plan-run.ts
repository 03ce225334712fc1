import { isError } from '../refresh/errors.ts';
import { requireMatches, requireSomething, splitExcluded } from '../refresh/exclusions.ts';
import { groupSnapshotName } from '../refresh/naming.ts';
import { asSnapshotVolume, makePlan, type Plan, type PlanInput } from '../refresh/plan.ts';
import type { RefreshRequest } from '../refresh/request.ts';
import type { SnapshotVolume } from '../refresh/volumes.ts';
import { asTarget, type Groups, refuseTargetsInSnapshot } from './look-at-groups.ts';
import { asReplicas, type ReplicaLook } from './look-at-replication.ts';

/** What was found on the arrays. */
export interface Found {
  readonly groups: Groups;
  /** What the snapshot holds; undefined where it is yet to be made. */
  readonly members: readonly SnapshotVolume[] | undefined;
  /** What tags remember of the target's volumes, by `nameKey`. */
  readonly mappings: ReadonlyMap<string, string>;
  /** Undefined without replication. */
  readonly replication: ReplicaLook | undefined;
}

/**
 * The plan for what was found.
 * @throws VolumeInBothGroups, ExclusionMatchesNothing, ProtectionGroupEmpty, TargetTooSmall, PairingIncomplete
 */
export const planRun = (
  { groups: { source, target }, members, mappings, replication }: Found,
  request: RefreshRequest,
): { plan: Plan; kept: SnapshotVolume[] } => {
  const snapshotName = groupSnapshotName(source.name, request.snapshot_suffix);
  const live = source.volumes.map((volume) => asSnapshotVolume(snapshotName, volume));
  const copied = members ?? live;
  if (target) refuseTargetsInSnapshot(copied, target.volumes);
  requireMatches(request.excluded_volumes, [...live, ...copied], source.name);
  const { kept, excluded } = splitExcluded(copied, request.excluded_volumes);
  requireSomething(kept, source.name);
  const input: PlanInput = {
    sources: replication ? asReplicas(kept, snapshotName, replication) : kept,
    excluded,
    targets: target?.volumes.map((volume) => asTarget(volume, mappings)) ?? null,
    ignoreMatch: request.ignore_match,
  };
  return { plan: replication ? planOrDefer(input, replication) : makePlan(input), kept };
};

const DEFERRED =
  'The pairs are decided when the snapshot has arrived: the targets are tagged, with ids that may be those of replicas, ' +
  'and no replica is on the target array yet to tell.';

/** A tag may hold a replica's id. While there is no replica to learn it from, a tag that is not understood refuses nothing. */
const planOrDefer = (input: PlanInput, { ids }: ReplicaLook): Plan => {
  try {
    return makePlan(input);
  } catch (error) {
    const isUnknown = ids.size === 0 && input.targets?.some(({ mapping }) => mapping !== null);
    if (!isUnknown || !isError(error, 'PairingIncomplete')) throw error;
    return { ...makePlan({ ...input, targets: null }), warnings: [DEFERRED] };
  }
};
