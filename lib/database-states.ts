import { Choice, Condition, Fail, type IChainable } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { ErrorName } from '../lambda/refresh/errors.ts';
import type { OracleFunction } from './oracle-function.ts';
import type { RunStates, TaskOptions } from './run-states.ts';
import type { StepTask } from './step-task.ts';

/** Where the states around the source database lead to. */
export interface DatabaseExits {
  readonly prepare: IChainable;
  /** Without backup mode. */
  readonly takeSnapshot: IChainable;
  readonly afterSnapshot: IChainable;
  /** For a run that fails before its snapshot is there. */
  readonly snapshotFailed: IChainable;
  readonly recordResult: IChainable;
  readonly recordFailure: IChainable;
}

/**
 * The states that speak to the source database, of a deployment that has one.
 *
 *     Database? ─► Read Database ─► Note Database ─► Backup Mode? ─► Begin Backup ─► Take Snapshot In Backup Mode
 *                                                        │                │                    │
 *     Clears Up? ─► Find Backup Mode ─► In Backup Mode? ─┼────────► End Backup ⇄ Wait For Database ─► Note Backup Ended
 *                                                        └─► Take Snapshot
 */
export class DatabaseStates {
  /** Ends the backup mode of a run that is cleared up after, before anything else. */
  readonly beforePrepare: IChainable;
  /** Takes the snapshot, in backup mode or not; of a dry run it reads the database alone. */
  readonly snapshot: IChainable;
  readonly #scope: Construct;
  readonly #states: RunStates;

  constructor(scope: Construct, states: RunStates, oracle: OracleFunction, exits: DatabaseExits) {
    this.#scope = scope;
    this.#states = states;
    const { prepare, takeSnapshot, snapshotFailed, recordResult, recordFailure } = exits;
    const speak = (name: string, onFailure: IChainable, options: TaskOptions = {}): StepTask =>
      states.task(name, onFailure, { function: oracle, ...options });

    const endBackup = this.#endBackup(speak, exits);
    const beginBackup = speak('Begin Backup', endBackup, { retry: 'unbegun' }).next(
      states
        .task('Take Snapshot In Backup Mode', endBackup, {
          step: 'Take Snapshot',
          timeoutPath: '$.backup.max_seconds',
        })
        .next(endBackup),
    );
    const noteDatabase = states
      .task('Note Database', snapshotFailed)
      .next(
        new Choice(scope, 'Backup Mode?')
          .when(Condition.booleanEquals('$.execute', false), recordResult)
          .when(Condition.booleanEquals('$.backs_up', true), beginBackup)
          .otherwise(takeSnapshot),
      );
    this.snapshot = new Choice(scope, 'Database?')
      .when(
        Condition.booleanEquals('$.reads_database', true),
        speak('Read Database', snapshotFailed).next(noteDatabase),
      )
      .when(Condition.booleanEquals('$.execute', false), recordResult)
      .otherwise(takeSnapshot);
    this.beforePrepare = new Choice(scope, 'Clears Up?')
      .when(
        Condition.isPresent('$.event.recover'),
        states
          .task('Find Backup Mode', recordFailure, { retry: 'persistent' })
          .next(
            new Choice(scope, 'In Backup Mode?')
              .when(Condition.booleanEquals('$.ends_backup', true), endBackup)
              .otherwise(prepare),
          ),
      )
      .otherwise(prepare);
  }

  /** The end of a run of which nothing can be recorded: that backup mode was not ended goes before its other failure. */
  static unrecorded(scope: Construct, otherwise: IChainable): IChainable {
    const notEnded = new Fail(scope, 'Backup Mode Not Ended', {
      error: 'BackupModeNotEnded' satisfies ErrorName,
      causePath: '$.backup_failure.Cause',
    });
    return new Choice(scope, 'Which Failure?')
      .when(Condition.isPresent('$.backup_failure'), notEnded)
      .otherwise(otherwise);
  }

  /** The end of a run that clears up: good only if backup mode has been ended as well. */
  cleared({ recordResult, recordFailure }: DatabaseExits): IChainable {
    return new Choice(this.#scope, 'Backup Mode Left?')
      .when(Condition.isPresent('$.backup_failure'), recordFailure)
      .otherwise(recordResult);
  }

  /** Whatever came before it, and whatever comes of it: a target may have to be put back as well. */
  #endBackup(
    speak: (name: string, onFailure: IChainable, options?: TaskOptions) => StepTask,
    { prepare, afterSnapshot, snapshotFailed }: DatabaseExits,
  ): StepTask {
    const notEnded = new Choice(this.#scope, 'Target To Clear Up?')
      .when(Condition.booleanEquals('$.ends_backup', true), prepare)
      .otherwise(snapshotFailed);
    const endBackup = speak('End Backup', notEnded, {
      failurePath: '$.backup_failure',
      retry: 'persistent',
    });
    const onward = new Choice(this.#scope, 'And Now?')
      .when(Condition.booleanEquals('$.ends_backup', true), prepare)
      .when(Condition.isPresent('$.failure'), snapshotFailed)
      .otherwise(afterSnapshot);
    // Without the note whoever clears up after the run looks once more than needed.
    const noteEnded = this.#states
      .task('Note Backup Ended', onward, { failurePath: '$.unnoted' })
      .next(onward);
    endBackup.next(
      new Choice(this.#scope, 'Backup Ended?')
        .when(
          Condition.booleanEquals('$.backup.done', false),
          this.#states.wait('Wait For Database', '$.backup.wait_seconds').next(endBackup),
        )
        .otherwise(noteEnded),
    );
    return endBackup;
  }
}
