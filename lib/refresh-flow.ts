import { Duration } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import {
  Choice,
  Condition,
  DefinitionBody,
  Fail,
  JitterType,
  JsonPath,
  LogLevel,
  Pass,
  StateMachine,
  Succeed,
  TaskInput,
  type TaskStateBase,
  Timeout,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import type { StartEnvironment } from '../lambda/environment.ts';
import { logGroup } from './log-group.ts';
import type { StepFunction } from './step-function.ts';

/** The errors that a second attempt may cure: ours by name, then those of Lambda itself. */
const transient = [
  'ArrayUnavailable',
  'ArrayThrottled',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.TooManyRequestsException',
  'Sandbox.Timedout',
];

/** What the flow works with. */
export interface RefreshFlowProps {
  readonly step: StepFunction;
}

/**
 * The state machine of a refresh. It routes, the step function computes: the run document goes in whole and comes out
 * whole. `docs/` draws it.
 */
export class RefreshFlow extends Construct {
  readonly stateMachineArn: string;
  readonly #step: StepFunction;

  constructor(scope: Construct, id: string, { step }: RefreshFlowProps) {
    super(scope, id);
    this.#step = step;

    const notRecorded = new Fail(this, 'Failure Not Recorded', {
      errorPath: '$.failure.Error',
      causePath: '$.failure.Cause',
    });
    const recordFailure = this.#task('Record Failure').addCatch(notRecorded, {
      resultPath: '$.unrecorded',
    });
    recordFailure.next(
      new Fail(this, 'Failed', { errorPath: '$.error.name', causePath: '$.error.message' }),
    );
    const task = (name: string) =>
      this.#task(name).addCatch(recordFailure, { resultPath: '$.failure' });

    const begin = new Pass(this, 'Begin', {
      comment: 'The run document; the input as it came lies under event',
      parameters: {
        id: JsonPath.executionName,
        execution: JsonPath.executionId,
        started: JsonPath.executionStartTime,
        event: JsonPath.entirePayload,
      },
    });
    const recordResult = task('Record Result').next(new Succeed(this, 'Done'));
    const overwrite = task('Plan Overwrite').next(task('Overwrite Volumes')).next(recordResult);
    const snapshot = task('Take Snapshot').next(
      new Choice(this, 'Target Group?')
        .when(Condition.booleanEquals('$.has_target', true), overwrite)
        .otherwise(recordResult),
    );
    const definition = begin
      .next(task('Prepare'))
      .next(
        new Choice(this, 'Execute?')
          .when(Condition.booleanEquals('$.execute', true), snapshot)
          .otherwise(recordResult),
      );

    const machine = new StateMachine(this, 'StateMachine', {
      definitionBody: DefinitionBody.fromChainable(definition),
      timeout: Duration.hours(4),
      tracingEnabled: true,
      logs: {
        destination: logGroup(this, 'Logs'),
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

  /** A step of that name: the run goes in, the run comes out. */
  #task(name: string): TaskStateBase {
    return new LambdaInvoke(this, name, {
      lambdaFunction: this.#step,
      payload: TaskInput.fromObject({
        step: name.toLowerCase().replaceAll(' ', '-'),
        run: JsonPath.entirePayload,
      }),
      outputPath: '$.Payload',
      // Longer than the function's own timeout, so that Lambda's word is the one that is heard.
      taskTimeout: Timeout.duration(Duration.seconds(630)),
      retryOnServiceExceptions: false,
    }).addRetry({
      errors: transient,
      interval: Duration.seconds(1),
      backoffRate: 2,
      maxAttempts: 3,
      jitterStrategy: JitterType.FULL,
    });
  }
}
