import { RefreshError } from '../refresh/errors.ts';
import type { Replication } from '../refresh/replication.ts';
import type { Recovery, Run, RunGuard } from '../refresh/run.ts';

/** What Prepare has put into the run document, for the steps after it. */
export interface PreparedRun {
  /** Source protection group. */
  readonly group: string;
  readonly snapshotName: string;
}

/** @throws InvalidStepInput when Prepare has not seen this run */
export const prepared = (run: Run): PreparedRun => {
  const { source_protection_group: group, snapshot } = run;
  if (group !== undefined && snapshot !== undefined) return { group, snapshotName: snapshot.name };
  throw outOfOrder('The run has not been prepared.');
};

/** Name of the group snapshot that is copied. @throws InvalidStepInput when Prepare has not seen this run */
export const sourceSnapshot = (run: Run): string => {
  if (run.snapshot) return run.snapshot.name;
  throw outOfOrder('The run has not been prepared.');
};

/** The run's guard. @throws InvalidStepInput when it has not been taken */
export const heldGuard = (run: Run): RunGuard => {
  if (run.guard) return run.guard;
  throw outOfOrder('The run holds no guard.');
};

/** What is to be cleared up. @throws InvalidStepInput when there is nothing */
export const recoveryOf = (run: Run): Recovery => {
  if (run.recovery) return run.recovery;
  throw outOfOrder('The run has nothing to clear up.');
};

/** The target group. @throws InvalidStepInput when the run has none */
export const targetGroup = (run: Run): string => {
  if (run.target_protection_group !== null) return run.target_protection_group;
  throw outOfOrder('The run has no target protection group.');
};

/** How far the snapshot has come on the target array. @throws InvalidStepInput when the run does not replicate */
export const replicationOf = (run: Run): Replication => {
  if (run.replication) return run.replication;
  throw outOfOrder('The run does not replicate its snapshot.');
};

/** Name of the run's snapshot on the target array. @throws InvalidStepInput when the run does not replicate */
export const replicaSnapshot = (run: Run): string => replicationOf(run).snapshot;

/** @throws InvalidStepInput when the run does not replicate */
export const targetArrayName = (run: Run): string => {
  if (run.target_array) return run.target_array.name;
  throw outOfOrder('The run does not replicate its snapshot.');
};

/**
 * The execute lock once more, in front of everything that changes an array.
 * @throws InvalidStepInput
 */
export const requireExecute = (run: Run): void => {
  if (run.execute) return;
  throw outOfOrder('The run is a dry run, so nothing may be changed on the array.');
};

export const outOfOrder = (problem: string): RefreshError =>
  new RefreshError(
    'InvalidStepInput',
    problem,
    'Start a run through the state machine, which calls the steps in their order.',
  );
