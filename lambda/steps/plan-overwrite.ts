import { listNames, RefreshError } from '../refresh/errors.ts';
import { makePlan } from '../refresh/plan.ts';
import type { Run } from '../refresh/run.ts';
import {
  planDocument,
  readDocument,
  requestDocument,
  snapshotDocument,
  writeDocument,
} from './documents.ts';
import { lookAtTarget } from './look-at-groups.ts';
import type { Ports } from './ports.ts';
import { requireExecute, targetGroup } from './prepared-run.ts';

/** Makes the plan anew, from the snapshot as it really is and the target group as it is now. */
export const planOverwrite = async (run: Run, ports: Ports): Promise<Run> => {
  requireExecute(run);
  const { store } = ports;
  const [request, sources, earlier] = await Promise.all([
    readDocument(store, run.id, requestDocument),
    readDocument(store, run.id, snapshotDocument),
    readDocument(store, run.id, planDocument),
  ]);
  const array = await ports.sourceArray(request.flash_array_api_version);
  const targets = await lookAtTarget(array, targetGroup(run));

  const sourceIds = new Set([...sources, ...earlier.excluded].map(({ id }) => id));
  const both = targets.filter((target) => sourceIds.has(target.id));
  if (both.length > 0) {
    throw new RefreshError(
      'VolumeInBothGroups',
      `Volumes of the snapshot are in the target group: ${listNames(both.map(({ name }) => name))}.`,
      'Take these volumes out of the target protection group.',
    );
  }
  const plan = makePlan({ sources, excluded: [], targets, ignoreMatch: request.ignore_match });
  await writeDocument(store, run.id, planDocument, { ...plan, excluded: earlier.excluded });
  return { ...run, plan_hash: plan.hash ?? undefined };
};
