import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { notifyEnvironment } from '../../lambda/environment.ts';
import { noticeKinds } from '../../lambda/notices/notice.ts';
import { templateString } from './support/intrinsics.ts';
import { permissionsOf } from './support/policies.ts';
import { templateFor, templateWith } from './support/synthesis.ts';

const template = templateWith();

const arnOf = (id: string) => ({
  'Fn::GetAtt': [Match.stringLikeRegexp(`^${id}[0-9A-F]{8}$`), 'Arn'],
});

/** What the notify function makes of the environment that a template gives it. */
const environmentIn = (from: Template) => {
  const [notify] = Object.values(
    from.findResources('AWS::Lambda::Function', { Properties: { Handler: 'index.notify' } }),
  );
  const variables = Object.entries(notify?.['Properties'].Environment.Variables ?? {});
  return notifyEnvironment.parse(
    Object.fromEntries(variables.map(([name, value]) => [name, templateString.parse(value)])),
  );
};

describe('every end of a run', () => {
  it('has notify called with what became of it, and none of another state machine has', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: {
          stateMachineArn: [{ Ref: Match.stringLikeRegexp('^FlowStateMachine[0-9A-F]{8}$') }],
          status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'],
        },
      },
      State: 'ENABLED',
      Targets: [
        Match.objectLike({
          Arn: arnOf('Notify'),
          DeadLetterConfig: { Arn: arnOf('DeadLetters') },
          RetryPolicy: { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 10 },
          InputTransformer: {
            InputPathsMap: { detail: '$.detail' },
            InputTemplate: '{"ended":<detail>}',
          },
        }),
      ],
    });
  });

  it('may have notify called, and leave dead letters', () => {
    template.hasResourceProperties('AWS::Lambda::Permission', {
      FunctionName: arnOf('Notify'),
      Principal: 'events.amazonaws.com',
      SourceArn: arnOf('NotifyEnds'),
    });
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Action: 'sqs:SendMessage',
            Principal: { Service: 'events.amazonaws.com' },
            Condition: { ArnEquals: { 'aws:SourceArn': arnOf('NotifyEnds') } },
          }),
        ]),
      },
    });
  });
});

it('has notify called with every request that start could not handle, and why', () => {
  template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
    FunctionName: { Ref: Match.stringLikeRegexp('^Start[0-9A-F]{8}$') },
    DestinationConfig: { OnFailure: { Destination: arnOf('Notify') } },
  });
});

it('the ages of copies are measured four times an hour, and a measurement that is missed is not made up for', () => {
  template.hasResourceProperties('AWS::Scheduler::Schedule', {
    ScheduleExpression: 'rate(15 minutes)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    State: 'ENABLED',
    Target: {
      Arn: arnOf('Notify'),
      Input: JSON.stringify({ ages: true }),
      RetryPolicy: { MaximumRetryAttempts: 0 },
    },
  });
});

describe('the notify function', () => {
  it('knows bucket and topic, and tells of what went wrong', () => {
    expect(environmentIn(template)).toEqual({
      BUCKET_NAME: '<RefreshesBucket>',
      TOPIC_ARN: '<Notices>',
      NOTICE_KINDS: ['failed', 'refused', 'recovered', 'stopped'],
    });
  });

  it('tells of what succeeded where the settings want it, and never of what changed nothing', () => {
    const told = environmentIn(
      templateFor({ refreshes: [], notifications: { successes: true } }),
    ).NOTICE_KINDS;

    expect(noticeKinds.filter((kind) => !told.includes(kind))).toEqual(['planned', 'checked']);
  });

  it('reads manifests, publishes to its topic, puts events, and may do nothing else', () => {
    expect(permissionsOf(template, 'NotifyRole')).toEqual([
      'logs:CreateLogStream <NotifyLogs.Arn>',
      'logs:PutLogEvents <NotifyLogs.Arn>',
      'events:PutEvents arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:event-bus/default',
      's3:GetObject <RefreshesBucket.Arn>/manifests/*',
      's3:ListBucket <RefreshesBucket.Arn>',
      'sns:Publish <Notices>',
      'sqs:SendMessage <DeadLetters.Arn>',
    ]);
  });
});
