import { makePlan, type Plan } from '../refresh/plan.ts';
import type { RefreshRequest } from '../refresh/request.ts';
import type { Run } from '../refresh/run.ts';
import type { SnapshotVolume } from '../refresh/volumes.ts';
import { openArrays } from './arrays.ts';
import {
  planDocument,
  readDocument,
  requestDocument,
  snapshotDocument,
  writeDocument,
} from './documents.ts';
import { requireExpectedPlan } from './expected-plan.ts';
import { isFresh } from './hold-lock.ts';
import { lookAtTarget, lookAtVolumes, refuseTargetsInSnapshot } from './look-at-groups.ts';
import { findReplicas } from './look-at-replication.ts';
import type { Ports } from './ports.ts';
import { prepared, replicaSnapshot, requireExecute, targetGroup } from './prepared-run.ts';

/**
 * Makes the plan of the snapshot as it really is and of the target group as it is now. Where Prepare has looked at that a
 * moment ago, and the snapshot holds the very volumes that were planned with, the pairs stay: the guard proves them.
 */
export const planOverwrite = async (run: Run, ports: Ports): Promise<Run> => {
  requireExecute(run);
  const { store } = ports;
  const [request, members, earlier] = await Promise.all([
    readDocument(store, run.id, requestDocument),
    readDocument(store, run.id, snapshotDocument),
    readDocument(store, run.id, planDocument),
  ]);
  const kept = isAsPrepared(run, request, ports) ? asTaken(earlier, members) : undefined;
  const plan = kept ?? (await planAnew(run, ports, request, members, earlier));
  await requireExpectedPlan(store, plan, request.expect_plan);
  await writeDocument(store, run.id, planDocument, { ...plan, excluded: earlier.excluded });
  return { ...run, plan_hash: plan.hash ?? undefined };
};

/** Whether Prepare's look still counts: nothing was put back or waited for since. */
const isAsPrepared = (
  { steps, recovers }: Run,
  { replicate }: RefreshRequest,
  { clock }: Ports,
): boolean =>
  !recovers &&
  !replicate &&
  isFresh(steps.findLast(({ step }) => step === 'prepare')?.started ?? null, clock);

/** The same pairs with the sources as the snapshot holds them; undefined where these are others. */
const asTaken = (plan: Plan, members: readonly SnapshotVolume[]): Plan | undefined => {
  if (plan.pairs.length !== members.length) return undefined;
  const held = new Map(members.map((member) => [member.id, member]));
  const pairs = plan.pairs.flatMap((pair) => {
    const source = held.get(pair.source.id);
    return source?.size === pair.source.size ? [{ ...pair, source }] : [];
  });
  return pairs.length === plan.pairs.length ? { ...plan, pairs } : undefined;
};

const planAnew = async (
  run: Run,
  ports: Ports,
  request: RefreshRequest,
  members: readonly SnapshotVolume[],
  earlier: Plan,
): Promise<Plan> => {
  const { target } = await openArrays(ports, request);
  const sources = request.replicate
    ? await findReplicas(target, members, prepared(run).snapshotName, replicaSnapshot(run))
    : members;
  // Hours may have passed since Prepare where a replica was waited for; otherwise the guard tells soon who is in the group.
  const targets = request.replicate
    ? await lookAtTarget(target, targetGroup(run))
    : await lookAtVolumes(target, targetGroup(run), plannedVolumes(earlier));
  refuseTargetsInSnapshot([...sources, ...earlier.excluded], targets);
  return makePlan({ sources, excluded: [], targets, ignoreMatch: request.ignore_match });
};

/** All volumes of the target group, as Prepare saw it. */
const plannedVolumes = ({ pairs, unused }: Plan): string[] =>
  [...pairs.map(({ target }) => target), ...unused].map(({ name }) => name);
