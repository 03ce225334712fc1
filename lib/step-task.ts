import { Duration } from 'aws-cdk-lib';
import { JitterType, JsonPath, TaskInput, Timeout } from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { StepFunction } from './step-function.ts';

/**
 * The errors that a second attempt may cure: ours by name, then Lambda's own. The CDK's list for Lambda leaves out
 * the last two.
 */
const transient = [
  'ArrayUnavailable',
  'ArrayThrottled',
  'RunStillRunning',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.TooManyRequestsException',
  'Sandbox.Timedout',
];

/** A state that has the step function take the step of the state's name: the whole run in, the whole run out. */
export class StepTask extends LambdaInvoke {
  constructor(scope: Construct, name: string, step: StepFunction) {
    super(scope, name, {
      lambdaFunction: step,
      payload: TaskInput.fromObject({
        step: name.toLowerCase().replaceAll(' ', '-'),
        run: JsonPath.entirePayload,
      }),
      outputPath: '$.Payload',
      // Longer than the function's own, so that it is Lambda that tells what happened.
      taskTimeout: Timeout.duration(StepFunction.timeout.plus(Duration.seconds(30))),
      retryOnServiceExceptions: false,
    });
    this.addRetry({
      errors: transient,
      interval: Duration.seconds(1),
      backoffRate: 2,
      maxAttempts: 3,
      jitterStrategy: JitterType.FULL,
    });
  }
}
