import pMap from 'p-map';
import { listNames, RefreshError } from '../refresh/errors.ts';
import { nameKey } from '../refresh/naming.ts';
import { hashPairs, type Plan } from '../refresh/plan.ts';
import type { Run } from '../refresh/run.ts';
import { openArrays } from './arrays.ts';
import {
  overwriteDocument,
  planDocument,
  readDocument,
  requestDocument,
  writeDocument,
} from './documents.ts';
import { liveMembers, memberNames, refuseOverlap } from './look-at-groups.ts';
import type { FlashArray, GroupMember, Ports, VolumeCopy } from './ports.ts';
import { prepared, replicaSnapshot, requireExecute, targetGroup } from './prepared-run.ts';
import { asCopies } from './volume-copies.ts';

/** Mutations under way at once where the array takes one volume a request. */
const CONCURRENCY = 4;

/**
 * Overwrites the target volumes as planned and tags each with its source. Doing it twice comes to the same.
 * @throws TargetChanged, VolumeInBothGroups before anything is written
 */
export const overwriteVolumes = async (run: Run, ports: Ports): Promise<Run> => {
  requireExecute(run);
  const { group, snapshotName } = prepared(run);
  const targetName = targetGroup(run);
  const [request, plan] = await Promise.all([
    readDocument(ports.store, run.id, requestDocument),
    readDocument(ports.store, run.id, planDocument),
  ]);
  requireSamePlan(run, plan, request.replicate ? replicaSnapshot(run) : snapshotName);
  const { target: array } = await openArrays(ports, request);
  await requireSameTargets(array, request.replicate ? null : group, targetName, plan);
  const copies = asCopies(plan);
  const can = await array.capabilities();
  if (can.batchTest) await array.testOverwrite(copies);
  await writeDocument(ports.store, run.id, overwriteDocument, {
    begun: ports.clock.now().toISOString(),
  });
  if (can.batchOverwrite) await array.overwriteBatch(copies);
  else await overwriteOneByOne(array, copies);
  return run;
};

/**
 * Copies first, tags after: a tag must not claim a source whose content is not there. Which tags are to be written is
 * looked up in between: a copy brings the copyable tags of its source along, and one of them may bear our key, where
 * the source has once been a target itself.
 */
const overwriteOneByOne = async (
  array: FlashArray,
  copies: readonly VolumeCopy[],
): Promise<void> => {
  await forEach(copies, (copy) => array.overwriteVolume(copy));
  const mappings = await array.mappings(copies.map(({ target }) => target));
  const changed = copies.filter((copy) => mappings.get(nameKey(copy.target)) !== copy.mapping);
  await forEach(changed, (copy) => array.tagVolume(copy));
};

/** After the first failure no further one is begun, and those under way are waited for: none may land later unseen. */
const forEach = async (
  copies: readonly VolumeCopy[],
  act: (copy: VolumeCopy) => Promise<void>,
): Promise<void> => {
  const failures: unknown[] = [];
  await pMap(
    copies,
    async (copy) => {
      if (failures.length > 0) return;
      await act(copy).catch((error: unknown) => failures.push(error));
    },
    { concurrency: CONCURRENCY },
  );
  if (failures.length > 0) throw failures[0];
};

/** What the hash covers, and that what is copied is of this run's snapshot: the bucket is not only ours. */
const requireSamePlan = (run: Run, { hash, pairs }: Plan, snapshotName: string): void => {
  const prefix = nameKey(`${snapshotName}.`);
  const isOfSnapshot = pairs.every(({ source }) => nameKey(source.snapshot).startsWith(prefix));
  if (isOfSnapshot && hash === run.plan_hash && hashPairs(pairs) === hash) return;
  throw new RefreshError(
    'TargetChanged',
    'The plan in the bucket is not the one that this run made.',
    'Start a new run, and look who else writes to the bucket.',
  );
};

/**
 * A name is no identity, and a group no promise: between planning and writing a volume may have been renamed, taken out
 * of the target group or put into the source group. `source` is null where that is on another array.
 */
const requireSameTargets = async (
  array: FlashArray,
  source: string | null,
  target: string,
  plan: Plan,
): Promise<void> => {
  const members = await array.groupVolumes(source === null ? [target] : [source, target]);
  const ids = await memberIds(array, liveMembers(members, target));
  const gone = plan.pairs.filter((pair) => ids.get(nameKey(pair.target.name)) !== pair.target.id);
  if (gone.length > 0) {
    throw new RefreshError(
      'TargetChanged',
      `No longer in protection group "${target}" as planned: ${listNames(gone.map((pair) => pair.target.name))}.`,
      'Start a new run; it plans from the group as it is now.',
    );
  }
  if (source !== null) refuseOverlap(memberNames(members, source), memberNames(members, target));
};

const memberIds = async (
  array: FlashArray,
  members: readonly GroupMember[],
): Promise<ReadonlyMap<string, string>> => {
  const known = members.every((member) => member.id !== null)
    ? members
    : await array.volumes(members.map((member) => member.name));
  return new Map(known.map(({ id, name }) => [nameKey(name), id ?? '']));
};
