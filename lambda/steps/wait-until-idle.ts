import { isError } from '../refresh/errors.ts';
import type { HookCursor, Run } from '../refresh/run.ts';
import { openArrays } from './arrays.ts';
import { readDocument, requestDocument } from './documents.ts';
import type { Ports } from './ports.ts';
import { refuseBusy } from './refuse-busy.ts';
import { readOwnPlan } from './requested-plan.ts';
import { targetNames } from './volume-copies.ts';

/** In seconds. */
const PAUSE = 5;
const LONGEST = 60;

/**
 * Whether to wait before the overwrite: an array's figures trail what hosts do by some seconds, and would refuse a target
 * that a hook has just stopped. One that stays in use is refused by Acquire Guard.
 * @returns the hook cursor that waits; undefined where there is nothing to wait for
 */
export const waitUntilIdle = async (
  run: Run,
  hook: HookCursor,
  ports: Ports,
): Promise<HookCursor | undefined> => {
  if (hook.waited_seconds >= LONGEST) return undefined;
  const [request, plan] = await Promise.all([
    readDocument(ports.store, run.id, requestDocument),
    readOwnPlan(ports.store, run),
  ]);
  const { target } = await openArrays(ports, request);
  try {
    await refuseBusy(target, targetNames(plan), request);
    return undefined;
  } catch (error) {
    if (!isError(error, 'TargetInUse')) throw error;
    const waited_seconds = hook.waited_seconds + PAUSE;
    return { ...hook, next: 'wait', looks_at: 'nothing', wait_seconds: PAUSE, waited_seconds };
  }
};
