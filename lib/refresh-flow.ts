import { Duration, Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import {
  Choice,
  Condition,
  DefinitionBody,
  Fail,
  type IChainable,
  JsonPath,
  LogLevel,
  Pass,
  StateMachine,
  Succeed,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { StartEnvironment } from '../lambda/environment.ts';
import { logGroup } from './log-group.ts';
import type { StepFunction } from './step-function.ts';
import { StepTask } from './step-task.ts';

/** What the flow works with. */
export interface RefreshFlowProps {
  readonly step: StepFunction;
}

/**
 * The state machine of a refresh. It routes, and the step function computes.
 *
 *     Begin ─► Prepare ─► Execute? ─┬─► Take Snapshot ─► Replicate? ─┬─► Check Replication ⇄ Wait For Replication
 *                                   │                                └────────────┐      │
 *                                   │       Overwrite Volumes ◄─ Plan Overwrite ◄─┴ Target Group?
 *                                   └──────────────► Record Result ◄────────────────────┘
 *     any failure ─► Record Failure ─► Failed
 */
export class RefreshFlow extends Construct {
  readonly stateMachineArn: string;

  constructor(scope: Construct, id: string, { step }: RefreshFlowProps) {
    super(scope, id);
    const machine = new StateMachine(this, 'StateMachine', {
      definitionBody: DefinitionBody.fromChainable(this.#states(step)),
      // Longer than the longest wait for replication that a definition may ask for, and what the steps may take.
      timeout: Duration.hours(52),
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
    this.stateMachineArn = machine.stateMachineArn;
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

  #states(step: StepFunction): IChainable {
    const recordFailure = new StepTask(this, 'Record Failure', step);
    recordFailure
      .addCatch(
        new Fail(this, 'Failure Not Recorded', {
          errorPath: '$.failure.Error',
          causePath: '$.failure.Cause',
        }),
        { resultPath: '$.unrecorded' },
      )
      .next(new Fail(this, 'Failed', { errorPath: '$.error.name', causePath: '$.error.message' }));

    // Without a result path the error would take the place of the run.
    const task = (name: string) =>
      new StepTask(this, name, step).addCatch(recordFailure, { resultPath: '$.failure' });

    const begin = new Pass(this, 'Begin', {
      comment: 'Makes the run document; the input lies in it as it came',
      parameters: {
        id: JsonPath.executionName,
        execution: JsonPath.executionId,
        started: JsonPath.executionStartTime,
        event: JsonPath.entirePayload,
      },
    });
    const recordResult = task('Record Result').next(new Succeed(this, 'Done'));
    const overwrite = task('Plan Overwrite').next(task('Overwrite Volumes')).next(recordResult);
    const afterSnapshot = new Choice(this, 'Target Group?')
      .when(Condition.booleanEquals('$.has_target', true), overwrite)
      .otherwise(recordResult);
    const checkReplication = task('Check Replication');
    const wait = new Wait(this, 'Wait For Replication', {
      time: WaitTime.secondsPath('$.replication.wait_seconds'),
    });
    checkReplication.next(
      new Choice(this, 'Replicated?')
        .when(Condition.booleanEquals('$.replication.done', true), afterSnapshot)
        .otherwise(wait.next(checkReplication)),
    );
    const snapshot = task('Take Snapshot').next(
      new Choice(this, 'Replicate?')
        .when(Condition.booleanEquals('$.replicate', true), checkReplication)
        .otherwise(afterSnapshot),
    );
    return begin
      .next(task('Prepare'))
      .next(
        new Choice(this, 'Execute?')
          .when(Condition.booleanEquals('$.execute', true), snapshot)
          .otherwise(recordResult),
      );
  }
}
