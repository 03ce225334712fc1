import { makePlan } from '../refresh/plan.ts';
import type { Run } from '../refresh/run.ts';
import { openArrays } from './arrays.ts';
import {
  planDocument,
  readDocument,
  requestDocument,
  snapshotDocument,
  writeDocument,
} from './documents.ts';
import { lookAtTarget, refuseTargetsInSnapshot } from './look-at-groups.ts';
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
  const targets = await lookAtTarget(target, targetGroup(run));
  refuseTargetsInSnapshot([...sources, ...earlier.excluded], targets);
  const plan = makePlan({ sources, excluded: [], targets, ignoreMatch: request.ignore_match });
  await writeDocument(store, run.id, planDocument, { ...plan, excluded: earlier.excluded });
  return { ...run, plan_hash: plan.hash ?? undefined };
};
