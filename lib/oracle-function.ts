import { Duration } from 'aws-cdk-lib';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { OracleEnvironment } from '../lambda/environment.ts';
import type { CredentialsSecret } from './credentials-secret.ts';
import { HandlerFunction } from './handler-function.ts';
import type { PrivateNetwork } from './private-network.ts';

/** Longest that one step may take. One that hits a database which is slow at everything is cut off and tried again. */
const TIMEOUT = Duration.minutes(10);

/** What the Oracle function works with. */
export interface OracleFunctionProps {
  readonly code: Code;
  readonly secret: CredentialsSecret;
  readonly network: PrivateNetwork | undefined;
}

/**
 * Takes the steps that speak to the source database: `{ step, run }` in, the new run out. With credentials, network and
 * driver of its own, so that the functions which speak to arrays have none of them.
 */
export class OracleFunction extends HandlerFunction<OracleEnvironment> {
  constructor(scope: Construct, id: string, { code, secret, network }: OracleFunctionProps) {
    super(scope, id, {
      description: 'Reads facts of an Oracle database, and puts it into backup mode and out of it',
      code,
      handler: 'oracle',
      timeout: TIMEOUT,
      memorySize: 512,
      environment: (role) => ({
        ...secret.grantRead(role),
        STEP_SECONDS: String(TIMEOUT.toSeconds()),
      }),
      network,
    });
  }
}
