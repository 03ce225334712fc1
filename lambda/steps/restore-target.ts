import type { Run } from '../refresh/run.ts';
import { mayHaveChanged, settleTime } from './attempt.ts';
import { guardLost, staySure } from './hold-lock.ts';
import { findLock, holds } from './look-at-guards.ts';
import type { Attempting } from './note-attempt.ts';
import type { FlashArray, Ports } from './ports.ts';
import { putBack, type TargetLook, verifyPutBack } from './put-back.ts';

/**
 * Puts the target back under a lock that is the run's own, and reads it back.
 * @param settle for how long the array may carry out what it has not answered, in seconds
 * @returns for how long late effects of an earlier attempt are to be waited for before the lock may move, in seconds
 */
export const restoreTarget = async (
  array: FlashArray,
  { clock, lingerSeconds }: Ports,
  run: Run,
  { group, look, settle }: { group: string; look: TargetLook; settle: number },
  { earlier, changes }: Attempting,
): Promise<number> => {
  const { beSure } = staySure(clock, async () => {
    const lock = await findLock(array, group);
    if (!lock || !holds(run, lock)) throw guardLost(group, []);
  });
  await changes();
  await putBack(array, look, beSure);
  await verifyPutBack(array, look);
  return mayHaveChanged(earlier) ? settleTime(earlier, settle, lingerSeconds) : 0;
};
