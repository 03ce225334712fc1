import { RefreshError } from '../refresh/errors.ts';
import { runOf, UNKNOWN_RUN } from '../refresh/guard.ts';
import type { RefreshRequest } from '../refresh/request.ts';
import { NO_RECOVERY, type Recovery, type Run } from '../refresh/run.ts';
import { inProgress } from './hold-lock.ts';
import { type FoundGuard, lockName, readLock } from './look-at-guards.ts';
import type { ExecutionState, FlashArray, GroupSnapshot, Ports } from './ports.ts';

/** What the lock on the target group means for a run. */
export interface LockDecision {
  /** Undefined where there is nothing to be cleared up. */
  readonly recovery?: Recovery;
  readonly warnings: readonly string[];
}

/**
 * Decides about the snapshot under the lock's name: its owner lives – no; it ended – clear up after it; nobody can tell –
 * no, until a person names it, never because of its age. A dry run is told, and goes on.
 * @throws RefreshInProgress, GuardOwnerUnknown
 */
export const decideRecovery = async (
  array: FlashArray,
  lock: GroupSnapshot | undefined,
  request: RefreshRequest,
  run: Run,
  { executionState }: Pick<Ports, 'executionState'>,
): Promise<LockDecision> => {
  const group = request.target_protection_group ?? '';
  // One that is released while it is looked at bars nobody: Overwrite Volumes notices what its run has done.
  const found = lock && (await readLock(array, lock));
  if (!found) return request.recover === null ? { warnings: [] } : nothing(request.recover, group);
  const owner = found.record?.owner;
  const isOwn = owner?.execution === run.execution;
  const state =
    owner === undefined ? 'unknown' : isOwn ? 'dead' : await executionState(owner.execution);
  if (state === 'alive' && request.recover !== null && !namesOf(found).includes(request.recover)) {
    return nothing(request.recover, group);
  }
  const refusal = refuse(state, found, request, group);
  if (refusal && request.execute) throw refusal;
  if (refusal)
    return { warnings: [`As it is now, an execution would be refused. ${firstLine(refusal)}`] };
  const clear: Recovery = owner
    ? {
        ...NO_RECOVERY,
        run: runOf(owner.guards),
        owner: owner.execution,
        guards: owner.guards,
        linger_seconds: owner.lingerSeconds,
      }
    : NO_RECOVERY;
  const whose = clear.run === null ? 'a run that nobody knows' : `run "${clear.run}"`;
  const warning = `Snapshot "${found.snapshot.name}" is the guard of ${whose}, which ended in the middle; ${request.execute ? 'that is cleared up first' : 'an execution clears up after it first'}.`;
  return { recovery: clear, warnings: [warning] };
};

const refuse = (
  state: ExecutionState,
  found: FoundGuard,
  { recover }: RefreshRequest,
  group: string,
): RefreshError | undefined => {
  const owner = found.record?.owner;
  if (state === 'alive' && recover !== null) return stillRunning(group, recover);
  if (state === 'alive') return inProgress(group, owner?.run);
  const names = namesOf(found);
  if (isNamed(state, found, recover)) return undefined;
  if (state === 'dead' && recover === null) return undefined;
  const [name = UNKNOWN_RUN] = names;
  const whose = owner
    ? `the guard of run "${name}" (${owner.execution}, started ${owner.started})`
    : 'not marked as the guard of any run';
  return new RefreshError(
    'GuardOwnerUnknown',
    recover === null
      ? `Snapshot "${lockName(group)}" is there: ${whose}, and nobody here can tell whether that is still at work.`
      : `Snapshot "${lockName(group)}" is ${whose}, not of run "${recover}".`,
    `Make sure that nothing overwrites "${group}" any more; then have it cleared up with --recover ${name}, or the event's "recover": "${name}".`,
  );
};

/** What a person may call it: the run that holds it, or the one whose overwrite it undoes. */
const namesOf = ({ record }: FoundGuard): string[] =>
  record ? [record.owner.run, runOf(record.owner.guards)] : [UNKNOWN_RUN];

/** Where nobody can tell whether the holder is at work, it has to be named itself. */
const isNamed = (state: ExecutionState, found: FoundGuard, recover: string | null): boolean =>
  recover !== null &&
  (state === 'dead' ? namesOf(found).includes(recover) : namesOf(found)[0] === recover);

const nothing = (recover: string, group: string): LockDecision => ({
  warnings: [
    `Run "${recover}" does not hold protection group "${group}", so there was nothing to clear up.`,
  ],
});

/** An execution that was just ended may seem to run for some seconds: the machine tries again. */
const stillRunning = (group: string, recover: string): RefreshError =>
  new RefreshError(
    'RunStillRunning',
    `Run "${recover}" holds protection group "${group}", and is at work.`,
    'Wait for it, or stop its execution first.',
  );

const firstLine = ({ message }: RefreshError): string => message.split('\n')[0] ?? '';
