import { type Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { constructOf, secretNamesOf } from './array-secrets.ts';
import type { Settings } from './settings.ts';

/** A finding of the security rules that we know of and accept. `docs/security-findings.md` lists the same. */
export interface AcknowledgedFinding {
  /** Rules, rule and, where one rule has many findings, the finding. */
  readonly id: string;
  /** Path of the construct in the stack. */
  readonly construct: string;
  /** Why, so that a reviewer can check it. */
  readonly reason: string;
}

const wildcard = (resource: string) => `AwsSolutions::AwsSolutions-IAM5[Resource::${resource}]`;
const objectsOf = (folder: string) => wildcard(`<RefreshesBucketADA927AA.Arn>/${folder}/*`);

const definitions =
  'One folder of one bucket, for s3:GetObject alone: definitions are added after the deployment, so their names are not known here.';
const documents =
  'One folder of one bucket, for s3:GetObject and s3:PutObject alone: the objects bear the ids of runs to come.';
const read =
  'One folder of one bucket, for s3:GetObject alone: the manifests bear the ids of runs to come.';
const records =
  'One folder of one bucket, for reading and writing objects: they bear the ids of runs to come.';

const ofArraySecret = (construct: string): AcknowledgedFinding => ({
  id: 'AwsSolutions::AwsSolutions-SMG4',
  construct,
  reason:
    'The secret holds API tokens of FlashArray users. Only the array issues them, so Secrets Manager cannot rotate them.',
});

/** Of every deployment. */
const ofArrays: readonly AcknowledgedFinding[] = [
  ofArraySecret('ArraySecret'),
  { id: objectsOf('refreshes'), construct: 'StartRole', reason: definitions },
  { id: objectsOf('refreshes'), construct: 'StepRole', reason: definitions },
  { id: objectsOf('runs'), construct: 'StepRole', reason: documents },
  { id: objectsOf('manifests'), construct: 'StepRole', reason: records },
  { id: objectsOf('manifests'), construct: 'NotifyRole', reason: read },
  {
    id: wildcard(
      'arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:<FlowStateMachineD2BABC26.Name>:*',
    ),
    construct: 'Flow/Describe',
    reason:
      'The executions of one state machine, for states:DescribeExecution alone: those of runs to come are not known here.',
  },
  {
    id: wildcard('*'),
    construct: 'Flow/StateMachine/Role',
    reason:
      'Log delivery and X-Ray actions, which Step Functions needs to log and trace, and looks at commands that hooks have sent. AWS has no narrower resource for any of them.',
  },
];

/** Of one that speaks to a source database. */
const ofOracle: readonly AcknowledgedFinding[] = [
  {
    id: 'AwsSolutions::AwsSolutions-SMG4',
    construct: 'OracleSecret',
    reason:
      'The secret holds the password of a database user. It is changed where the database is, often together with a password file, so Secrets Manager cannot rotate it.',
  },
];

/** Of one that reaches arrays or databases from a network of one's own. */
const ofNetwork = (construct: string): AcknowledgedFinding => ({
  id: wildcard('*'),
  construct,
  reason:
    'Network interfaces and their addresses alone, which Lambda needs to join a network. The interfaces are not there before, and AWS prescribes *.',
});

/** Of one whose hooks send documents to hosts. */
const ofDocuments: readonly AcknowledgedFinding[] = [
  {
    id: wildcard('arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:instance/*'),
    construct: 'Flow/StateMachine/Role',
    reason:
      'Instances of this account that bear the tags of the settings, for ssm:SendCommand of the documents of the settings alone.',
  },
  {
    id: wildcard('arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:managed-instance/*'),
    construct: 'Flow/StateMachine/Role',
    reason:
      'Hosts outside of EC2 that bear the tags of the settings, for ssm:SendCommand of the documents of the settings alone.',
  },
];

type Features = Pick<Settings, 'refreshes' | 'network' | 'oracle' | 'hooks'>;

/** Those of a deployment with these settings. */
export const acknowledgedFindings = ({
  refreshes,
  network,
  oracle,
  hooks,
}: Features): AcknowledgedFinding[] => [
  ...ofArrays,
  ...secretNamesOf(refreshes).map((name) => ofArraySecret(constructOf(name))),
  ...(network ? [ofNetwork('StepRole')] : []),
  ...(oracle ? ofOracle : []),
  ...(oracle?.network ? [ofNetwork('OracleRole')] : []),
  ...(hooks && hooks.documents.length > 0 ? ofDocuments : []),
];

/** Tells the rules that each of the findings is known. @throws when a construct is not there */
export function acknowledgeFindings(stack: Stack, features: Features): void {
  for (const { id, construct, reason } of acknowledgedFindings(features)) {
    const found = construct
      .split('/')
      .reduce<IConstruct>((parent, child) => parent.node.findChild(child), stack);
    Validations.of(found).acknowledge({ id, reason });
  }
}
