import { listNames, RefreshError } from '../refresh/errors.ts';
import { isBefore, ownGuards } from '../refresh/guard.ts';
import { hashPairs, NO_PAIRS, type Plan, warnOfSizes } from '../refresh/plan.ts';
import type { RefreshRequest } from '../refresh/request.ts';
import type { Run } from '../refresh/run.ts';
import { planDocument, writeDocument } from './documents.ts';
import { keepShownPlan, requireExpectedPlan } from './expected-plan.ts';
import { asTarget, type Group, lookAtTargetGroup, namesOf } from './look-at-groups.ts';
import { type FoundGuard, type Guards, readGuard } from './look-at-guards.ts';
import type { FlashArray, ObjectStore } from './ports.ts';
import { refuseUnready, refuseUnwritable } from './refuse-unready.ts';
import { asCopies } from './volume-copies.ts';

/**
 * Plans to put the target back from the newest guard of a refresh: each volume that was overwritten gets its own
 * earlier content, and the pairing tag that it bore.
 * @throws NothingToUndo
 * @throws TargetChanged when such a volume is no longer in the group
 */
export const prepareUndo = async (
  run: Run,
  store: ObjectStore,
  array: FlashArray,
  { earlier }: Guards,
  request: RefreshRequest,
): Promise<Run> => {
  const target = await lookAtTargetGroup(array, request.target_protection_group ?? '');
  const newest = ownGuards(earlier).find(isBefore);
  const snapshot = newest === undefined ? undefined : await array.groupSnapshot(newest);
  if (!snapshot) {
    throw new RefreshError(
      'NothingToUndo',
      `Protection group "${target.name}" has no snapshot from before a refresh.`,
      'There is none before the first refresh by this product, and older ones are destroyed (keep_before_snapshots); those pending eradication can be recovered on the array.',
    );
  }
  const names = namesOf(target);
  const mappings = await array.mappings(names);
  const plan = planFrom(await readGuard(array, snapshot), target, mappings);
  await requireExpectedPlan(store, plan, request.expect_plan);
  refuseUnwritable(target.volumes);
  const warnings = await refuseUnready(array, names, request);
  if (!request.execute && (await array.capabilities()).batchTest) {
    await array.testOverwrite(asCopies(plan));
  }
  await writeDocument(store, run.id, planDocument, plan);
  if (!request.execute) await keepShownPlan(store, plan);
  return {
    ...run,
    target_protection_group: target.name,
    snapshot: {
      name: snapshot.name,
      created: new Date(snapshot.created).toISOString(),
      reused: true,
    },
    ...(plan.hash === null ? {} : { plan_hash: plan.hash }),
    warnings: [...run.warnings, ...warnings],
  };
};

const planFrom = (
  { members, record }: FoundGuard,
  target: Group,
  mappings: ReadonlyMap<string, string>,
): Plan => {
  const volumes = new Map(target.volumes.map((volume) => [volume.id, volume]));
  const overwritten = members.filter(({ id }) => record?.journal?.get(id)?.planned);
  if (overwritten.length === 0) {
    throw new RefreshError(
      'NothingToUndo',
      `The tags of the snapshot from before the last refresh of "${target.name}" do not tell which volumes that overwrote.`,
      'Copy from the members of that snapshot by hand.',
    );
  }
  const gone = overwritten.filter(({ source }) => !volumes.has(source.id ?? ''));
  if (gone.length > 0) {
    throw new RefreshError(
      'TargetChanged',
      `No longer in protection group "${target.name}": the volumes of ${listNames(gone.map(({ name }) => name))}.`,
      'Put the volumes back into the group, or copy from these snapshots by hand.',
    );
  }
  const pairs = overwritten.flatMap(({ id, name, size, created, source }): Plan['pairs'] => {
    const volume = volumes.get(source.id ?? '');
    if (!volume) return [];
    return [
      {
        source: {
          id: volume.id,
          name: volume.name,
          size,
          replica_id: null,
          snapshot: name,
          created,
        },
        target: asTarget(volume, mappings),
        rule: 'own',
        mapping: record?.journal?.get(id)?.mapping ?? null,
      },
    ];
  });
  return { ...NO_PAIRS, hash: hashPairs(pairs), pairs, warnings: warnOfSizes(pairs) };
};
