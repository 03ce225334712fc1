import { isError } from '../refresh/errors.ts';
import { type GuardRecord, runOf } from '../refresh/guard.ts';
import { hashPairs, type Plan } from '../refresh/plan.ts';
import { tagVolumes } from './copy-volumes.ts';
import { findDocument, planDocument } from './documents.ts';
import type { ArrayVolume, FlashArray, ObjectStore } from './ports.ts';

/**
 * Gives the volumes of a copy that is complete the pairing tags that its plan asks for: where contents and tags are set by
 * different requests, its run may have ended in between.
 * @param now the volumes by id, as they are called now
 * @returns false where that plan is not on record, so that the tags cannot be told
 */
export const completeTags = async (
  array: FlashArray,
  store: ObjectStore,
  record: GuardRecord | undefined,
  now: ReadonlyMap<string, ArrayVolume>,
): Promise<boolean> => {
  const plan = record && (await findPlan(store, record));
  if (!plan) return false;
  const copies = plan.pairs.flatMap(({ source, target, mapping }) => {
    const volume = now.get(target.id);
    return volume ? [{ target: volume.name, snapshot: source.snapshot, mapping }] : [];
  });
  await tagVolumes(array, copies);
  return true;
};

/** The plan that the guard was taken for, which another deployment may keep, in a bucket of its own. */
const findPlan = async (store: ObjectStore, { owner }: GuardRecord): Promise<Plan | undefined> => {
  const plan = await findDocument(store, runOf(owner.guards), planDocument).catch((error) => {
    if (isError(error, 'InvalidStepInput')) return undefined;
    throw error;
  });
  const isIts = plan?.hash === owner.planHash && hashPairs(plan.pairs) === plan.hash;
  return isIts ? plan : undefined;
};
