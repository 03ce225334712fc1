import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { oracleEnvironment } from '../../lambda/environment.ts';
import { templateString } from './support/intrinsics.ts';
import { permissionsOf, statementsIn } from './support/policies.ts';
import { STEP_ARN, stateMachineOf } from './support/state-machine.ts';
import { templateFor, templateWith, withOracle } from './support/synthesis.ts';

const without = templateWith();
const reached = templateFor(withOracle);

/** The functions by their handlers. */
const functionsIn = (template: Template) =>
  new Map(
    Object.values(template.findResources('AWS::Lambda::Function')).map(
      ({ Properties: properties }) => [String(properties.Handler), properties],
    ),
  );
const secretsIn = (template: Template) =>
  Object.keys(template.findResources('AWS::SecretsManager::Secret'));
const actionsIn = (template: Template) =>
  statementsIn(template.toJSON()).flatMap(({ Action }) => Action);

describe('a deployment without a source database', () => {
  it('has three functions and one secret, and no state that speaks to one', () => {
    expect([...functionsIn(without).keys()].sort()).toEqual([
      'index.notify',
      'index.start',
      'index.step',
    ]);
    expect(secretsIn(without)).toHaveLength(1);
    const { text, tasks } = stateMachineOf(without);
    expect(text).not.toMatch(/backup|read-database|\$\.reads_database/i);
    expect(tasks.filter(({ Parameters }) => Parameters.FunctionName !== STEP_ARN)).toEqual([]);
  });

  it('has the step refuse what needs one', () => {
    expect(functionsIn(without).get('index.step')?.Environment.Variables).toMatchObject({
      HAS_ORACLE: 'false',
    });
  });
});

describe('a deployment that speaks to its source database', () => {
  it('has a function for that, with a role, a log group and a secret of its own', () => {
    const { Role, LoggingConfig, Timeout } = functionsIn(reached).get('index.oracle') ?? {};

    expect(templateString.parse(Role)).toBe('<OracleRole.Arn>');
    expect(templateString.parse(LoggingConfig.LogGroup)).toBe('<OracleLogs>');
    expect(Timeout).toBe(600);
    expect(functionsIn(reached).size).toBe(4);
    reached.resourceCountIs('AWS::Logs::LogGroup', 5);
    reached.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 180 });
  });

  it('gives that function the environment that its handler asks for, and has the step know', () => {
    const environmentOf = (handler: string) =>
      Object.fromEntries(
        Object.entries(functionsIn(reached).get(handler)?.Environment.Variables).map(
          ([name, value]) => [name, templateString.parse(value)],
        ),
      );

    expect(oracleEnvironment.parse(environmentOf('index.oracle'))).toEqual({
      SECRET_ID: '<OracleSecret>',
      STEP_SECONDS: 600,
    });
    expect(environmentOf('index.step')).toMatchObject({
      SECRET_ID: '<ArraySecret>',
      HAS_ORACLE: 'true',
    });
  });

  it('keeps that secret, and puts no value into the template', () => {
    expect(secretsIn(reached)).toHaveLength(2);
    reached.allResources('AWS::SecretsManager::Secret', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: { SecretString: Match.absent(), GenerateSecretString: Match.absent() },
    });
    reached.hasOutput('OracleSecretArn', {});
  });

  it('lets that function read its own secret and nothing else, not even the bucket', () => {
    expect(permissionsOf(reached, 'OracleRole')).toEqual([
      'logs:CreateLogStream <OracleLogs.Arn>',
      'logs:PutLogEvents <OracleLogs.Arn>',
      'secretsmanager:GetSecretValue <OracleSecret>',
    ]);
  });

  it.each(['StepRole', 'StartRole', 'NotifyRole'])('gives %s no right that it had not', (role) => {
    expect(permissionsOf(reached, role)).toEqual(permissionsOf(without, role));
    expect(permissionsOf(reached, role).join()).not.toContain('Oracle');
  });

  it('has the state machine call both functions', () => {
    expect(
      permissionsOf(reached, 'FlowStateMachineRole').filter((it) => it.startsWith('lambda:')),
    ).toEqual(['lambda:InvokeFunction <Oracle.Arn> <Step.Arn>']);
  });

  it('allows no wildcard action, and is in no network', () => {
    expect(actionsIn(reached).filter((it) => /^ec2:|^(?!s3|sqs).*\*/.test(it))).toEqual([]);
    expect([...functionsIn(reached).values()].filter((it) => 'VpcConfig' in it)).toEqual([]);
  });
});
