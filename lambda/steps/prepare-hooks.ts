import { RefreshError, splitMessage } from '../refresh/errors.ts';
import { hookFlags } from '../refresh/hook-calls.ts';
import { hasHooks, requireCallable } from '../refresh/hooks.ts';
import type { RefreshRequest } from '../refresh/request.ts';
import type { Run } from '../refresh/run.ts';
import { findDocument, type HookNotes, hooksDocument } from './documents.ts';
import { beginHookNotes } from './hook-notes.ts';
import { type Guards, outcomeAmong } from './look-at-guards.ts';
import type { Ports } from './ports.ts';

/**
 * Refuses hooks that could not be called; a dry run is told.
 * @throws InvalidDefinition
 * @returns warnings
 */
export const refuseUncallable = (
  { hooks, refresh, mode, execute }: RefreshRequest,
  { hookRights }: Pick<Ports, 'hookRights'>,
): string[] => {
  // Who clears up calls what the run before it was allowed to call.
  if (mode === 'recover') return [];
  try {
    requireCallable(hooks, hookRights, refresh);
    return [];
  } catch (error) {
    if (execute || !(error instanceof RefreshError)) throw error;
    return [`As it is now, an execution would be refused. ${splitMessage(error.message).message}`];
  }
};

/** Says at which points the run has hooks, and notes them: its own, and those that the run has left which it clears up after. */
export const prepareHooks = async (
  run: Run,
  { hooks, recover }: RefreshRequest,
  ports: Ports,
  earlier: Guards['earlier'] = [],
): Promise<Run> => {
  const left = recover === null ? undefined : await findLeft(recover, run, ports);
  if (hasHooks(hooks)) await beginHookNotes(ports.store, run, hooks);
  if (!run.execute) {
    const warning = `An execution also calls the hooks that run "${recover}" has left.`;
    return left ? { ...run, warnings: [...run.warnings, warning] } : run;
  }
  // The machine has no states for them then.
  const uncalled = left && !ports.hookRights;
  const warning = `Run "${recover}" has left hooks, and this deployment calls none: see to them by hand.`;
  const warnings = uncalled ? [...run.warnings, warning] : run.warnings;
  const { recovery } = run;
  // Whoever cleared up before may have released the guard, and not come to the hooks.
  const before = left && outcomeAmong(earlier, left.execution)?.target;
  return {
    ...run,
    warnings,
    ...(recovery && before && { recovery: { ...recovery, before } }),
    has_hooks: { ...hookFlags(hooks, run), clear_up: left !== undefined },
  };
};

/**
 * What the run has left that is cleared up after: the one that was named or, where that had taken over from another, the one
 * whose overwrite is put back.
 * @throws InvalidEvent, RunStillRunning
 */
const findLeft = async (
  recover: string,
  { refresh, recovery }: Run,
  { store, executionState }: Ports,
): Promise<HookNotes | undefined> => {
  const id = recovery?.run ?? recover;
  const notes = await findDocument(store, id, hooksDocument);
  if (!notes || notes.is_over) return undefined;
  if (notes.refresh !== refresh) {
    throw new RefreshError(
      'InvalidEvent',
      `Run "${id}" is one of refresh "${notes.refresh}", not of "${refresh}", and has hooks left to be called.`,
      `Send { "refresh": "${notes.refresh}", "recover": "${recover}", "execute": true }.`,
    );
  }
  if ((await executionState(notes.execution)) === 'alive') {
    throw new RefreshError(
      'RunStillRunning',
      `Run "${id}" is at work, and calls its hooks itself.`,
      'Wait for it, or stop its execution first.',
    );
  }
  return notes;
};
