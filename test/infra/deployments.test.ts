import type { Template } from 'aws-cdk-lib/assertions';
import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { templateString } from './support/intrinsics.ts';
import { permissionsOf, statementsIn } from './support/policies.ts';
import { settingsIn, templateFor } from './support/synthesis.ts';

/** What the findings of rules, which `security-findings.test.ts` looks at, do not tell of each kind of deployment. */
const [minimal, pairs, inNetwork, everything] = [
  templateFor(settingsIn('minimal')),
  templateFor(settingsIn('two-array-pairs')),
  templateFor(settingsIn('private-network')),
  templateFor(settingsIn('everything')),
];

const propertiesOf = (template: Template, type: string) =>
  Object.values(template.findResources(type)).map(({ Properties }) => Properties);
const functionsIn = (template: Template): Map<string, Record<string, unknown>> =>
  new Map(
    propertiesOf(template, 'AWS::Lambda::Function').map((properties) => [
      String(properties.Handler),
      properties,
    ]),
  );
const typesIn = (template: Template): string[] =>
  Object.values(template.toJSON()['Resources']).map((resource) => Object(resource).Type);
const actionsIn = (template: Template): string[] =>
  statementsIn(template.toJSON()).flatMap(({ Action }) => Action);

/** What a security group lets out, as `to:port`, in words. */
const egressOf = (template: Template, id: string): string[] => {
  const found = Object.entries(template.findResources('AWS::EC2::SecurityGroup')).find(([key]) =>
    key.startsWith(`${id}SecurityGroup`),
  );
  // A group without rules of its own lets everything out.
  const rules: Record<string, unknown>[] = found?.[1]['Properties'].SecurityGroupEgress;
  return rules.map((rule) => {
    expect(rule).toMatchObject({ IpProtocol: 'tcp', ToPort: rule['FromPort'] });
    const to =
      rule['CidrIp'] ?? rule['DestinationSecurityGroupId'] ?? rule['DestinationPrefixListId'];
    return `${rule['Description']} ${to}:${rule['FromPort']}`;
  });
};

describe('the smallest deployment', () => {
  it('has three functions, one secret, keys of AWS, and no network', () => {
    expect([...functionsIn(minimal).keys()].sort()).toEqual([
      'index.notify',
      'index.start',
      'index.step',
    ]);
    expect(propertiesOf(minimal, 'AWS::SecretsManager::Secret')).toEqual([
      { Description: expect.any(String) },
    ]);
    expect([...functionsIn(minimal).values()].filter((it) => 'VpcConfig' in it)).toEqual([]);
    expect(typesIn(minimal).filter((type) => /^AWS::(EC2|KMS)::/.test(type))).toEqual([]);
    expect(actionsIn(minimal).filter((action) => /^(ec2|kms|ssm):/.test(action))).toEqual([]);
  });

  it('starts by its schedule alone', () => {
    // And that by which the ages of copies are measured.
    minimal.resourceCountIs('AWS::Scheduler::Schedule', 2);
    minimal.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(0 1 * * ? *)',
    });
    // Those of aborted runs and of ends that are told.
    minimal.resourceCountIs('AWS::Events::Rule', 2);
  });
});

describe('a deployment with two array pairs', () => {
  it('has a secret for each, which both outlive the stack and hold nothing', () => {
    expect(propertiesOf(pairs, 'AWS::SecretsManager::Secret').map(({ Name }) => Name)).toEqual([
      undefined,
      'flasharray/warehouse',
    ]);
    pairs.allResources('AWS::SecretsManager::Secret', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: { SecretString: Match.absent(), GenerateSecretString: Match.absent() },
    });
  });

  it('lets the step function read both, tells it whose they are, and no other function', () => {
    const { Environment } = functionsIn(pairs).get('index.step') ?? {};

    expect(JSON.parse(Object(Environment).Variables.SECRET_NAMES)).toEqual({
      erp: '',
      warehouse: 'flasharray/warehouse',
      'warehouse-test': 'flasharray/warehouse',
    });
    expect(permissionsOf(pairs, 'StepRole')).toContain(
      'secretsmanager:GetSecretValue <ArraySecret> <ArraySecretflasharraywarehouse>',
    );
    expect(permissionsOf(pairs, 'StartRole').join()).not.toContain('secretsmanager');
  });
});

describe('a deployment in a private network', () => {
  const [step, start] = ['index.step', 'index.start'].map((handler) =>
    functionsIn(inNetwork).get(handler),
  );

  it('has the step function there, and the start function outside', () => {
    expect(step?.['VpcConfig']).toEqual({
      SubnetIds: ['subnet-0a1b2c3d', 'subnet-4e5f6a7b'],
      SecurityGroupIds: [{ 'Fn::GetAtt': [expect.stringMatching(/^Network/), 'GroupId'] }],
    });
    expect(start).not.toHaveProperty('VpcConfig');
  });

  it('lets it connect to the arrays and to the endpoints of AWS, on 443, and to nothing else', () => {
    expect(egressOf(inNetwork, 'Network')).toEqual([
      'Arrays 10.20.0.10/32:443',
      'Arrays 10.20.0.11/32:443',
      'Arrays 10.21.0.0/28:443',
      'AWS services sg-0e0d0c0b:443',
      'AWS services pl-6ea54007:443',
    ]);
    expect(propertiesOf(inNetwork, 'AWS::EC2::SecurityGroup')).toEqual([
      expect.not.objectContaining({ SecurityGroupIngress: expect.anything() }),
    ]);
    inNetwork.hasOutput('NetworkSecurityGroupId', {});
  });

  it('makes nothing else in the network', () => {
    expect(typesIn(inNetwork).filter((type) => type.startsWith('AWS::EC2::'))).toEqual([
      'AWS::EC2::SecurityGroup',
    ]);
  });

  it('lets Lambda make interfaces for it, and its own code not', () => {
    const onInterfaces = statementsIn(inNetwork.toJSON()).filter(({ Action }) =>
      Action.some((action) => action.startsWith('ec2:')),
    );
    const actions = [
      'ec2:AssignPrivateIpAddresses',
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:UnassignPrivateIpAddresses',
    ];

    expect(onInterfaces).toEqual([
      {
        Effect: 'Deny',
        Action: actions,
        Resource: ['*'],
        Condition: {
          ArnEquals: {
            'lambda:SourceFunctionArn': { 'Fn::GetAtt': [expect.stringMatching(/^Step/), 'Arn'] },
          },
        },
      },
      { Effect: 'Allow', Action: actions, Resource: ['*'] },
    ]);
    expect(permissionsOf(inNetwork, 'StartRole').join()).not.toContain('ec2:');
  });
});

describe('a deployment with everything', () => {
  it('has each function in a network of its own, with what it speaks to and nothing else', () => {
    expect(egressOf(everything, 'Network')).toEqual([
      'Arrays 10.20.0.10/32:443',
      'Arrays 10.20.0.11/32:443',
      'AWS services 10.1.2.0/24:443',
    ]);
    expect(egressOf(everything, 'OracleNetwork')).toEqual([
      'Databases sg-0a0b0c0d:1522',
      'Databases 10.30.0.0/24:1522',
      'AWS services sg-0e0d0c0b:443',
    ]);
    expect(functionsIn(everything).get('index.start')).not.toHaveProperty('VpcConfig');
    everything.hasOutput('OracleNetworkSecurityGroupId', {});
  });

  it('encrypts bucket and secrets with its own key, which is rotated and outlives the stack', () => {
    const ofKey = { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] };

    everything.hasResource('AWS::KMS::Key', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: Match.objectLike({ EnableKeyRotation: true }),
    });
    expect(propertiesOf(everything, 'AWS::SecretsManager::Secret')).toEqual(
      Array(3).fill(expect.objectContaining({ KmsKeyId: ofKey })),
    );
    const encryptions = propertiesOf(everything, 'AWS::S3::Bucket').map(
      ({ BucketEncryption }) => BucketEncryption.ServerSideEncryptionConfiguration[0],
    );
    expect(encryptions).toEqual([
      { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
      {
        BucketKeyEnabled: true,
        ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: ofKey },
      },
    ]);
  });

  it('lets each function use that key for what it reads and writes, by way of the service', () => {
    const usesOf = (role: string) =>
      permissionsOf(everything, role).filter((it) => it.startsWith('kms:'));
    const conditions = statementsIn(everything.toJSON())
      .filter(({ Action }) => Action.every((action) => /^kms:(Dec|Gen)/.test(action)))
      .map(({ Condition }) =>
        templateString.parse(Object(Condition?.['StringEquals'])['kms:ViaService']),
      );

    expect(usesOf('StartRole')).toEqual(['kms:Decrypt <Key.Arn>']);
    expect(usesOf('StepRole')).toEqual([
      'kms:Decrypt <Key.Arn>',
      'kms:GenerateDataKey <Key.Arn>',
      'kms:Decrypt <Key.Arn>',
    ]);
    expect(usesOf('OracleRole')).toEqual(['kms:Decrypt <Key.Arn>']);
    expect(usesOf('NotifyRole')).toEqual(['kms:Decrypt <Key.Arn>']);
    expect([...new Set(conditions)].sort()).toEqual([
      's3.<AWS::Region>.<AWS::URLSuffix>',
      'secretsmanager.<AWS::Region>.<AWS::URLSuffix>',
    ]);
  });

  it('can take a key that is there', () => {
    const arn = 'arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d';
    const template = templateFor({ ...settingsIn('minimal'), encryptionKey: arn });

    template.resourceCountIs('AWS::KMS::Key', 0);
    template.allResourcesProperties('AWS::SecretsManager::Secret', { KmsKeyId: arn });
    expect(permissionsOf(template, 'StepRole')).toContain(`kms:GenerateDataKey ${arn}`);
  });
});
