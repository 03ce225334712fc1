import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import type { AwsCall } from '../support/aws-calls.ts';
import { allCases } from '../support/extent.ts';
import { readCalls } from '../support/recorded-calls.ts';
import { DOCUMENT, FUNCTION, TAGS } from '../support/target-database.ts';
import { resourcesIn } from './support/account.ts';
import { deniedBy, type Grant, grantsIn, unusedBy } from './support/iam.ts';
import { root } from './support/project.ts';
import { settingsIn, templateFor } from './support/synthesis.ts';

/** What the tests of the whole flow have asked of AWS, in this run of the tests: they come before these. */
const { files, calls } = readCalls();
const folder = join(root, 'test', 'flow');
const leftOut = allCases ? /^$/ : /^describe\.runIf\(allCases\)/m;
const flowTests = readdirSync(folder).filter((file) => {
  if (!file.endsWith('.test.ts')) return false;
  const text = readFileSync(join(folder, file), 'utf8');
  return text.includes('useWorld(') && !leftOut.test(text);
});

/** As the flow tests have it, and with all else that a deployment can have. */
const template = templateFor({
  ...settingsIn('everything'),
  hooks: {
    documents: [DOCUMENT, 'AWS-RunShellScript'],
    instanceTags: { role: [TAGS.role] },
    functions: [FUNCTION],
  },
}).toJSON();
const grants = grantsIn(template);

interface Exception {
  readonly reason: string;
  readonly callers: readonly AwsCall['caller'][];
  /** All of them, and no other. */
  readonly actions: readonly string[];
  /** The one resource, or the beginning of those that are a function's own. */
  readonly resource: string;
}

/** What AWS does under our roles, and no call of ours: six things, each with its reason. */
const exceptions: readonly Exception[] = [
  {
    reason: 'Lambda writes the log of a function under the function’s role.',
    callers: ['start', 'step', 'oracle', 'notify'],
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resource: 'arn:aws:logs:us-east-1:123456789012:',
  },
  {
    reason: 'Lambda sends what a function could not handle to the queue, under its role.',
    callers: ['start', 'notify'],
    actions: ['sqs:SendMessage'],
    resource: 'arn:aws:sqs:us-east-1:123456789012:DeadLetters',
  },
  {
    reason:
      'Lambda has the notify function told what start could not handle, under the role of start.',
    callers: ['start'],
    actions: ['lambda:InvokeFunction'],
    resource: 'arn:aws:lambda:us-east-1:123456789012:function:Notify',
  },
  {
    reason: 'Lambda makes and removes the network interfaces of a function under its role.',
    callers: ['step', 'oracle'],
    actions: [
      'ec2:AssignPrivateIpAddresses',
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:UnassignPrivateIpAddresses',
    ],
    resource: '*',
  },
  {
    reason: 'Step Functions sets up the delivery of its log under the machine’s role.',
    callers: ['machine'],
    actions: [
      'logs:CreateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:DescribeLogGroups',
      'logs:DescribeResourcePolicies',
      'logs:GetLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:UpdateLogDelivery',
    ],
    resource: '*',
  },
  {
    reason: 'Step Functions sends traces under the machine’s role.',
    callers: ['machine'],
    actions: [
      'xray:GetSamplingRules',
      'xray:GetSamplingTargets',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ],
    resource: '*',
  },
];

const isOn = (exception: Exception, { resource }: Grant): boolean =>
  exception.resource === '*' ? resource === '*' : resource.startsWith(exception.resource);

const isExcepted = (grant: Grant): boolean =>
  exceptions.some(
    (it) =>
      it.callers.includes(grant.caller) && it.actions.includes(grant.action) && isOn(it, grant),
  );

/** Every wildcard that is granted for calls of ours: the callers, what they may do there, and under which condition. */
const WILDCARDS = [
  'machine ssm:GetCommandInvocation *',
  'machine ssm:ListCommandInvocations *',
  'machine ssm:ListCommands *',
  'machine ssm:SendCommand arn:aws:ec2:us-east-1:123456789012:instance/* where ssm:resourceTag/role is dev',
  'machine ssm:SendCommand arn:aws:ssm:us-east-1:123456789012:managed-instance/* where ssm:resourceTag/role is dev',
  'notify s3:GetObject arn:aws:s3:::BUCKET/manifests/*',
  'start s3:GetObject arn:aws:s3:::BUCKET/refreshes/*',
  'step s3:GetObject arn:aws:s3:::BUCKET/manifests/*',
  'step s3:GetObject arn:aws:s3:::BUCKET/refreshes/*',
  'step s3:GetObject arn:aws:s3:::BUCKET/runs/*',
  'step s3:PutObject arn:aws:s3:::BUCKET/manifests/*',
  'step s3:PutObject arn:aws:s3:::BUCKET/runs/*',
  'step states:DescribeExecution arn:aws:states:us-east-1:123456789012:execution:MACHINE:*',
];

const inWords = ({ caller, action, resource, conditions }: Grant): string => {
  const plain = resource
    .replace(/:::refreshesbucket[0-9a-f]{8}/, ':::BUCKET')
    .replace(/:FlowStateMachine[0-9A-F]{8}:/, ':MACHINE:');
  const where = Object.entries(conditions).map(([key, values]) => ` where ${key} is ${values}`);
  return `${caller} ${action} ${plain}${where.join('')}`;
};

/** The uses of the key that S3 and Secrets Manager make of it in the caller's name. */
const withKey = (made: readonly AwsCall[]): AwsCall[] => {
  const [key] =
    Object.entries(resourcesIn(template)).find(([, it]) => it.Type === 'AWS::KMS::Key') ?? [];
  const uses: Readonly<Record<string, [action: string, service: string]>> = {
    's3:GetObject': ['kms:Decrypt', 's3'],
    's3:PutObject': ['kms:GenerateDataKey', 's3'],
    'secretsmanager:GetSecretValue': ['kms:Decrypt', 'secretsmanager'],
  };
  return made.flatMap(({ caller, action }) => {
    const use = uses[action];
    if (!use) return [];
    return {
      caller,
      action: use[0],
      resource: `arn:aws:kms:us-east-1:123456789012:${key}`,
      context: { 'kms:ViaService': `${use[1]}.us-east-1.amazonaws.com` },
    };
  });
};

const secretsByName = new Map(
  Object.entries(resourcesIn(template)).flatMap(([id, { Type, Properties }]) => {
    const { Name } = Object(Properties);
    return Type === 'AWS::SecretsManager::Secret' && Name
      ? [[String(Name), `arn:aws:secretsmanager:us-east-1:123456789012:secret:${id}`]]
      : [];
  }),
);

/** All that is asked of AWS, with secrets by their ARNs, as IAM has them. */
const asked = [...calls, ...withKey(calls)].map((call) => ({
  ...call,
  resource: secretsByName.get(call.resource) ?? call.resource,
}));

const show = ({ caller, action, resource }: Grant | AwsCall): string =>
  `${caller}: ${action} on ${resource}`;
const unnamed = (of: readonly Grant[]): Grant[] =>
  unusedBy(of, asked).filter((grant) => !isExcepted(grant));

// Where only some tests run, there is nothing to hold it against.
describe.skipIf(!inject('wholeSuite'))('the least privilege', () => {
  it('is held against the calls of all tests of the whole flow', () => {
    expect(flowTests.length).toBeGreaterThan(20);
    expect(flowTests.filter((file) => !files.includes(file))).toEqual([]);
    expect([...new Set(calls.map(({ caller }) => caller))].sort()).toEqual([
      'machine',
      'notify',
      'oracle',
      'start',
      'step',
    ]);
  });

  it('allows each of them', () => {
    expect(deniedBy(grants, asked).map(show)).toEqual([]);
  });

  it('allows nothing that none of them needs, but for six things that AWS does in our name', () => {
    expect(unnamed(grants).map(show)).toEqual([]);
    expect(exceptions).toHaveLength(6);
    for (const exception of exceptions) {
      const { callers, actions } = exception;
      for (const action of actions) {
        const holders = grants.filter(
          (it) => it.effect === 'Allow' && it.action === action && isOn(exception, it),
        );
        expect([...new Set(holders.map(({ caller }) => caller))].sort()).toEqual(
          [...callers].sort(),
        );
      }
    }
  });

  it('allows no more than this where a name is not known before', () => {
    const wild = grants.filter(
      (grant) =>
        grant.effect === 'Allow' &&
        /[*?]/.test(grant.action + grant.resource) &&
        !isExcepted(grant),
    );

    expect(wild.map(inWords).sort()).toEqual(WILDCARDS);
  });

  it('is missed where any permission is taken away', () => {
    const needed = grants.filter((grant) => grant.effect === 'Allow' && !isExcepted(grant));

    expect(needed.length).toBeGreaterThan(15);
    const notMissed = needed.filter(
      (grant) =>
        deniedBy(
          grants.filter((it) => it !== grant),
          asked,
        ).length === 0,
    );
    expect(notMissed.map(show)).toEqual([]);
  });

  it.each([
    ['another action on what is there', 's3:DeleteObject', 'runs/*'],
    ['a folder that is only read', 's3:PutObject', 'refreshes/*'],
    ['all of a service', 's3:*', '*'],
  ])('is exceeded where one is added: %s', (_, action, objects) => {
    const bucket = grants.find((it) => it.action === 's3:ListBucket')?.resource;
    const added: Grant = {
      caller: 'step',
      effect: 'Allow',
      action,
      resource: `${bucket}/${objects}`,
      conditions: {},
    };

    expect(unnamed([...grants, added])).toEqual([added]);
  });
});
