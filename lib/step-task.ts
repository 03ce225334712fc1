import { Duration } from 'aws-cdk-lib';
import {
  JitterType,
  JsonPath,
  type RetryProps,
  TaskInput,
  Timeout,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type { HandlerFunction } from './handler-function.ts';

/** Lambda's own errors that a second attempt may cure. The CDK's list leaves out the last two. */
const lambdaErrors = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.TooManyRequestsException',
  'Sandbox.Timedout',
];

/** The errors of ours that a second attempt may cure, by name. */
const ourErrors = ['ArrayUnavailable', 'ArrayThrottled', 'RunStillRunning', 'DatabaseUnavailable'];

/** How often, and after which pauses, a step is attempted again. */
export const retries = {
  usual: {
    errors: [...ourErrors, ...lambdaErrors],
    interval: Duration.seconds(1),
    backoffRate: 2,
    maxAttempts: 3,
    jitterStrategy: JitterType.FULL,
  },
  /** For a step that must not be done twice: only where Lambda has not begun it. */
  unbegun: {
    errors: ['Lambda.TooManyRequestsException'],
    interval: Duration.seconds(1),
    backoffRate: 2,
    maxAttempts: 3,
    jitterStrategy: JitterType.FULL,
  },
  /** For a step that has to succeed, whatever it is that is in its way. */
  persistent: {
    errors: ['States.ALL'],
    interval: Duration.seconds(5),
    backoffRate: 2,
    maxAttempts: 5,
  },
} as const satisfies Record<string, RetryProps>;

export interface StepTaskProps {
  readonly function: HandlerFunction<Record<string, string>>;
  /** Name of the step where it is not that of the state. */
  readonly step?: string;
  /** Path to the seconds that the state may take; without it, as long as the function. */
  readonly timeoutPath?: string;
  readonly retry?: keyof typeof retries;
}

/** A state that has a function take the step of the state's name: the whole run in, the whole run out. */
export class StepTask extends LambdaInvoke {
  constructor(scope: Construct, name: string, props: StepTaskProps) {
    const { function: lambdaFunction, step = name, timeoutPath, retry = 'usual' } = props;
    super(scope, name, {
      lambdaFunction,
      payload: TaskInput.fromObject({
        step: step.toLowerCase().replaceAll(' ', '-'),
        run: JsonPath.entirePayload,
      }),
      outputPath: '$.Payload',
      taskTimeout:
        timeoutPath === undefined
          ? // Longer than the function's own, so that it is Lambda that tells what happened.
            Timeout.duration(lambdaFunction.longest.plus(Duration.seconds(30)))
          : Timeout.at(timeoutPath),
      retryOnServiceExceptions: false,
    });
    this.addRetry(retries[retry]);
  }
}
