import { hasHooks } from '../refresh/hooks.ts';
import { resolveRequest } from '../refresh/request.ts';
import { loadDefinition } from './definitions.ts';
import type { Clock, ObjectStore } from './ports.ts';
import { readStartEvent } from './start-event.ts';

/** Starts executions of the state machine. */
export interface Executions {
  /** False when an execution of that name exists already. */
  start(
    name: string,
    input: unknown,
  ): Promise<{ readonly execution: string; readonly started: boolean }>;
}

export interface StartPorts {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly executions: Executions;
}

export interface Started {
  readonly run: string;
  readonly refresh: string;
  readonly execution: string;
  /** False when a repeated delivery found the run started already. */
  readonly started: boolean;
}

/**
 * Checks an event and the definition that it names, and starts the run under a name made from what delivered it, so
 * that a repeated delivery starts nothing twice.
 * @param invocation id of this invocation, the same when Lambda repeats it
 * @returns null where an execution was aborted that had neither a target group nor hooks nor a database in backup mode, and so left
 *   nothing to clear up
 * @throws InvalidEvent, UnknownRefresh, InvalidDefinition, SourceIsTarget
 */
export const startRun = async (
  event: unknown,
  invocation: string,
  { store, clock, executions }: StartPorts,
): Promise<Started | null> => {
  const { input, origin, aborted } = readStartEvent(event, invocation);
  const definition = await loadDefinition(store, input.refresh);
  const hasTarget = definition.target_protection_group !== undefined;
  const backsUp = aborted?.ora_backup_mode ?? definition.ora_backup_mode;
  const hasCleared = aborted?.recover !== undefined;
  const calls = hasHooks(definition.hooks);
  if (aborted && !hasTarget && !backsUp && !calls && !hasCleared) return null;
  const run = `${input.refresh}-${origin}`;
  resolveRequest(input, definition, { id: run, started: clock.now() });
  return { run, refresh: input.refresh, ...(await executions.start(run, input)) };
};
