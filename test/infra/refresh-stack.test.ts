import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { notifyEnvironment, startEnvironment, stepEnvironment } from '../../lambda/environment.ts';
import { templateString } from './support/intrinsics.ts';
import { templateWith } from './support/synthesis.ts';

const template = templateWith();

describe('the buckets', () => {
  it.each([
    ['that of the refreshes', { LoggingConfiguration: Match.anyValue() }],
    ['that of its access logs', { LoggingConfiguration: Match.absent() }],
  ])('%s is encrypted, versioned, private and outlives the stack', (_, which) => {
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: Match.objectLike({
        ...which,
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
          ],
        },
        VersioningConfiguration: { Status: 'Enabled' },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      }),
    });
  });

  it('refuse everything that does not come over TLS', () => {
    template.resourceCountIs('AWS::S3::Bucket', 2);
    template.allResourcesProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Deny',
            Action: 's3:*',
            Principal: { AWS: '*' },
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ]),
      },
    });
    template.resourceCountIs('AWS::S3::BucketPolicy', 2);
  });

  it('let old versions and the plans of old runs expire, and no definition or manifest', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      LoggingConfiguration: Match.anyValue(),
      LifecycleConfiguration: {
        Rules: [
          { Prefix: 'runs/', ExpirationInDays: 180, Status: 'Enabled' },
          {
            NoncurrentVersionExpiration: { NoncurrentDays: 365 },
            ExpiredObjectDeleteMarker: true,
            Status: 'Enabled',
          },
        ],
      },
    });
  });
});

it('the secret outlives the stack and has no value in the template, nor one that CloudFormation would make', () => {
  template.hasResource('AWS::SecretsManager::Secret', {
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      Description: Match.stringLikeRegexp('src_flash_array_host.*src_flash_array_api_token'),
      SecretString: Match.absent(),
      GenerateSecretString: Match.absent(),
    },
  });
});

it('the queue of dead letters is encrypted and refuses everything that does not come over TLS', () => {
  template.hasResourceProperties('AWS::SQS::Queue', {
    SqsManagedSseEnabled: true,
    MessageRetentionPeriod: 14 * 24 * 60 * 60,
  });
  template.hasResourceProperties('AWS::SQS::QueuePolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Effect: 'Deny',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        }),
      ]),
    },
  });
});

describe('the functions', () => {
  it.each([
    ['index.start', 30, 256],
    ['index.step', 600, 512],
    ['index.notify', 60, 256],
  ])('%s', (handler, timeout, memory) => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Handler: handler,
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Timeout: timeout,
      MemorySize: memory,
      LoggingConfig: { LogGroup: Match.anyValue() },
    });
    template.resourceCountIs('AWS::Lambda::Function', 3);
  });

  it.each([
    ['index.start', startEnvironment],
    ['index.step', stepEnvironment],
    ['index.notify', notifyEnvironment],
  ])('%s gets the environment that its handler asks for', (handler, schema) => {
    const functions = template.findResources('AWS::Lambda::Function', {
      Properties: { Handler: handler },
    });
    const variables = Object.values(functions).flatMap((it) =>
      Object.entries(it['Properties'].Environment.Variables),
    );
    const environment = variables.map(([name, value]) => [name, templateString.parse(value)]);

    expect(schema.strip().safeParse(Object.fromEntries(environment)).success).toBe(true);
  });

  it('step knows for how long it may go on', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Handler: 'index.step',
      Timeout: 600,
      Environment: { Variables: Match.objectLike({ STEP_SECONDS: '600' }) },
    });
  });

  it.each(['index.start', 'index.notify'])(
    'end an event that %s could not handle as a dead letter, within an hour',
    (handler) => {
      template.hasResourceProperties('AWS::Lambda::Function', {
        Handler: handler,
        DeadLetterConfig: { TargetArn: { 'Fn::GetAtt': [Match.anyValue(), 'Arn'] } },
      });
      template.resourceCountIs('AWS::Lambda::EventInvokeConfig', 2);
      template.allResourcesProperties('AWS::Lambda::EventInvokeConfig', {
        MaximumEventAgeInSeconds: 3600,
      });
    },
  );
});

it('every log group is kept for half a year', () => {
  template.resourceCountIs('AWS::Logs::LogGroup', 4);
  template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 180 });
});

it('the outputs name what an operator needs', () => {
  expect(Object.keys(template.findOutputs('*')).sort()).toEqual([
    'BucketName',
    'DeadLetterQueueUrl',
    'NoticeTopicArn',
    'SecretArn',
    'StartFunctionName',
    'StateMachineArn',
  ]);
});

it('belongs to no account and no region', () => {
  expect(JSON.stringify(template.toJSON())).not.toMatch(/\d{12}|\b(us|eu)-[a-z]+-\d\b/);
});
