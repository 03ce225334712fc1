import { RefreshError } from '../refresh/errors.ts';
import { runOf } from '../refresh/guard.ts';
import { nameKey } from '../refresh/naming.ts';
import type { Plan } from '../refresh/plan.ts';
import type { Run } from '../refresh/run.ts';
import { lockName } from './look-at-guards.ts';
import { type LockLook, lookAtLock } from './look-at-lock.ts';
import type { Clock, FlashArray } from './ports.ts';
import { targetNames } from './volume-copies.ts';

export const inProgress = (group: string, run: string | undefined): RefreshError =>
  new RefreshError(
    'RefreshInProgress',
    run === undefined
      ? `Protection group "${group}" is being overwritten by somebody else.`
      : `Protection group "${group}" is being overwritten by run "${run}".`,
    `Wait until that has ended, then run again. It holds snapshot "${lockName(group)}" meanwhile.`,
  );

/** What a run is about that looks whether it still holds the lock. */
export interface Claim {
  readonly group: string;
  /** Names of the target volumes. */
  readonly targets: readonly string[];
  /** Guards of earlier refreshes that Prepare saw. */
  readonly known: readonly string[];
}

export const claimOf = (group: string, plan: Plan, known: readonly string[]): Claim => ({
  group,
  targets: targetNames(plan),
  known,
});

/** In milliseconds; far shorter than what a run waits that takes a lock over. */
const FRESH_MS = 30_000;

/** Whether the look at that time, ISO 8601, still counts. */
export const isFresh = (seen: string | null, clock: Clock): boolean =>
  seen !== null && clock.now().getTime() - Date.parse(seen) <= FRESH_MS;

/** A look at the lock that can be made again. */
export interface Assurance {
  /** When the last look was made, ISO 8601. */
  seen(): string;
  /** Looks again where that is too long ago. */
  readonly beSure: () => Promise<void>;
}

/** @param look has just been made; throws where the lock is the run's no more */
export const staySure = (clock: Clock, look: () => Promise<unknown>): Assurance => {
  let seen = clock.now().toISOString();
  return {
    seen: () => seen,
    beSure: async () => {
      if (isFresh(seen, clock)) return;
      await look();
      seen = clock.now().toISOString();
    },
  };
};

/**
 * Looks whether the lock is this run's and nobody else's, and the targets held by no other.
 * @throws GuardLost when it is not; RefreshInProgress when another run holds a target by way of another group;
 *   TargetChanged when another refresh was done since Prepare
 */
export const requireLock = async (
  array: FlashArray,
  run: Run,
  { group, targets, known }: Claim,
): Promise<LockLook> => {
  const look = await lookAtLock(array, group, targets);
  const { holders, rivals, done } = look;
  if (holders.length !== 1 || holders[0] !== run.execution) throw guardLost(group, holders);
  const [rival] = rivals;
  if (rival) throw inProgress(rival.group, runOf(rival.execution));
  const isKnown = new Set(known.map(nameKey));
  const since = done.find(
    ({ name, execution }) => execution !== run.execution && !isKnown.has(nameKey(name)),
  );
  if (since === undefined) return look;
  throw new RefreshError(
    'TargetChanged',
    `Protection group "${group}" was refreshed by run "${runOf(since.execution)}" after this run had made its plan.`,
    'Run again if it shall be refreshed once more.',
  );
};

export const guardLost = (group: string, [other]: readonly string[]): RefreshError => {
  const whose =
    other === undefined ? 'is no longer there' : `has been taken over by run "${runOf(other)}"`;
  return new RefreshError(
    'GuardLost',
    `The guard of this run on protection group "${group}" ${whose}. This run writes nothing any more.`,
    'Read the manifest of the run that took it over, and run again.',
  );
};
