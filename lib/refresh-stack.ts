import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { NoticeKind } from '../lambda/notices/notice.ts';
import { AbortedRuns } from './aborted-runs.ts';
import { acknowledgeFindings } from './acknowledged-findings.ts';
import { Alarms } from './alarms.ts';
import { ArraySecrets } from './array-secrets.ts';
import { CredentialsSecret } from './credentials-secret.ts';
import { DeadLetters } from './dead-letters.ts';
import { encryptionKey } from './encryption-key.ts';
import { EventRules } from './event-rules.ts';
import { bundles, handlerCode } from './handler-code.ts';
import { NoticeTopic } from './notice-topic.ts';
import { NotifyFunction } from './notify-function.ts';
import { OracleFunction } from './oracle-function.ts';
import { PrivateNetwork } from './private-network.ts';
import { RefreshBucket } from './refresh-bucket.ts';
import { RefreshFlow } from './refresh-flow.ts';
import { Schedules } from './schedules.ts';
import type { Network, Settings } from './settings.ts';
import { StartFunction } from './start-function.ts';
import { StepFunction } from './step-function.ts';

const ORACLE_KEYS =
  'Oracle credentials of the source database, JSON: ora_src_usr, ora_src_pwd, ora_src_cs; optional ora_src_role';

/** The ends of which people are told in any case. */
const TOLD: readonly NoticeKind[] = ['failed', 'refused', 'recovered', 'stopped'];

/** The whole product, for any account and region. */
export class RefreshStack extends Stack {
  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id, {
      description: 'Refreshes development databases from production on FlashArray',
    });
    const { refreshes, network, oracle, hooks, notifications } = settings;
    const code = handlerCode(bundles.arrays);
    const key = settings.encryptionKey
      ? encryptionKey(this, 'Key', settings.encryptionKey)
      : undefined;
    const bucket = new RefreshBucket(this, 'Refreshes', key);
    const secrets = new ArraySecrets(this, refreshes, key);
    const deadLetters = new DeadLetters(this, 'DeadLetters');
    const step = new StepFunction(this, 'Step', {
      code,
      bucket,
      secrets,
      hasOracle: oracle !== undefined,
      hooks,
      network: network && this.#network('Network', network, 'Arrays', network.arrays, 443),
    });
    const database = oracle && this.#database(oracle, key);
    const flow = new RefreshFlow(this, 'Flow', { step, oracle: database, hooks });
    flow.grantDescribe(step.role);
    const topic = new NoticeTopic(this, 'Notices', notifications.emails);
    const notify = new NotifyFunction(this, 'Notify', {
      code: handlerCode(bundles.notices),
      bucket,
      topic,
      flow,
      kinds: notifications.successes ? [...TOLD, 'succeeded'] : TOLD,
      deadLetters,
    });
    const start = new StartFunction(this, 'Start', { code, bucket, flow, deadLetters, notify });
    new Schedules(this, 'Schedules', { refreshes, start, deadLetters });
    new EventRules(this, 'Events', { refreshes, start, deadLetters });
    new AbortedRuns(this, 'AbortedRuns', { flow, start, deadLetters });
    const hasOracle = oracle !== undefined;
    new Alarms(this, 'Alarms', { refreshes, hasOracle, flow, deadLetters, topic });
    acknowledgeFindings(this, settings);

    new CfnOutput(this, 'BucketName', { value: bucket.bucketName });
    new CfnOutput(this, 'StateMachineArn', { value: flow.stateMachineArn });
    new CfnOutput(this, 'StartFunctionName', { value: start.functionName });
    new CfnOutput(this, 'NoticeTopicArn', { value: topic.topicArn });
    new CfnOutput(this, 'DeadLetterQueueUrl', { value: deadLetters.queueUrl });
  }

  /** What speaks to the source database, with a secret, a network and a driver that nobody else has. */
  #database({ network }: NonNullable<Settings['oracle']>, key: IKey | undefined): OracleFunction {
    const secret = new CredentialsSecret(this, 'OracleSecret', { description: ORACLE_KEYS, key });
    new CfnOutput(this, 'OracleSecretArn', { value: secret.arn });
    return new OracleFunction(this, 'Oracle', {
      code: handlerCode(bundles.oracle),
      secret,
      network:
        network &&
        this.#network('OracleNetwork', network, 'Databases', network.databases, network.port),
    });
  }

  /** From where one function reaches its far ends, and the services of AWS. */
  #network(
    id: string,
    { vpcId, subnetIds, endpoints }: Pick<Network, 'vpcId' | 'subnetIds' | 'endpoints'>,
    name: string,
    peers: readonly string[],
    port: number,
  ): PrivateNetwork {
    const network = new PrivateNetwork(this, id, {
      vpcId,
      subnetIds,
      destinations: [
        { name, peers, port },
        { name: 'AWS services', peers: endpoints, port: 443 },
      ],
    });
    // For the endpoints of AWS services and for firewalls, which have to let it in.
    new CfnOutput(this, `${id}SecurityGroupId`, { value: network.securityGroup.securityGroupId });
    return network;
  }
}
