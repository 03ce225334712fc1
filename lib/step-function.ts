import { Duration } from 'aws-cdk-lib';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type * as z from 'zod';
import type { StepEnvironment } from '../lambda/environment.ts';
import type { hookRightsSchema } from '../lambda/refresh/hooks.ts';
import type { ArraySecrets } from './array-secrets.ts';
import { HandlerFunction } from './handler-function.ts';
import type { PrivateNetwork } from './private-network.ts';
import type { RefreshBucket } from './refresh-bucket.ts';
import type { Settings } from './settings.ts';

/** Longest that one step may take. */
const TIMEOUT = Duration.minutes(10);

/** What the step function works on. */
export interface StepFunctionProps {
  readonly code: Code;
  readonly bucket: RefreshBucket;
  readonly secrets: ArraySecrets;
  /** Whether there is a function for the source database. */
  readonly hasOracle: boolean;
  /** What hooks may call; without it none are called. */
  readonly hooks: Settings['hooks'];
  /** From where it reaches the arrays; without it, from Lambda’s own network. */
  readonly network: PrivateNetwork | undefined;
}

/** Takes one step of a run: `{ step, run }` in, the new run out. The only one who speaks to the arrays. */
export class StepFunction extends HandlerFunction<StepEnvironment> {
  constructor(scope: Construct, id: string, props: StepFunctionProps) {
    const { code, bucket, secrets, hasOracle, hooks, network } = props;
    super(scope, id, {
      description: 'Takes one step of a refresh on the arrays',
      code,
      handler: 'step',
      timeout: TIMEOUT,
      memorySize: 512,
      environment: (role) => ({
        ...bucket.grantRead(role, 'refreshes', 'runs', 'manifests'),
        ...bucket.grantWrite(role, 'runs', 'manifests'),
        ...secrets.grantRead(role),
        SECRET_SECONDS: String(Duration.minutes(5).toSeconds()),
        // Lambda lets a step finish whose execution was aborted, up to the function's timeout.
        STEP_SECONDS: String(TIMEOUT.toSeconds()),
        HAS_ORACLE: String(hasOracle),
        HOOK_RIGHTS: hooks ? JSON.stringify(rightsOf(hooks)) : '',
        OBJECTS_AT: `s3://${bucket.bucketName}`,
      }),
      network,
    });
  }
}

const rightsOf = ({ documents, functions }: NonNullable<Settings['hooks']>) =>
  ({ documents, functions }) satisfies z.input<typeof hookRightsSchema>;
