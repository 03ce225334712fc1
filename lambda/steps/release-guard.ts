import { beforeSuffixes, suffixOf } from '../refresh/guard.ts';
import { groupSnapshotName, sameName } from '../refresh/naming.ts';
import type { Run, RunGuard } from '../refresh/run.ts';
import { openArrays } from './arrays.ts';
import { atOnce } from './at-once.ts';
import { guardsDocument, readDocument, releaseDocument, requestDocument } from './documents.ts';
import { type Claim, claimOf, isFresh, requireLock } from './hold-lock.ts';
import { lookAtLock } from './look-at-lock.ts';
import { noteAttempt } from './note-attempt.ts';
import { countOwn } from './own-snapshots.ts';
import type { FlashArray, Ports } from './ports.ts';
import {
  heldGuard,
  outOfOrder,
  requireExecute,
  sourceSnapshot,
  targetGroup,
} from './prepared-run.ts';
import { pruneGuards } from './prune-guards.ts';
import { readOwnPlan } from './requested-plan.ts';
import { releaseAs } from './set-aside.ts';

/** Gives the lock up: the guard becomes what Undo puts back. Older guards are destroyed, never eradicated. */
export const releaseGuard = async (run: Run, ports: Ports): Promise<Run> => {
  requireExecute(run);
  const guard = heldGuard(run);
  if (guard.target !== 'refreshed') throw outOfOrder('The overwrite has not been verified.');
  const { store, clock } = ports;
  const [request, { known, taken, surplus }] = await Promise.all([
    readDocument(store, run.id, requestDocument),
    readDocument(store, run.id, guardsDocument),
  ]);
  const { target: array } = await openArrays(ports, request);
  const group = targetGroup(run);
  const released = noteAttempt(ports, run.id, releaseDocument, async ({ earlier }) => {
    const mustLook = earlier !== undefined || !isFresh(guard.seen, clock);
    const before = mustLook
      ? await releasedBefore(array, run, claimOf(group, await readOwnPlan(store, run), known))
      : undefined;
    const snapshot = before ?? (await giveUp(array, group, run, guard, taken));
    const warnings = await pruneGuards(array, surplus.before);
    return { ...run, guard: { ...guard, snapshot }, warnings: [...run.warnings, ...warnings] };
  });
  // Meanwhile: whoever records the run need not look where there are no more than are kept. Another array is not waited for.
  const counts = request.keep_snapshots !== null && !run.undo && !request.replicate;
  const work = await atOnce({
    released,
    own: counts ? countOwn(run, array, ports) : Promise.resolve(undefined),
  });
  return { ...(await work.released), own_snapshots: await work.own };
};

/**
 * The run's guard where an earlier attempt has released it, though its answer was lost. Where none has, the lock must be
 * this run's still: by its name alone it could be another's by now, and after a while this run may count as dead.
 * @throws GuardLost
 */
const releasedBefore = async (
  array: FlashArray,
  run: Run,
  claim: Claim,
): Promise<string | undefined> => {
  const { done } = await lookAtLock(array, claim.group, claim.targets);
  const released = done.find(({ execution }) => execution === run.execution);
  if (!released) await requireLock(array, run, claim);
  return released?.name;
};

/** @returns the guard's name */
const giveUp = (
  array: FlashArray,
  group: string,
  run: Run,
  { id, snapshot }: RunGuard,
  taken: readonly string[],
): Promise<string> => {
  const lock = { id, name: snapshot ?? '', created: 0, destroyed: false };
  const base = run.undo ? 'undo' : suffixOf(sourceSnapshot(run));
  const [plain, unique] = beforeSuffixes(base, run.execution);
  const isTaken = taken.some((name) => sameName(name, groupSnapshotName(group, plain)));
  return releaseAs(array, lock, run.undo || isTaken ? [unique] : [plain, unique]);
};
