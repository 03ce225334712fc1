import { isError } from '../refresh/errors.ts';
import { requireSomething, splitExcluded } from '../refresh/exclusions.ts';
import type { Run } from '../refresh/run.ts';
import {
  planDocument,
  readDocument,
  requestDocument,
  snapshotDocument,
  writeDocument,
} from './documents.ts';
import { findSnapshot, snapshotVolumes } from './look-at-snapshot.ts';
import type { FlashArray, GroupSnapshot, Ports } from './ports.ts';
import { prepared, requireExecute } from './prepared-run.ts';

/** Makes the group snapshot unless it exists, and notes which volumes it holds. */
export const takeSnapshot = async (run: Run, ports: Ports): Promise<Run> => {
  requireExecute(run);
  const { store } = ports;
  const { group, snapshotName } = prepared(run);
  const [request, plan] = await Promise.all([
    readDocument(store, run.id, requestDocument),
    readDocument(store, run.id, planDocument),
  ]);
  const array = await ports.sourceArray(request.flash_array_api_version);
  const found = await findSnapshot(array, snapshotName);
  const snapshot = found ?? (await create(array, group, request.snapshot_suffix, snapshotName));

  // Ids as well: a volume that was excluded by its name may have been renamed since.
  const exclusions = [...request.excluded_volumes, ...plan.excluded.map(({ id }) => id)];
  const { kept } = splitExcluded(await snapshotVolumes(array, snapshot.name), exclusions);
  requireSomething(kept, group);
  await writeDocument(store, run.id, snapshotDocument, kept);
  return {
    ...run,
    snapshot: {
      name: snapshot.name,
      created: new Date(snapshot.created).toISOString(),
      // Found here and by Prepare: one that only a repeated step finds is this run's own.
      reused: found !== undefined && run.snapshot?.reused === true,
    },
  };
};

/** Somebody may have made it in between, and a request that got no answer may have been carried out late. */
const create = async (
  array: FlashArray,
  group: string,
  suffix: string,
  snapshotName: string,
): Promise<GroupSnapshot> => {
  try {
    return await array.createGroupSnapshot(group, suffix);
  } catch (error) {
    const made = isError(error, 'ArrayRequestRefused')
      ? await findSnapshot(array, snapshotName)
      : undefined;
    if (made) return made;
    throw error;
  }
};
