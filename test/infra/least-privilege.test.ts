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

/** Grants that no call of ours uses, each with its reason. */
const unused: readonly { reason: string; is: (grant: Grant) => boolean }[] = [
  {
    reason: 'Lambda writes the log of a function under the function’s role.',
    is: ({ caller, action }) =>
      caller !== 'machine' && /^logs:(CreateLogStream|PutLogEvents)$/.test(action),
  },
  {
    reason: 'Lambda sends what the start function could not handle to the queue, under its role.',
    is: ({ caller, action }) => caller === 'start' && action === 'sqs:SendMessage',
  },
  {
    reason: 'Lambda makes and removes the network interfaces of a function under its role.',
    is: ({ caller, action }) => ['step', 'oracle'].includes(caller) && action.startsWith('ec2:'),
  },
  {
    reason: 'Step Functions sets up the delivery of its log under the machine’s role.',
    is: ({ caller, action }) => caller === 'machine' && action.startsWith('logs:'),
  },
  {
    reason: 'Step Functions sends traces under the machine’s role.',
    is: ({ caller, action }) => caller === 'machine' && action.startsWith('xray:'),
  },
];

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
  unusedBy(of, asked).filter((grant) => !unused.some(({ is }) => is(grant)));

// Where only some tests run, there is nothing to hold it against.
describe.skipIf(!inject('wholeSuite'))('the least privilege', () => {
  it('is held against the calls of all tests of the whole flow', () => {
    expect(flowTests.length).toBeGreaterThan(20);
    expect(flowTests.filter((file) => !files.includes(file))).toEqual([]);
    expect([...new Set(calls.map(({ caller }) => caller))].sort()).toEqual([
      'machine',
      'oracle',
      'start',
      'step',
    ]);
  });

  it('allows each of them', () => {
    expect(deniedBy(grants, asked).map(show)).toEqual([]);
  });

  it('allows nothing that none of them needs, but for five things that AWS does in our name', () => {
    expect(unnamed(grants).map(show)).toEqual([]);
    expect(unused.length).toBeLessThanOrEqual(5);
    expect(unused.filter(({ is }) => !unusedBy(grants, asked).some(is))).toEqual([]);
  });

  it('is missed where any permission is taken away', () => {
    const needed = grants.filter(
      (grant) => grant.effect === 'Allow' && !unused.some(({ is }) => is(grant)),
    );

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
