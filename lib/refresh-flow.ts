import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { type IMetric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Grant, type IGrantable, Policy, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import {
  Choice,
  Condition,
  DefinitionBody,
  Fail,
  type IChainable,
  LogLevel,
  StateMachine,
  Succeed,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { LONGEST_EXECUTION_HOURS, type StartEnvironment } from '../lambda/environment.ts';
import { type DatabaseExits, DatabaseStates } from './database-states.ts';
import { HookStates } from './hook-states.ts';
import { logGroup } from './log-group.ts';
import type { OracleFunction } from './oracle-function.ts';
import { RunStates } from './run-states.ts';
import type { Settings } from './settings.ts';
import type { StepFunction } from './step-function.ts';
import type { StepTask } from './step-task.ts';

/** What the flow works with. */
export interface RefreshFlowProps {
  readonly step: StepFunction;
  /** Speaks to the source database; without it the machine has no states for that. */
  readonly oracle: OracleFunction | undefined;
  /** What hooks may call; without it the machine has no states for them. */
  readonly hooks: Settings['hooks'];
}

/**
 * The state machine of a refresh. It routes, and the step function computes.
 *
 *     Begin ─► Prepare ─► Execute? ─┬─► Recover Target ⇄ Wait For Takeover        (a dead run's guard was found)
 *                                   ├─► Take Snapshot ─► Replicate? ─┬─► Check Replication ⇄ Wait For Replication
 *                                   │                                └────────────┐      │
 *                                   │                          Plan Overwrite ◄───┴ Target Group?
 *                                   ├─► (undo) Acquire Guard ◄───────┘                   │
 *                                   │   Overwrite Volumes ─► Verify Target ─► Release Guard
 *                                   └──────────────► Record Result ◄─────────────────────┘
 *     any failure ─► Record Failure ─► Failed; from Acquire Guard to Verify Target by way of Roll Back ⇄ Wait To Roll Back
 *
 * Between them come the states of the source database and of hooks, where the deployment has them.
 */
export class RefreshFlow extends Construct {
  readonly stateMachineArn: string;
  readonly #machine: StateMachine;

  constructor(scope: Construct, id: string, props: RefreshFlowProps) {
    super(scope, id);
    this.#machine = new StateMachine(this, 'StateMachine', {
      definitionBody: DefinitionBody.fromChainable(this.#states(props)),
      timeout: Duration.hours(LONGEST_EXECUTION_HOURS),
      tracingEnabled: true,
      logs: {
        // A name like this needs no entry in the account's one resource policy for logs, which is soon full.
        destination: logGroup(
          this,
          'Logs',
          `/aws/vendedlogs/states/${Stack.of(this).stackName}-refresh`,
        ),
        // Everything: the run document holds no secret, and an execution's own history is gone after 90 days.
        level: LogLevel.ALL,
        includeExecutionData: true,
      },
    });
    this.stateMachineArn = this.#machine.stateMachineArn;
  }

  /** Lets the grantee start a run. */
  grantStart(grantee: IGrantable): Pick<StartEnvironment, 'STATE_MACHINE_ARN'> {
    Grant.addToPrincipal({
      grantee,
      actions: ['states:StartExecution'],
      resourceArns: [this.stateMachineArn],
    }).assertSuccess();
    return { STATE_MACHINE_ARN: this.stateMachineArn };
  }

  /**
   * Lets the role see whether an execution still runs. In a policy of its own: the step function waits for the policy
   * that its role has anyway, and this one names the machine, which waits for the step function.
   */
  grantDescribe(role: Role): void {
    const executions = Stack.of(this).formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${this.#machine.stateMachineName}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    new Policy(this, 'Describe', {
      roles: [role],
      statements: [
        new PolicyStatement({ actions: ['states:DescribeExecution'], resources: [executions] }),
      ],
    });
  }

  /** Executions that did not succeed, by how they ended. */
  unhappyEnds(period: Duration): Record<'failed' | 'timedOut' | 'aborted', IMetric> {
    const how = { period, statistic: Stats.SUM };
    return {
      failed: this.#machine.metricFailed(how),
      timedOut: this.#machine.metricTimedOut(how),
      aborted: this.#machine.metricAborted(how),
    };
  }

  #states({ step, oracle, hooks: rights }: RefreshFlowProps): IChainable {
    const states = new RunStates(this, step);
    const hooks = rights && new HookStates(this, states, rights);
    // With the failure as it came.
    const unrecorded = new Fail(this, 'Failure Not Recorded', {
      errorPath: '$.failure.Error',
      causePath: '$.failure.Cause',
    });
    const ofHooks = hooks ? HookStates.unrecorded(this, unrecorded) : unrecorded;
    const recordFailure = states.task(
      'Record Failure',
      oracle ? DatabaseStates.unrecorded(this, ofHooks) : ofHooks,
      { failurePath: '$.unrecorded' },
    );
    const failed = new Fail(this, 'Failed', { errorPath: '$.error.name', causePath: '$.cause' });
    recordFailure.next(hooks?.at('on_failure', { done: failed, failed }) ?? failed);
    const recordResult = states
      .task('Record Result', recordFailure)
      .next(new Succeed(this, 'Done'));

    const overwrite = this.#overwrite(states, hooks, { recordResult, recordFailure });
    const afterSnapshot = new Choice(this, 'Target Group?')
      .when(
        Condition.booleanEquals('$.has_target', true),
        states.task('Plan Overwrite', recordFailure).next(overwrite),
      )
      .otherwise(recordResult);
    const replicate = this.#replicate(states, afterSnapshot, recordFailure);
    const snapshotTaken =
      hooks?.at('after_snapshot', { done: replicate, failed: recordFailure }) ?? replicate;
    // What was done before a snapshot has to be ended, whatever became of it.
    const snapshotFailed =
      hooks?.again(
        'after_snapshot',
        'Snapshot Hooks To End?',
        ['before_snapshot', 'after_snapshot'],
        recordFailure,
      ) ?? recordFailure;
    const takeSnapshot = states.task('Take Snapshot', snapshotFailed).next(snapshotTaken);
    const prepare = states.task('Prepare', recordFailure);
    const exits: DatabaseExits = {
      prepare,
      takeSnapshot,
      afterSnapshot: snapshotTaken,
      snapshotFailed,
      recordResult,
      recordFailure,
    };
    const database = oracle && new DatabaseStates(this, states, oracle, exits);
    const snapshot = database?.snapshot ?? takeSnapshot;
    const work = new Choice(this, 'Undo?')
      .when(Condition.booleanEquals('$.undo', true), overwrite)
      .otherwise(
        hooks?.at('before_snapshot', { done: snapshot, failed: snapshotFailed }) ?? snapshot,
      );

    const cleared = database?.cleared(exits) ?? recordResult;
    const recover = states.task('Recover Target', recordFailure);
    recover.next(
      new Choice(this, 'Recovered?')
        .when(
          Condition.booleanEquals('$.recovery.done', false),
          states.wait('Wait For Takeover', '$.recovery.wait_seconds').next(recover),
        )
        .when(
          Condition.booleanEquals('$.ends_recovered', true),
          hooks?.at('clear_up', { done: cleared, failed: recordFailure }) ?? cleared,
        )
        .otherwise(work),
    );
    prepare.next(
      new Choice(this, 'Execute?')
        .when(Condition.booleanEquals('$.execute', false), database?.snapshot ?? recordResult)
        .when(Condition.booleanEquals('$.recovers', true), recover)
        .otherwise(work),
    );
    return states.begin().next(database?.beforePrepare ?? prepare);
  }

  /** Waits until the snapshot has arrived, where it is replicated. */
  #replicate(states: RunStates, arrived: IChainable, recordFailure: IChainable): IChainable {
    const check = states.task('Check Replication', recordFailure);
    check.next(
      new Choice(this, 'Replicated?')
        .when(Condition.booleanEquals('$.replication.done', true), arrived)
        .otherwise(states.wait('Wait For Replication', '$.replication.wait_seconds').next(check)),
    );
    return new Choice(this, 'Replicate?')
      .when(Condition.booleanEquals('$.replicate', true), check)
      .otherwise(arrived);
  }

  /** From the guard to its release, all or nothing. */
  #overwrite(
    states: RunStates,
    hooks: HookStates | undefined,
    { recordResult, recordFailure }: Readonly<Record<'recordResult' | 'recordFailure', IChainable>>,
  ): IChainable {
    const exits = { done: recordResult, failed: recordFailure };
    const released = hooks
      ? new Choice(this, 'Undone?')
          // What was stopped for the overwrite is started again on what it held once; after a failure too.
          .when(Condition.booleanEquals('$.undo', true), hooks.at('on_abort', exits))
          .otherwise(hooks.at('after_overwrite', exits))
      : recordResult;
    const aborted =
      hooks?.again('on_abort', 'To Start Again?', ['on_abort'], recordFailure) ?? recordFailure;
    const rollBack = this.#rollBack(states, aborted);
    // A guard that stays is released by the next run; the copy is complete.
    const release = states
      .task('Release Guard', released, {
        failurePath: '$.release_failure',
        exceptions: { GuardLost: rollBack },
      })
      .next(released);
    const verify = states.task('Verify Target', rollBack).next(release);
    const overwrite = states
      .task('Overwrite Volumes', rollBack)
      .next(
        new Choice(this, 'Answered?')
          .when(
            Condition.numberGreaterThan('$.guard.wait_seconds', 0),
            states.wait('Wait For Answers', '$.guard.wait_seconds').next(verify),
          )
          .otherwise(verify),
      );
    const acquire = states.task('Acquire Guard', rollBack).next(overwrite);
    return hooks?.at('before_overwrite', { done: acquire, failed: aborted }) ?? acquire;
  }

  /** What a failure leads to from the moment on at which the run may hold the lock. */
  #rollBack(states: RunStates, aborted: IChainable): StepTask {
    const rollBack = states.task('Roll Back', aborted, { failurePath: '$.rollback_failure' });
    rollBack.next(
      new Choice(this, 'Rolled Back?')
        .when(Condition.booleanEquals('$.guard.done', true), aborted)
        .otherwise(states.wait('Wait To Roll Back', '$.guard.wait_seconds').next(rollBack)),
    );
    return rollBack;
  }
}
