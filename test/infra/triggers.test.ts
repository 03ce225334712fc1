import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { templateString } from './support/intrinsics.ts';
import { templateWith } from './support/synthesis.ts';

const nightly = { name: 'nightly', schedule: 'cron(0 1 * * ? *)', timezone: 'Europe/Zurich' };
const afterDeploy = {
  name: 'after-deploy',
  eventPattern: {
    source: ['com.example.deploy', { prefix: 'com.example.release.' }],
    'detail-type': ['Production Deployed'],
    detail: { app: ['erp'] },
  },
};

const retries = { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 10 };
const arnOf = (id: string) => ({
  'Fn::GetAtt': [Match.stringLikeRegexp(`^${id}[0-9A-F]{8}$`), 'Arn'],
});
const deadLetters = { Arn: arnOf('DeadLetters') };

/** The rules of the refreshes: all but those that have aborted runs cleared up and ends told, which are always there. */
const rulesOf = (template: Template) =>
  Object.keys(template.findResources('AWS::Events::Rule')).filter((id) => id.startsWith('Events'));

/** The schedules of the refreshes, which have names: all but the one by which the ages of copies are measured. */
const schedulesOf = (template: Template) =>
  Object.values(template.findResources('AWS::Scheduler::Schedule'))
    .map((schedule) => schedule['Properties'])
    .filter(({ Name }) => Name !== undefined);

it('no refresh: nothing starts by itself', () => {
  const template = templateWith();

  expect(schedulesOf(template)).toEqual([]);
  expect(rulesOf(template)).toEqual([]);
  template.resourceCountIs('AWS::Lambda::Permission', 2);
});

describe('one schedule', () => {
  const template = templateWith(nightly);

  it('starts the refresh by its name, in its time zone, on the dot', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      Name: 'nightly',
      ScheduleExpression: 'cron(0 1 * * ? *)',
      ScheduleExpressionTimezone: 'Europe/Zurich',
      FlexibleTimeWindow: { Mode: 'OFF' },
      State: 'ENABLED',
      Target: {
        Arn: arnOf('Start'),
        DeadLetterConfig: deadLetters,
        RetryPolicy: retries,
        Input: JSON.stringify({
          refresh: 'nightly',
          trigger: 'schedule',
          scheduled_time: '<aws.scheduler.scheduled-time>',
        }),
      },
    });
    expect(rulesOf(template)).toEqual([]);
  });

  it('has a role that this group of schedules alone may take', () => {
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          Match.objectLike({
            Principal: { Service: 'scheduler.amazonaws.com' },
            Condition: {
              StringEquals: {
                'aws:SourceAccount': { Ref: 'AWS::AccountId' },
                'aws:SourceArn': arnOf('SchedulesGroup'),
              },
            },
          }),
        ],
      },
    });
  });
});

describe('one event pattern', () => {
  const template = templateWith(afterDeploy);

  it('starts the refresh by its name, with the id and the detail of the event', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: afterDeploy.eventPattern,
      State: 'ENABLED',
      Targets: [
        Match.objectLike({
          Arn: arnOf('Start'),
          DeadLetterConfig: deadLetters,
          RetryPolicy: retries,
          InputTransformer: {
            InputPathsMap: { id: '$.id', detail: '$.detail' },
            InputTemplate:
              '{"refresh":"after-deploy","trigger":"event","event_id":<id>,"detail":<detail>}',
          },
        }),
      ],
    });
    expect(schedulesOf(template)).toEqual([]);
  });

  it('may call start, and leave dead letters', () => {
    template.hasResourceProperties('AWS::Lambda::Permission', {
      FunctionName: arnOf('Start'),
      Principal: 'events.amazonaws.com',
      SourceArn: arnOf('Eventsafterdeploy'),
    });
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Action: 'sqs:SendMessage',
            Principal: { Service: 'events.amazonaws.com' },
            Condition: { ArnEquals: { 'aws:SourceArn': arnOf('Eventsafterdeploy') } },
          }),
        ]),
      },
    });
  });
});

describe('a run that was aborted or timed out', () => {
  const template = templateWith();

  it('has start called with what became of it, and none of another state machine has', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: {
          stateMachineArn: [{ Ref: Match.stringLikeRegexp('^FlowStateMachine[0-9A-F]{8}$') }],
          status: ['ABORTED', 'TIMED_OUT'],
        },
      },
      State: 'ENABLED',
      Targets: [
        Match.objectLike({
          Arn: arnOf('Start'),
          DeadLetterConfig: deadLetters,
          RetryPolicy: retries,
          InputTransformer: {
            InputPathsMap: { id: '$.id', detail: '$.detail' },
            InputTemplate: '{"event_id":<id>,"aborted":<detail>}',
          },
        }),
      ],
    });
  });

  it('may have start called, and leave dead letters', () => {
    template.hasResourceProperties('AWS::Lambda::Permission', {
      FunctionName: arnOf('Start'),
      Principal: 'events.amazonaws.com',
      SourceArn: arnOf('AbortedRunsRule'),
    });
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Action: 'sqs:SendMessage',
            Principal: { Service: 'events.amazonaws.com' },
            Condition: { ArnEquals: { 'aws:SourceArn': arnOf('AbortedRunsRule') } },
          }),
        ]),
      },
    });
  });
});

describe('many refreshes', () => {
  const names = Array.from({ length: 40 }, (_, index) => `refresh-${index}`);
  const template = templateWith(
    ...names.map((name) => ({ ...afterDeploy, name, schedule: 'rate(1 day)' })),
    { name: 'manual' },
  );

  it('have a schedule in UTC and a rule each', () => {
    const schedules = schedulesOf(template);

    expect(schedules.map(({ Name }) => Name)).toEqual(names);
    expect(new Set(schedules.map((it) => it.ScheduleExpressionTimezone))).toEqual(new Set(['UTC']));
    expect(rulesOf(template)).toHaveLength(names.length);
  });

  it('share one role of the scheduler, which does not grow with them', () => {
    const roles = new Set(
      schedulesOf(template).map(({ Target }) => Target.RoleArn['Fn::GetAtt'][0]),
    );

    expect(roles.size).toBe(1);
    for (const role of roles)
      expect(template.findResources('AWS::IAM::Role')[role]?.['Properties']).toMatchObject({
        AssumeRolePolicyDocument: { Statement: [expect.anything()] },
      });
  });

  it('start the function that is in the template', () => {
    const targets = schedulesOf(template).map(({ Target }) => templateString.parse(Target.Arn));

    expect(new Set(targets)).toEqual(new Set(['<Start.Arn>']));
  });
});
