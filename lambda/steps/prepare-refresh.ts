import type { DatabaseRecord } from '../refresh/database-facts.ts';
import { splitExcluded } from '../refresh/exclusions.ts';
import { groupSnapshotName } from '../refresh/naming.ts';
import type { Plan } from '../refresh/plan.ts';
import { beginReplication } from '../refresh/replication.ts';
import type { RefreshRequest } from '../refresh/request.ts';
import type { Run } from '../refresh/run.ts';
import type { Arrays } from './arrays.ts';
import { allAtOnce } from './at-once.ts';
import { databaseDocument, planDocument, snapshotDocument, writeDocument } from './documents.ts';
import { keepShownPlan, requireExpectedPlan } from './expected-plan.ts';
import { lookAround, type Named } from './look-around.ts';
import { lookAtFacts } from './look-at-facts.ts';
import { namesOf } from './look-at-groups.ts';
import { planRun } from './plan-run.ts';
import type { FlashArray, GroupSnapshot, Ports } from './ports.ts';
import { readConnections, refuseSharedHosts } from './refuse-shared-hosts.ts';
import { refuseUnwritable } from './refuse-unready.ts';
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
  named: Named,
): Promise<Run> => {
  const { store } = ports;
  const { snapshot } = named;
  const looks = await lookAround(run, arrays, request, named);
  const { source, target } = await looks.groups;
  const found = {
    groups: { source, target },
    replication: await looks.replication,
    members: await looks.members,
    mappings: await looks.mappings,
  };
  const { plan, kept } = planRun(found, request);
  if (target && !request.allow_shared_hosts) {
    const { kept: copied } = splitExcluded(source.volumes, request.excluded_volumes);
    const connections =
      (await looks.connections) ??
      (await readConnections(arrays, namesOf(source), namesOf(target)));
    refuseSharedHosts(connections, copied);
  }
  await requireExpectedPlan(store, plan, request.expect_plan);
  if (target) refuseUnwritable(target.volumes);
  const warnings = await looks.readiness;
  const { replication } = found;
  if (!request.execute) {
    const onSource = snapshot !== undefined;
    await tryOnArrays(arrays, source.name, plan, request, {
      onSource,
      onTarget: replication ? replication.isComplete : onSource,
    });
  }
  const database = await lookAtDatabase(arrays.source, snapshot, request);

  await allAtOnce([
    writeDocument(store, run.id, planDocument, plan),
    request.execute ? undefined : keepShownPlan(store, plan),
    snapshot && writeDocument(store, run.id, snapshotDocument, kept),
    snapshot && request.execute ? noteUse(run, snapshot.name, ports) : undefined,
    database.record && writeDocument(store, run.id, databaseDocument, database.record),
  ]);
  return {
    ...run,
    source_protection_group: source.name,
    target_protection_group: target?.name ?? null,
    replicate: request.replicate,
    ...(replication && { replication: beginReplication(replication.snapshot) }),
    snapshot: {
      name: snapshot?.name ?? groupSnapshotName(source.name, request.snapshot_suffix),
      created: snapshot ? new Date(snapshot.created).toISOString() : null,
      reused: snapshot !== undefined,
    },
    ...(plan.hash === null ? {} : { plan_hash: plan.hash }),
    reads_database: request.ora_facts && !snapshot,
    backs_up: request.ora_backup_mode && !snapshot,
    warnings: [...run.warnings, ...warnings, ...database.warnings],
  };
};

/** Of a snapshot that is there already its tags tell, and whether it was taken in backup mode can no longer be changed. */
const lookAtDatabase = async (
  array: FlashArray,
  snapshot: GroupSnapshot | undefined,
  { ora_facts, ora_backup_mode }: RefreshRequest,
): Promise<{ record?: DatabaseRecord; warnings: string[] }> => {
  if (!snapshot || !ora_facts) return { warnings: [] };
  const record = await lookAtFacts(array, snapshot.name);
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
  { source, target }: Arrays,
  group: string,
  plan: Plan,
  request: RefreshRequest,
  isThere: { readonly onSource: boolean; readonly onTarget: boolean },
): Promise<void> => {
  if (!isThere.onSource && (await source.capabilities()).snapshotTest) {
    await source.testGroupSnapshot(group, request.snapshot_suffix, {
      replicateNow: request.replicate,
    });
  }
  if (isThere.onTarget && plan.pairs.length > 0 && (await target.capabilities()).batchTest)
    await target.testOverwrite(asCopies(plan));
};
