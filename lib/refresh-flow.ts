import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
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
import type { StartEnvironment } from '../lambda/environment.ts';
import { type DatabaseExits, DatabaseStates } from './database-states.ts';
import { logGroup } from './log-group.ts';
import type { OracleFunction } from './oracle-function.ts';
import { RunStates } from './run-states.ts';
import type { StepFunction } from './step-function.ts';
import type { StepTask } from './step-task.ts';

/** What the flow works with. */
export interface RefreshFlowProps {
  readonly step: StepFunction;
  /** Speaks to the source database; without it the machine has no states for that. */
  readonly oracle: OracleFunction | undefined;
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
 */
export class RefreshFlow extends Construct {
  readonly stateMachineArn: string;
  readonly #machine: StateMachine;

  constructor(scope: Construct, id: string, { step, oracle }: RefreshFlowProps) {
    super(scope, id);
    this.#machine = new StateMachine(this, 'StateMachine', {
      definitionBody: DefinitionBody.fromChainable(this.#states(step, oracle)),
      // Longer than the longest waits that a definition may ask for, and what the steps may take.
      timeout: Duration.hours(60),
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

  #states(step: StepFunction, oracle: OracleFunction | undefined): IChainable {
    const states = new RunStates(this, step);
    // With the failure as it came.
    const unrecorded = new Fail(this, 'Failure Not Recorded', {
      errorPath: '$.failure.Error',
      causePath: '$.failure.Cause',
    });
    const recordFailure = states.task(
      'Record Failure',
      oracle ? DatabaseStates.unrecorded(this, unrecorded) : unrecorded,
      { failurePath: '$.unrecorded' },
    );
    recordFailure.next(
      new Fail(this, 'Failed', { errorPath: '$.error.name', causePath: '$.cause' }),
    );
    const rollBack = this.#rollBack(states, recordFailure);
    const recordResult = states
      .task('Record Result', recordFailure)
      .next(new Succeed(this, 'Done'));

    // A guard that stays is released by the next run; the copy is complete.
    const release = states
      .task('Release Guard', recordResult, {
        failurePath: '$.release_failure',
        exceptions: { GuardLost: rollBack },
      })
      .next(recordResult);
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
    const afterSnapshot = new Choice(this, 'Target Group?')
      .when(
        Condition.booleanEquals('$.has_target', true),
        states.task('Plan Overwrite', recordFailure).next(acquire),
      )
      .otherwise(recordResult);

    const checkReplication = states.task('Check Replication', recordFailure);
    checkReplication.next(
      new Choice(this, 'Replicated?')
        .when(Condition.booleanEquals('$.replication.done', true), afterSnapshot)
        .otherwise(
          states.wait('Wait For Replication', '$.replication.wait_seconds').next(checkReplication),
        ),
    );
    const replicate = new Choice(this, 'Replicate?')
      .when(Condition.booleanEquals('$.replicate', true), checkReplication)
      .otherwise(afterSnapshot);
    const takeSnapshot = states.task('Take Snapshot', recordFailure).next(replicate);
    const prepare = states.task('Prepare', recordFailure);
    const exits: DatabaseExits = {
      prepare,
      takeSnapshot,
      afterSnapshot: replicate,
      recordResult,
      recordFailure,
    };
    const database = oracle && new DatabaseStates(this, states, oracle, exits);
    const work = new Choice(this, 'Undo?')
      .when(Condition.booleanEquals('$.undo', true), acquire)
      .otherwise(database?.snapshot ?? takeSnapshot);

    const recover = states.task('Recover Target', recordFailure);
    recover.next(
      new Choice(this, 'Recovered?')
        .when(
          Condition.booleanEquals('$.recovery.done', false),
          states.wait('Wait For Takeover', '$.recovery.wait_seconds').next(recover),
        )
        .when(
          Condition.booleanEquals('$.ends_recovered', true),
          database?.cleared(exits) ?? recordResult,
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

  /** What a failure leads to from the moment on at which the run may hold the lock. */
  #rollBack(states: RunStates, recordFailure: IChainable): StepTask {
    const rollBack = states.task('Roll Back', recordFailure, { failurePath: '$.rollback_failure' });
    rollBack.next(
      new Choice(this, 'Rolled Back?')
        .when(Condition.booleanEquals('$.guard.done', true), recordFailure)
        .otherwise(states.wait('Wait To Roll Back', '$.guard.wait_seconds').next(rollBack)),
    );
    return rollBack;
  }
}
