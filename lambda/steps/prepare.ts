import { requireMatches, requireSomething, splitExcluded } from '../refresh/exclusions.ts';
import { groupSnapshotName } from '../refresh/naming.ts';
import { asSnapshotVolume, makePlan, type Plan } from '../refresh/plan.ts';
import { type RefreshRequest, readEvent, resolveRequest } from '../refresh/request.ts';
import type { Run } from '../refresh/run.ts';
import type { SnapshotVolume } from '../refresh/volumes.ts';
import { loadDefinition, requireNoSource } from './definitions.ts';
import { planDocument, requestDocument, snapshotDocument, writeDocument } from './documents.ts';
import { asTarget, type Groups, lookAtGroups, refuseTargetsInSnapshot } from './look-at-groups.ts';
import { findSnapshot, snapshotVolumes } from './look-at-snapshot.ts';
import type { FlashArray, GroupSnapshot, Ports } from './ports.ts';
import { refuseSharedHosts } from './refuse-shared-hosts.ts';
import { asCopies } from './volume-copies.ts';

/**
 * Reads event and definition, looks at the array, refuses what must not be, and makes the plan: from the snapshot
 * where it exists, else from the live volumes. Changes nothing on the array.
 */
export const prepare = async (run: Run, ports: Ports): Promise<Run> => {
  const { store } = ports;
  const event = readEvent(run.event);
  const definition = await loadDefinition(store, event.refresh);
  const request = resolveRequest(event, definition, { id: run.id, started: new Date(run.started) });
  const { target_protection_group: targetName } = request;
  if (targetName !== null) await requireNoSource(store, targetName);

  const array = await ports.sourceArray(request.flash_array_api_version);
  const [identity, groups] = await Promise.all([
    array.identify(),
    lookAtGroups(array, request.source_protection_group, targetName),
  ]);
  const snapshotName = groupSnapshotName(groups.source.name, request.snapshot_suffix);
  const snapshot = await findSnapshot(array, snapshotName);
  const { plan, kept } = await planRun(array, request, groups, snapshotName, snapshot);
  if (!request.execute) await tryOnArray(array, request, groups, snapshot, plan);

  await writeDocument(store, run.id, requestDocument, request);
  await writeDocument(store, run.id, planDocument, plan);
  if (snapshot) await writeDocument(store, run.id, snapshotDocument, kept);
  return {
    ...run,
    event: undefined,
    refresh: request.refresh,
    trigger: request.trigger,
    execute: request.execute,
    has_target: groups.target !== null,
    source_protection_group: groups.source.name,
    target_protection_group: groups.target?.name ?? null,
    source_array: identity,
    snapshot: {
      name: snapshot?.name ?? snapshotName,
      created: snapshot ? new Date(snapshot.created).toISOString() : null,
      reused: snapshot !== undefined,
    },
    ...(plan.hash === null ? {} : { plan_hash: plan.hash }),
  };
};

const planRun = async (
  array: FlashArray,
  request: RefreshRequest,
  { source, target }: Groups,
  snapshotName: string,
  snapshot: GroupSnapshot | undefined,
): Promise<{ plan: Plan; kept: SnapshotVolume[] }> => {
  const live = source.volumes.map((volume) => asSnapshotVolume(snapshotName, volume));
  const [members, mappings] = await Promise.all([
    snapshot ? snapshotVolumes(array, snapshot.name) : live,
    target
      ? array.mappings(target.volumes.map((volume) => volume.name))
      : new Map<string, string>(),
  ]);
  if (target) refuseTargetsInSnapshot(members, target.volumes);
  requireMatches(request.excluded_volumes, [...live, ...members], source.name);
  const { kept, excluded } = splitExcluded(members, request.excluded_volumes);
  requireSomething(kept, source.name);
  if (target && !request.allow_shared_hosts) {
    const { kept: used } = splitExcluded(source.volumes, request.excluded_volumes);
    await refuseSharedHosts(array, used, target.volumes);
  }
  const plan = makePlan({
    sources: kept,
    excluded,
    targets: target?.volumes.map((volume) => asTarget(volume, mappings)) ?? null,
    ignoreMatch: request.ignore_match,
  });
  return { plan, kept };
};

/** Has the array itself say whether it would do what the dry run shows, as far as its version can. */
const tryOnArray = async (
  array: FlashArray,
  request: RefreshRequest,
  { source }: Groups,
  snapshot: GroupSnapshot | undefined,
  plan: Plan,
): Promise<void> => {
  const can = await array.capabilities();
  if (!snapshot && can.snapshotTest) {
    await array.testGroupSnapshot(source.name, request.snapshot_suffix);
  }
  if (snapshot && can.batchTest && plan.pairs.length > 0) await array.testOverwrite(asCopies(plan));
};
