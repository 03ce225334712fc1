import type { DatabaseRecord } from '../refresh/database-facts.ts';
import { isError } from '../refresh/errors.ts';
import { requireMatches, requireSomething, splitExcluded } from '../refresh/exclusions.ts';
import { groupSnapshotName } from '../refresh/naming.ts';
import { asSnapshotVolume, makePlan, type Plan, type PlanInput } from '../refresh/plan.ts';
import { beginReplication } from '../refresh/replication.ts';
import type { RefreshRequest } from '../refresh/request.ts';
import type { Run } from '../refresh/run.ts';
import type { SnapshotVolume } from '../refresh/volumes.ts';
import type { Arrays } from './arrays.ts';
import { databaseDocument, planDocument, snapshotDocument, writeDocument } from './documents.ts';
import { keepShownPlan, requireExpectedPlan } from './expected-plan.ts';
import { lookAtFacts } from './look-at-facts.ts';
import {
  asTarget,
  type Groups,
  lookAtGroups,
  lookAtTargetGroup,
  refuseTargetsInSnapshot,
} from './look-at-groups.ts';
import { asReplicas, lookAtReplication, type ReplicaLook } from './look-at-replication.ts';
import { findSnapshot, snapshotVolumes } from './look-at-snapshot.ts';
import type { GroupSnapshot, Ports } from './ports.ts';
import { refuseSharedHosts } from './refuse-shared-hosts.ts';
import { refuseUnready } from './refuse-unready.ts';
import { noteUse } from './snapshot-uses.ts';
import { asCopies } from './volume-copies.ts';

/**
 * Looks at the groups of a refresh, refuses what must not be, and makes the plan: from the snapshot where it exists,
 * else from the live volumes.
 */
export const prepareRefresh = async (
  run: Run,
  ports: Pick<Ports, 'store' | 'clock'>,
  arrays: Arrays,
  request: RefreshRequest,
): Promise<Run> => {
  const { store } = ports;
  const { source_array, target_array } = run;
  const groups = await lookAtAllGroups(arrays, request);
  const snapshotName = groupSnapshotName(groups.source.name, request.snapshot_suffix);
  const snapshot = await findSnapshot(arrays.source, snapshotName);
  const replication =
    source_array &&
    target_array &&
    (await lookAtReplication(arrays, { source_array, target_array }, groups, request, snapshot));
  const found: Found = { arrays, groups, snapshotName, snapshot, replication };
  const { plan, kept } = await planRun(found, request);
  await requireExpectedPlan(store, plan, request.expect_plan);
  const warnings = groups.target
    ? await refuseUnready(arrays.target, groups.target.volumes, request)
    : [];
  if (!request.execute) await tryOnArrays(found, request, plan);
  const database = await lookAtDatabase(found, request);

  await writeDocument(store, run.id, planDocument, plan);
  if (!request.execute) await keepShownPlan(store, plan);
  if (snapshot) {
    await writeDocument(store, run.id, snapshotDocument, kept);
    if (request.execute) await noteUse(run, snapshot.name, ports);
  }
  if (database.record) await writeDocument(store, run.id, databaseDocument, database.record);
  return {
    ...run,
    source_protection_group: groups.source.name,
    target_protection_group: groups.target?.name ?? null,
    replicate: request.replicate,
    ...(replication && { replication: beginReplication(replication.snapshot) }),
    snapshot: {
      name: snapshot?.name ?? snapshotName,
      created: snapshot ? new Date(snapshot.created).toISOString() : null,
      reused: snapshot !== undefined,
    },
    ...(plan.hash === null ? {} : { plan_hash: plan.hash }),
    reads_database: request.ora_facts && !snapshot,
    backs_up: request.ora_backup_mode && !snapshot,
    warnings: [...run.warnings, ...warnings, ...database.warnings],
  };
};

/** What was found on the arrays. */
export interface Found {
  readonly arrays: Arrays;
  readonly groups: Groups;
  readonly snapshotName: string;
  readonly snapshot: GroupSnapshot | undefined;
  /** Undefined without replication. */
  readonly replication: ReplicaLook | undefined;
}

const lookAtAllGroups = async (
  { source, target }: Arrays,
  { source_protection_group, target_protection_group, replicate }: RefreshRequest,
): Promise<Groups> => {
  const sourceName = source_protection_group ?? '';
  if (!replicate) return lookAtGroups(source, sourceName, target_protection_group);
  const [groups, onTarget] = await Promise.all([
    lookAtGroups(source, sourceName, null),
    target_protection_group === null ? null : lookAtTargetGroup(target, target_protection_group),
  ]);
  return { source: groups.source, target: onTarget };
};

/**
 * The plan for what was found.
 * @throws VolumeInBothGroups, ExclusionMatchesNothing, ProtectionGroupEmpty, SharedHost, TargetTooSmall, PairingIncomplete
 */
export const planRun = async (
  { arrays, groups: { source, target }, snapshotName, snapshot, replication }: Found,
  request: RefreshRequest,
): Promise<{ plan: Plan; kept: SnapshotVolume[] }> => {
  const live = source.volumes.map((volume) => asSnapshotVolume(snapshotName, volume));
  const [members, mappings] = await Promise.all([
    snapshot ? snapshotVolumes(arrays.source, snapshot.name) : live,
    target
      ? arrays.target.mappings(target.volumes.map((volume) => volume.name))
      : new Map<string, string>(),
  ]);
  if (target) refuseTargetsInSnapshot(members, target.volumes);
  requireMatches(request.excluded_volumes, [...live, ...members], source.name);
  const { kept, excluded } = splitExcluded(members, request.excluded_volumes);
  requireSomething(kept, source.name);
  if (target && !request.allow_shared_hosts) {
    const { kept: used } = splitExcluded(source.volumes, request.excluded_volumes);
    await refuseSharedHosts(arrays, used, target.volumes);
  }
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

/** Of a snapshot that is there already its tags tell, and whether it was taken in backup mode can no longer be changed. */
const lookAtDatabase = async (
  { arrays, snapshot }: Found,
  { ora_facts, ora_backup_mode }: RefreshRequest,
): Promise<{ record?: DatabaseRecord; warnings: string[] }> => {
  if (!snapshot || !ora_facts) return { warnings: [] };
  const record = await lookAtFacts(arrays.source, snapshot.name);
  if (!record) {
    return {
      warnings: [
        `Snapshot "${snapshot.name}" was there already, and its tags tell nothing of its database.`,
      ],
    };
  }
  const inBackupMode = record.facts.backup_mode;
  if (!ora_backup_mode || inBackupMode) return { record, warnings: [] };
  const taken = inBackupMode === false ? 'without' : 'nobody knows whether in';
  return {
    record,
    warnings: [`Snapshot "${snapshot.name}" was there already, taken ${taken} backup mode.`],
  };
};

/** Has the arrays themselves say whether they would do what the dry run shows, as far as their versions can. */
const tryOnArrays = async (
  { arrays: { source, target }, groups, snapshot, replication }: Found,
  request: RefreshRequest,
  plan: Plan,
): Promise<void> => {
  if (!snapshot && (await source.capabilities()).snapshotTest) {
    await source.testGroupSnapshot(groups.source.name, request.snapshot_suffix, {
      replicateNow: request.replicate,
    });
  }
  const isThere = replication ? replication.isComplete : snapshot !== undefined;
  if (isThere && plan.pairs.length > 0 && (await target.capabilities()).batchTest) {
    await target.testOverwrite(asCopies(plan));
  }
};
