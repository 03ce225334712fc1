import { isError } from '../refresh/errors.ts';
import { requireSomething, splitExcluded } from '../refresh/exclusions.ts';
import { groupSnapshotName } from '../refresh/naming.ts';
import type { Run } from '../refresh/run.ts';
import { type Arrays, openArrays } from './arrays.ts';
import {
  planDocument,
  readDocument,
  requestDocument,
  snapshotDocument,
  writeDocument,
} from './documents.ts';
import { findSnapshot, snapshotVolumes } from './look-at-snapshot.ts';
import {
  markMembers,
  marksFor,
  NO_MARKS,
  noteTaking,
  refuseWithoutBackupMode,
  snapshotAppeared,
} from './mark-snapshot.ts';
import { makingTags, markAsMade, NOT_MARKED } from './own-snapshots.ts';
import type { FlashArray, GroupSnapshot, Ports, SnapshotOptions } from './ports.ts';
import { prepared, replicaSnapshot, requireExecute, targetArrayName } from './prepared-run.ts';

/** Makes the group snapshot unless it exists, and notes which volumes it holds. */
export const takeSnapshot = async (run: Run, ports: Ports): Promise<Run> => {
  requireExecute(run);
  const { store } = ports;
  const { group, snapshotName } = prepared(run);
  const [request, plan] = await Promise.all([
    readDocument(store, run.id, requestDocument),
    readDocument(store, run.id, planDocument),
  ]);
  const arrays = await openArrays(ports, request);
  const array = arrays.source;
  const found = run.snapshot?.reused ? await findSnapshot(array, snapshotName) : undefined;
  const reused = found !== undefined;
  if (!found) refuseWithoutBackupMode(run, request, ports.clock);
  const can = await array.capabilities();
  const [marks, making] = found
    ? [NO_MARKS, NOT_MARKED]
    : await Promise.all([marksFor(run, store, can), makingTags(run, request, snapshotName, store)]);
  const sendsLater = request.replicate && marks.beforeSending;
  const mayExist = marks === NO_MARKS || (await noteTaking(run, ports));
  const { snapshot, isNew } = found
    ? { snapshot: found, isNew: false }
    : await create(array, group, request.snapshot_suffix, {
        replicateNow: request.replicate && !sendsLater,
        tags: marks.ofGroup,
        marks: can.snapshotTags ? making.tags : [],
      });
  if (!found && !isNew && !mayExist) throw snapshotAppeared(snapshotName);
  const warnings = [
    ...making.warnings,
    ...(await markMembers(array, snapshot.name, marks.ofMembers)),
    // One that was there may be somebody else's, though an earlier attempt has asked for it too.
    ...(isNew && !can.snapshotTags ? await markAsMade(array, snapshot.name, making.tags) : []),
  ];
  if (request.replicate && (sendsLater || !isNew)) {
    await sendToTarget(run, arrays, snapshotName, sendsLater || reused);
  }

  const created = new Date(snapshot.created).toISOString();
  // What a snapshot holds does not change, and of this one Prepare has noted it.
  const isNoted = reused && created === run.snapshot?.created;
  if (!isNoted) {
    // Ids as well: a volume that was excluded by its name may have been renamed since.
    const exclusions = [...request.excluded_volumes, ...plan.excluded.map(({ id }) => id)];
    const { kept } = splitExcluded(await snapshotVolumes(array, snapshot.name), exclusions);
    requireSomething(kept, group);
    await writeDocument(store, run.id, snapshotDocument, kept);
  }
  return {
    ...run,
    snapshot: { name: snapshot.name, created, reused },
    warnings: [...run.warnings, ...warnings],
  };
};

/** Somebody may have made it in between, and a request that got no answer may have been carried out late. */
const create = async (
  array: FlashArray,
  group: string,
  suffix: string,
  options: SnapshotOptions,
): Promise<{ snapshot: GroupSnapshot; isNew: boolean }> => {
  try {
    return { snapshot: await array.createGroupSnapshot(group, suffix, options), isNew: true };
  } catch (error) {
    const made = isError(error, 'ArrayRequestRefused')
      ? await findSnapshot(array, groupSnapshotName(group, suffix))
      : undefined;
    if (made) return { snapshot: made, isNew: false };
    throw error;
  }
};

/**
 * A snapshot that is there already is sent, unless the target array has it or is receiving it. One that came since
 * Prepare may be of an earlier attempt of this step, which has asked for that, or of somebody who has not; so it is
 * sent as well, but need not be accepted.
 */
const sendToTarget = async (
  run: Run,
  { source, target }: Arrays,
  snapshot: string,
  mustBeSent: boolean,
): Promise<void> => {
  const replica = replicaSnapshot(run);
  if ((await target.transfer(replica)) !== undefined) return;
  if (!mustBeSent && !(await source.capabilities()).sendReplica) return;
  try {
    await source.sendReplica(snapshot, targetArrayName(run));
  } catch (error) {
    // An earlier attempt whose answer was lost may have been heard.
    if (!isError(error, 'ArrayRequestRefused')) throw error;
    if (mustBeSent && (await target.transfer(replica)) === undefined) throw error;
  }
};
