import { Duration } from 'aws-cdk-lib';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import { LambdaDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { Construct } from 'constructs';
import type { StartEnvironment } from '../lambda/environment.ts';
import type { DeadLetters } from './dead-letters.ts';
import { HandlerFunction } from './handler-function.ts';
import type { NotifyFunction } from './notify-function.ts';
import type { RefreshBucket } from './refresh-bucket.ts';
import type { RefreshFlow } from './refresh-flow.ts';

/** What the start function works on. */
export interface StartFunctionProps {
  readonly code: Code;
  readonly bucket: RefreshBucket;
  readonly flow: RefreshFlow;
  readonly deadLetters: DeadLetters;
  /** Tells of a request that no run came of. */
  readonly notify: NotifyFunction;
}

/** Checks the definition and starts the run. Knows neither the secret nor an array. */
export class StartFunction extends HandlerFunction<StartEnvironment> {
  constructor(
    scope: Construct,
    id: string,
    { code, bucket, flow, deadLetters, notify }: StartFunctionProps,
  ) {
    super(scope, id, {
      description: 'Starts a refresh: { "refresh": "<name>" }',
      code,
      handler: 'start',
      timeout: Duration.seconds(30),
      memorySize: 256,
      environment: (role) => ({
        ...bucket.grantRead(role, 'refreshes'),
        ...flow.grantStart(role),
      }),
      deadLetters,
      // The queue keeps the request, and this has people told why nothing came of it. Not by way of the bus: whoever listens
      // there would see the whole request.
      onFailure: new LambdaDestination(notify),
    });
  }
}
