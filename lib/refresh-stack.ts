import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AbortedRuns } from './aborted-runs.ts';
import { acknowledgeFindings } from './acknowledged-findings.ts';
import { CredentialsSecret } from './credentials-secret.ts';
import { DeadLetters } from './dead-letters.ts';
import { EventRules } from './event-rules.ts';
import { bundles, handlerCode } from './handler-code.ts';
import { OracleFunction } from './oracle-function.ts';
import { RefreshBucket } from './refresh-bucket.ts';
import { RefreshFlow } from './refresh-flow.ts';
import { Schedules } from './schedules.ts';
import type { Settings } from './settings.ts';
import { StartFunction } from './start-function.ts';
import { StepFunction } from './step-function.ts';

const ORACLE_KEYS =
  'Oracle credentials of the source database, JSON: ora_src_usr, ora_src_pwd, ora_src_cs; optional ora_src_role';

const ARRAY_KEYS =
  'FlashArray credentials, JSON: src_flash_array_host, src_flash_array_api_token, tgt_flash_array_host, ' +
  'tgt_flash_array_api_token; optional src_flash_array_ca and tgt_flash_array_ca (PEM)';

/** The whole product, for any account and region. */
export class RefreshStack extends Stack {
  constructor(scope: Construct, id: string, { refreshes, oracle, hooks }: Settings) {
    super(scope, id, {
      description: 'Refreshes development databases from production on FlashArray',
    });
    const code = handlerCode(bundles.arrays);
    const bucket = new RefreshBucket(this, 'Refreshes');
    const secret = new CredentialsSecret(this, 'ArraySecret', ARRAY_KEYS);
    const deadLetters = new DeadLetters(this, 'DeadLetters');
    const hasOracle = oracle !== undefined;
    const step = new StepFunction(this, 'Step', { code, bucket, secret, hasOracle, hooks });
    const database = oracle && this.#database(oracle);
    const flow = new RefreshFlow(this, 'Flow', { step, oracle: database, hooks });
    flow.grantDescribe(step.role);
    const start = new StartFunction(this, 'Start', { code, bucket, flow, deadLetters });
    new Schedules(this, 'Schedules', { refreshes, start, deadLetters });
    new EventRules(this, 'Events', { refreshes, start, deadLetters });
    new AbortedRuns(this, 'AbortedRuns', { flow, start, deadLetters });
    acknowledgeFindings(this, { oracle, hooks });

    new CfnOutput(this, 'BucketName', { value: bucket.bucketName });
    new CfnOutput(this, 'SecretArn', { value: secret.arn });
    new CfnOutput(this, 'StateMachineArn', { value: flow.stateMachineArn });
    new CfnOutput(this, 'StartFunctionName', { value: start.functionName });
    new CfnOutput(this, 'DeadLetterQueueUrl', { value: deadLetters.queueUrl });
  }

  /** What speaks to the source database, with a secret, a network and a driver that nobody else has. */
  #database({ network }: NonNullable<Settings['oracle']>): OracleFunction {
    const secret = new CredentialsSecret(this, 'OracleSecret', ORACLE_KEYS);
    new CfnOutput(this, 'OracleSecretArn', { value: secret.arn });
    return new OracleFunction(this, 'Oracle', {
      code: handlerCode(bundles.oracle),
      secret,
      network,
    });
  }
}
