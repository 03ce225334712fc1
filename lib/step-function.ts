import { Duration } from 'aws-cdk-lib';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { StepEnvironment } from '../lambda/environment.ts';
import type { CredentialsSecret } from './credentials-secret.ts';
import { HandlerFunction } from './handler-function.ts';
import type { RefreshBucket } from './refresh-bucket.ts';

/** What the step function works on. */
export interface StepFunctionProps {
  readonly code: Code;
  readonly bucket: RefreshBucket;
  readonly secret: CredentialsSecret;
}

/** Takes one step of a run: `{ step, run }` in, the new run out. The only one who speaks to the arrays. */
export class StepFunction extends HandlerFunction<StepEnvironment> {
  /** Longest that one step may take. */
  static readonly timeout = Duration.minutes(10);

  constructor(scope: Construct, id: string, { code, bucket, secret }: StepFunctionProps) {
    super(scope, id, {
      description: 'Takes one step of a refresh on the arrays',
      code,
      handler: 'step',
      timeout: StepFunction.timeout,
      memorySize: 512,
      environment: (role) => ({
        ...bucket.grantRead(role, 'refreshes', 'runs', 'manifests'),
        ...bucket.grantWrite(role, 'runs', 'manifests'),
        ...secret.grantRead(role),
        // Lambda lets a step finish whose execution was aborted, up to the function's timeout.
        STEP_SECONDS: String(StepFunction.timeout.toSeconds()),
      }),
    });
  }
}
