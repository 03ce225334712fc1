import { expect, it } from 'vitest';
import { permissionsOf, statementsIn } from './support/policies.ts';
import { templateWith } from './support/synthesis.ts';

const template = templateWith({
  name: 'nightly',
  schedule: 'rate(1 day)',
  eventPattern: { source: ['com.example.deploy'] },
});

const allowed = statementsIn(template.toJSON()['Resources']).filter(
  ({ Effect }) => Effect === 'Allow',
);

/** Those of our state machine, and of no other. */
const executions =
  'arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:<FlowStateMachine.Name>:*';

it('no statement allows a wildcard action', () => {
  expect(allowed.length).toBeGreaterThan(10);
  expect(allowed.flatMap(({ Action }) => Action).filter((it) => it.includes('*'))).toEqual([]);
});

it('no role brings a managed policy of AWS', () => {
  const roles = Object.values(template.findResources('AWS::IAM::Role'));

  expect(roles.filter((role) => 'ManagedPolicyArns' in role['Properties'])).toEqual([]);
});

it('a wildcard resource is a folder, the executions of our state machine, or of actions for which AWS has no resource', () => {
  const wildcards = allowed.filter(({ Resource }) => Resource.some((it) => it.includes('*')));
  const onObjects = wildcards.filter(({ Action }) => Action.every((it) => it.endsWith('Object')));
  const others = wildcards.filter((it) => !onObjects.includes(it));

  expect([...new Set(onObjects.flatMap(({ Resource }) => Resource))].sort()).toEqual([
    // S3 itself writes the access logs.
    '<RefreshesAccessLogs.Arn>/refreshes/*',
    '<RefreshesBucket.Arn>/manifests/*',
    '<RefreshesBucket.Arn>/refreshes/*',
    '<RefreshesBucket.Arn>/runs/*',
  ]);
  expect(others).toEqual([
    {
      Effect: 'Allow',
      Resource: ['*'],
      Action: [
        'logs:CreateLogDelivery',
        'logs:DeleteLogDelivery',
        'logs:DescribeLogGroups',
        'logs:DescribeResourcePolicies',
        'logs:GetLogDelivery',
        'logs:ListLogDeliveries',
        'logs:PutResourcePolicy',
        'logs:UpdateLogDelivery',
        'xray:GetSamplingRules',
        'xray:GetSamplingTargets',
        'xray:PutTelemetryRecords',
        'xray:PutTraceSegments',
      ],
    },
    { Effect: 'Allow', Action: ['states:DescribeExecution'], Resource: [executions] },
  ]);
});

it('start reads definitions and starts runs, and knows neither the secret nor other folders', () => {
  expect(permissionsOf(template, 'StartRole')).toEqual([
    'logs:CreateLogStream <StartLogs.Arn>',
    'logs:PutLogEvents <StartLogs.Arn>',
    's3:GetObject <RefreshesBucket.Arn>/refreshes/*',
    's3:ListBucket <RefreshesBucket.Arn>',
    'states:StartExecution <FlowStateMachine>',
    'sqs:SendMessage <DeadLetters.Arn>',
    'lambda:InvokeFunction <Notify.Arn>',
  ]);
});

it('step reads the secret, writes what belongs to a run but no definition, and looks at runs', () => {
  expect(permissionsOf(template, 'StepRole')).toEqual([
    'logs:CreateLogStream <StepLogs.Arn>',
    'logs:PutLogEvents <StepLogs.Arn>',
    's3:GetObject <RefreshesBucket.Arn>/manifests/* <RefreshesBucket.Arn>/refreshes/* <RefreshesBucket.Arn>/runs/*',
    's3:ListBucket <RefreshesBucket.Arn>',
    's3:PutObject <RefreshesBucket.Arn>/manifests/* <RefreshesBucket.Arn>/runs/*',
    'secretsmanager:GetSecretValue <ArraySecret>',
    `states:DescribeExecution ${executions}`,
  ]);
});

it('the scheduler calls start and notify, and the state machine step, and no other', () => {
  expect(permissionsOf(template, 'SchedulerRole')).toEqual([
    'lambda:InvokeFunction <Notify.Arn>',
    'lambda:InvokeFunction <Start.Arn>',
    'sqs:SendMessage <DeadLetters.Arn>',
  ]);
  expect(permissionsOf(template, 'FlowStateMachineRole')[0]).toBe(
    'lambda:InvokeFunction <Step.Arn>',
  );
});
