import { makePlan, type Plan } from '../refresh/plan.ts';
import type { Run } from '../refresh/run.ts';
import { openArrays } from './arrays.ts';
import {
  planDocument,
  readDocument,
  requestDocument,
  snapshotDocument,
  writeDocument,
} from './documents.ts';
import { requireExpectedPlan } from './expected-plan.ts';
import { lookAtTarget, lookAtVolumes, refuseTargetsInSnapshot } from './look-at-groups.ts';
import { findReplicas } from './look-at-replication.ts';
import type { Ports } from './ports.ts';
import { prepared, replicaSnapshot, requireExecute, targetGroup } from './prepared-run.ts';

/** Makes the plan anew, from the snapshot as it really is and the target group as it is now. */
export const planOverwrite = async (run: Run, ports: Ports): Promise<Run> => {
  requireExecute(run);
  const { store } = ports;
  const [request, members, earlier] = await Promise.all([
    readDocument(store, run.id, requestDocument),
    readDocument(store, run.id, snapshotDocument),
    readDocument(store, run.id, planDocument),
  ]);
  const { target } = await openArrays(ports, request);
  const sources = request.replicate
    ? await findReplicas(target, members, prepared(run).snapshotName, replicaSnapshot(run))
    : members;
  // Hours may have passed since Prepare where a replica was waited for; otherwise the guard tells soon who is in the group.
  const targets = request.replicate
    ? await lookAtTarget(target, targetGroup(run))
    : await lookAtVolumes(target, targetGroup(run), plannedVolumes(earlier));
  refuseTargetsInSnapshot([...sources, ...earlier.excluded], targets);
  const plan = makePlan({ sources, excluded: [], targets, ignoreMatch: request.ignore_match });
  await requireExpectedPlan(store, plan, request.expect_plan);
  await writeDocument(store, run.id, planDocument, { ...plan, excluded: earlier.excluded });
  return { ...run, plan_hash: plan.hash ?? undefined };
};

/** All volumes of the target group, as Prepare saw it. */
const plannedVolumes = ({ pairs, unused }: Plan): string[] =>
  [...pairs.map(({ target }) => target), ...unused].map(({ name }) => name);
