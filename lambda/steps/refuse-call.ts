import { isError, RefreshError, splitMessage } from '../refresh/errors.ts';
import { runOf, UNKNOWN_RUN } from '../refresh/guard.ts';
import { type HookCall, stopsAtFailure } from '../refresh/hook-calls.ts';
import { nameOf, whyNotCallable } from '../refresh/hooks.ts';
import type { HookCursor, Run } from '../refresh/run.ts';
import { openArrays } from './arrays.ts';
import { findDocument, planDocument, readDocument, requestDocument } from './documents.ts';
import { inProgress } from './hold-lock.ts';
import { asFailure } from './hook-failures.ts';
import { clearedRun } from './hook-notes.ts';
import { findLock, holds } from './look-at-guards.ts';
import { lookAtLock } from './look-at-lock.ts';
import type { Ports } from './ports.ts';
import { targetGroup } from './prepared-run.ts';
import { requireReservation, reserveTarget } from './reserve-target.ts';
import { targetStateOf } from './target-state.ts';
import { targetNames } from './volume-copies.ts';

/** Why a hook is not called. */
export interface Refusal {
  readonly reason: string;
  /** Where that is a failure of the run. */
  readonly failure?: NonNullable<Run['failure']>;
}

type AtHook = Run & { readonly hook: HookCursor };

/** Why a hook must not be called now; undefined where it may. */
export const refuseCall = (
  run: AtHook,
  call: HookCall,
  ports: Ports,
): Promise<Refusal | undefined> => {
  const { hook } = run;
  const { point, begun } = call;
  // It is only followed.
  if (begun) return Promise.resolve(undefined);
  if (hook.failed && stopsAtFailure(hook.point)) {
    return Promise.resolve({ reason: 'A hook before it has failed.' });
  }
  const uncallable = refuseUncallable(call, ports);
  if (uncallable) return Promise.resolve(uncallable);
  if (point === 'before_overwrite' || point === 'after_overwrite') return own(run, ports);
  return point === 'on_abort' ? refuseStart(run, ports) : Promise.resolve(undefined);
};

/** What another run has left, or Prepare has refused, may be more than this deployment calls: its machine has no state for it. */
const refuseUncallable = (
  { point, action }: HookCall,
  { hookRights }: Pick<Ports, 'hookRights'>,
): Refusal | undefined => {
  const why = hookRights && whyNotCallable(action, hookRights);
  if (!why) return undefined;
  const told = `Hook "${nameOf(action)}" (${point}) ${why.problem}`;
  const failure = asFailure(new RefreshError('HookNotSent', told, why.remedy));
  return { reason: told, failure };
};

/** The target is prepared, and followed up, by the run that has reserved it. */
const own = async (run: AtHook, ports: Ports): Promise<Refusal | undefined> => {
  const isFirst = run.hook.point === 'before_overwrite' && run.hook.ended === 0;
  const error = await refusalOf(isFirst ? reserveTarget : requireReservation, run, ports);
  if (error) return { reason: splitMessage(error.message).message, failure: asFailure(error) };
  const holder = await otherHolder(run, ports);
  if (holder === undefined) return undefined;
  const taken = inProgress(targetGroup(run), holder);
  return { reason: splitMessage(taken.message).message, failure: asFailure(taken) };
};

/** Only what holds what it held before may be started as if it did, and only where nobody else is about to overwrite it. */
const refuseStart = async (run: AtHook, ports: Ports): Promise<Refusal | undefined> => {
  const clearsUp = run.hook.point === 'clear_up';
  // Whoever clears up has no such hooks to call where another run's copy is complete.
  const target = clearsUp ? 'untouched' : await targetStateOf(run, ports.store);
  if (target === 'mixed' || target === 'refreshed') {
    return {
      reason: `The target is ${target}: nothing may be started as if it held what it held before.`,
    };
  }
  const take = clearsUp ? reserveTarget : requireReservation;
  const error = await refusalOf(take, run, ports);
  if (error) return { reason: splitMessage(error.message).message };
  const holder = await otherHolder(run, ports);
  return holder === undefined ? undefined : { reason: `Run "${holder}" holds the target.` };
};

/** Another run that holds the target group, or one of the target volumes by way of another group; of whatever deployment. */
const otherHolder = async (run: AtHook, ports: Ports): Promise<string | undefined> => {
  const { store } = ports;
  const [request, plan] = await Promise.all([
    readDocument(store, run.id, requestDocument),
    findDocument(store, clearedRun(run), planDocument),
  ]);
  const { target } = await openArrays(ports, request);
  const group = targetGroup(run);
  const [lock, { rivals }] = await Promise.all([
    findLock(target, group),
    lookAtLock(target, group, plan ? targetNames(plan) : []),
  ]);
  if (lock && !holds(run, lock)) return lock.record?.owner.run ?? UNKNOWN_RUN;
  const rival = rivals.find(({ execution }) => execution !== run.execution);
  return rival && runOf(rival.execution);
};

const refusalOf = async (
  act: (run: Run, ports: Ports) => Promise<void>,
  run: Run,
  ports: Ports,
): Promise<RefreshError | undefined> => {
  try {
    await act(run, ports);
    return undefined;
  } catch (error) {
    if (isError(error, 'RefreshInProgress')) return error;
    throw error;
  }
};
