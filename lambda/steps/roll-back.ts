import { restoredSuffixes } from '../refresh/guard.ts';
import { NO_GUARD, type Run, type RunGuard } from '../refresh/run.ts';
import { openArrays } from './arrays.ts';
import { mayHaveChanged, settleTime } from './attempt.ts';
import {
  findDocument,
  guardsDocument,
  overwriteDocument,
  readDocument,
  requestDocument,
  rollbackDocument,
} from './documents.ts';
import { type FoundGuard, findLock, holds, outcomeFor } from './look-at-guards.ts';
import { noteAttempt } from './note-attempt.ts';
import type { FlashArray, Ports } from './ports.ts';
import { requireExecute, targetGroup } from './prepared-run.ts';
import { pruneGuards } from './prune-guards.ts';
import { lookAtOverwritten } from './put-back.ts';
import { restoreTarget } from './restore-target.ts';
import { releaseAs, setLeftoversAside } from './set-aside.ts';

/**
 * After a failure since the guard was begun: puts back what may have been overwritten, once nothing that was asked of the
 * array can still happen, and gives the lock up. Where it cannot, the lock stays.
 * @throws RollbackFailed
 */
export const rollBack = async (run: Run, ports: Ports): Promise<Run> => {
  requireExecute(run);
  const { store, lingerSeconds } = ports;
  const guard = { ...(run.guard ?? NO_GUARD), wait_seconds: 0 };
  const [request, overwrite] = await Promise.all([
    readDocument(store, run.id, requestDocument),
    findDocument(store, run.id, overwriteDocument),
  ]);
  const hasBegun = mayHaveChanged(overwrite);
  if (hasBegun && !guard.settled) {
    const wait_seconds = settleTime(overwrite, request.settle_seconds, lingerSeconds);
    return { ...run, guard: { ...guard, settled: true, wait_seconds } };
  }
  const { target: array } = await openArrays(ports, request);
  const group = targetGroup(run);
  return noteAttempt(ports, run.id, rollbackDocument, async (attempting) => {
    await setLeftoversAside(array, group, run.execution);
    const lock = await findLock(array, group);
    if (!lock || !holds(run, lock)) {
      const ended = hasBegun ? await outcomeFor(array, group, run.execution) : undefined;
      const target = hasBegun ? (ended?.target ?? null) : 'untouched';
      const snapshot = ended?.name ?? guard.snapshot;
      return { ...run, guard: { ...guard, done: true, target, snapshot } };
    }
    if (guard.put_back) return giveUp(run, ports, array, lock, { ...guard, target: 'restored' });
    const look = hasBegun ? await lookAtOverwritten(array, lock) : undefined;
    if (!look || look.verdict === 'old') {
      return giveUp(run, ports, array, lock, { ...guard, target: 'untouched' });
    }
    const what = { group, look, settle: request.settle_seconds };
    const wait_seconds = await restoreTarget(array, ports, run, what, attempting);
    if (wait_seconds > 0) return { ...run, guard: { ...guard, put_back: true, wait_seconds } };
    return giveUp(run, ports, array, lock, { ...guard, target: 'restored' });
  });
};

const giveUp = async (
  run: Run,
  { store }: Ports,
  array: FlashArray,
  { snapshot: lock }: FoundGuard,
  guard: RunGuard,
): Promise<Run> => {
  // Read before: once the lock is released nothing must fail any more, or the target would count as mixed.
  const { surplus } = await readDocument(store, run.id, guardsDocument);
  const snapshot = await releaseAs(array, lock, restoredSuffixes(run.execution, lock.created));
  const warnings = await pruneGuards(array, surplus.restored);
  return {
    ...run,
    guard: { ...guard, snapshot, done: true },
    warnings: [...run.warnings, ...warnings],
  };
};
