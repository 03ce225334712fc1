import { RefreshError } from '../refresh/errors.ts';
import { nameKey } from '../refresh/naming.ts';
import { hashPairs, type Plan } from '../refresh/plan.ts';
import type { Run } from '../refresh/run.ts';
import { planDocument, readDocument } from './documents.ts';
import type { ObjectStore } from './ports.ts';
import { replicaSnapshot, sourceSnapshot } from './prepared-run.ts';

/**
 * The plan that this run made. The bucket is not only ours: what the hash covers is checked, and that what is copied is
 * of this run's snapshot.
 * @throws TargetChanged
 */
export const readOwnPlan = async (store: ObjectStore, run: Run): Promise<Plan> => {
  const plan = await readDocument(store, run.id, planDocument);
  const snapshotName = run.replication ? replicaSnapshot(run) : sourceSnapshot(run);
  const prefix = nameKey(`${snapshotName}.`);
  const isOfSnapshot = plan.pairs.every(({ source }) =>
    nameKey(source.snapshot).startsWith(prefix),
  );
  if (isOfSnapshot && plan.hash === run.plan_hash && hashPairs(plan.pairs) === plan.hash)
    return plan;
  throw new RefreshError(
    'TargetChanged',
    'The plan in the bucket is not the one that this run made.',
    'Start a new run, and look who else writes to the bucket.',
  );
};
