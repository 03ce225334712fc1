import pMap from 'p-map';
import { listNames, RefreshError } from '../refresh/errors.ts';
import { nameKey } from '../refresh/naming.ts';
import type { Plan } from '../refresh/plan.ts';
import type { Run } from '../refresh/run.ts';
import {
  overwriteDocument,
  planDocument,
  readDocument,
  requestDocument,
  writeDocument,
} from './documents.ts';
import type { FlashArray, Ports, VolumeCopy } from './ports.ts';
import { requireExecute, targetGroup } from './prepared-run.ts';
import { asCopies } from './volume-copies.ts';

/** Mutations under way at once where the array takes one volume a request. */
const CONCURRENCY = 4;

/**
 * Overwrites the target volumes as planned and tags each with its source. Doing it twice comes to the same.
 * @throws TargetChanged before anything is written
 */
export const overwriteVolumes = async (run: Run, ports: Ports): Promise<Run> => {
  requireExecute(run);
  const [request, plan] = await Promise.all([
    readDocument(ports.store, run.id, requestDocument),
    readDocument(ports.store, run.id, planDocument),
  ]);
  requireSamePlan(run, plan);
  const array = await ports.sourceArray(request.flash_array_api_version);
  await requireSameTargets(array, targetGroup(run), plan);
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

const requireSamePlan = (run: Run, plan: Plan): void => {
  if (plan.hash === run.plan_hash) return;
  throw new RefreshError(
    'TargetChanged',
    'The plan in the bucket is not the one that this run made.',
    'Start a new run, and look who else writes to the bucket.',
  );
};

/** A name is no identity: between planning and writing a volume may have been renamed or taken out of the group. */
const requireSameTargets = async (array: FlashArray, group: string, plan: Plan): Promise<void> => {
  const members = (await array.groupVolumes([group])).filter((member) => !member.destroyed);
  const ids = await memberIds(array, members);
  const gone = plan.pairs.filter(({ target }) => ids.get(nameKey(target.name)) !== target.id);
  if (gone.length === 0) return;
  throw new RefreshError(
    'TargetChanged',
    `No longer in protection group "${group}" as planned: ${listNames(gone.map(({ target }) => target.name))}. Nothing was overwritten.`,
    'Start a new run; it plans from the group as it is now.',
  );
};

const memberIds = async (
  array: FlashArray,
  members: readonly { readonly id: string | null; readonly name: string }[],
): Promise<ReadonlyMap<string, string>> => {
  const known = members.every((member) => member.id !== null)
    ? members
    : await array.volumes(members.map((member) => member.name));
  return new Map(known.map(({ id, name }) => [nameKey(name), id ?? '']));
};
