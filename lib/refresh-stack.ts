import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AbortedRuns } from './aborted-runs.ts';
import { acknowledgeFindings } from './acknowledged-findings.ts';
import { CredentialsSecret } from './credentials-secret.ts';
import { DeadLetters } from './dead-letters.ts';
import { EventRules } from './event-rules.ts';
import { handlerCode } from './handler-code.ts';
import { RefreshBucket } from './refresh-bucket.ts';
import { RefreshFlow } from './refresh-flow.ts';
import { Schedules } from './schedules.ts';
import type { Settings } from './settings.ts';
import { StartFunction } from './start-function.ts';
import { StepFunction } from './step-function.ts';

const ARRAY_KEYS =
  'FlashArray credentials, JSON: src_flash_array_host, src_flash_array_api_token, tgt_flash_array_host, ' +
  'tgt_flash_array_api_token; optional src_flash_array_ca and tgt_flash_array_ca (PEM)';

/** The whole product, for any account and region. */
export class RefreshStack extends Stack {
  constructor(scope: Construct, id: string, { refreshes }: Settings) {
    super(scope, id, {
      description: 'Refreshes development databases from production on FlashArray',
    });
    const code = handlerCode();
    const bucket = new RefreshBucket(this, 'Refreshes');
    const secret = new CredentialsSecret(this, 'ArraySecret', ARRAY_KEYS);
    const deadLetters = new DeadLetters(this, 'DeadLetters');
    const step = new StepFunction(this, 'Step', { code, bucket, secret });
    const flow = new RefreshFlow(this, 'Flow', { step });
    flow.grantDescribe(step.role);
    const start = new StartFunction(this, 'Start', { code, bucket, flow, deadLetters });
    new Schedules(this, 'Schedules', { refreshes, start, deadLetters });
    new EventRules(this, 'Events', { refreshes, start, deadLetters });
    new AbortedRuns(this, 'AbortedRuns', { flow, start, deadLetters });
    acknowledgeFindings(this);

    new CfnOutput(this, 'BucketName', { value: bucket.bucketName });
    new CfnOutput(this, 'SecretArn', { value: secret.arn });
    new CfnOutput(this, 'StateMachineArn', { value: flow.stateMachineArn });
    new CfnOutput(this, 'StartFunctionName', { value: start.functionName });
    new CfnOutput(this, 'DeadLetterQueueUrl', { value: deadLetters.queueUrl });
  }
}
