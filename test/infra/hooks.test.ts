import { describe, expect, it } from 'vitest';
import { permissionsOf, statementsIn } from './support/policies.ts';
import { templateFor, withHooks } from './support/synthesis.ts';

const rights = withHooks.hooks;
const machineRole = 'FlowStateMachineRole';
const inAccount = 'arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>';

const template = templateFor(withHooks);
const plain = templateFor({ refreshes: [] });

const ofMachine = (of: typeof template) =>
  statementsIn(of.findResources('AWS::IAM::Policy')).filter(({ Action }) =>
    Action.some((action) => /^(?:ssm|lambda):/.test(action)),
  );

describe('the state machine', () => {
  it('may send the named documents to instances that bear the tags, and nothing else', () => {
    const sending = ofMachine(template).filter(({ Action }) => Action.includes('ssm:SendCommand'));

    expect(sending).toEqual([
      {
        Effect: 'Allow',
        Action: ['ssm:SendCommand'],
        Resource: [
          // That of AWS itself belongs to no account.
          `${inAccount}:document/refresh-oracle`,
          'arn:<AWS::Partition>:ssm:<AWS::Region>::document/AWS-RunShellScript',
        ],
      },
      {
        Effect: 'Allow',
        Action: ['ssm:SendCommand'],
        Resource: [
          'arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:instance/*',
          `${inAccount}:managed-instance/*`,
        ],
        Condition: { StringEquals: { 'ssm:resourceTag/flasharray-refresh': ['hooks'] } },
      },
    ]);
  });

  it('may look at commands, and do nothing else in Systems Manager', () => {
    const actions = ofMachine(template).flatMap(({ Action }) => Action);

    expect([...new Set(actions.filter((action) => action.startsWith('ssm:')))].sort()).toEqual([
      'ssm:GetCommandInvocation',
      'ssm:ListCommandInvocations',
      'ssm:ListCommands',
      'ssm:SendCommand',
    ]);
  });

  it('may call the named functions beside the step function', () => {
    expect(permissionsOf(template, machineRole)[0]).toBe(
      `lambda:InvokeFunction ${rights.functions[0]} <Step.Arn>`,
    );
  });

  it('takes the ARN of a document as it is given', () => {
    const shared = 'arn:aws:ssm:eu-central-1:210987654321:document/shared';
    const given = templateFor({ refreshes: [], hooks: { ...rights, documents: [shared] } });

    expect(JSON.stringify(ofMachine(given))).toContain(`"Resource":["${shared}"]`);
  });

  it('wants every tag of the settings', () => {
    const instanceTags = { role: ['dev-db'], team: ['dba', 'storage'] };
    const tagged = templateFor({ refreshes: [], hooks: { ...rights, instanceTags } });

    expect(JSON.stringify(ofMachine(tagged))).toContain(
      '{"StringEquals":{"ssm:resourceTag/role":["dev-db"],"ssm:resourceTag/team":["dba","storage"]}}',
    );
  });
});

const machineOf = (of: typeof template): string =>
  JSON.stringify(Object.values(of.findResources('AWS::StepFunctions::StateMachine')));

describe('a deployment', () => {
  it('without hooks has no state, no right and no word of them', () => {
    expect(machineOf(plain)).not.toMatch(/Hook|ssm/i);
    expect(JSON.stringify(ofMachine(plain))).not.toContain('ssm:');
    const variables = JSON.stringify(plain.findResources('AWS::Lambda::Function'));
    expect(variables).toContain('"HOOK_RIGHTS":""');
  });

  it('with documents alone calls no function', () => {
    const { functions: _, ...documents } = rights;
    const some = templateFor({ refreshes: [], hooks: documents });

    expect(machineOf(some)).toContain('Send Command');
    expect(machineOf(some)).not.toContain('Call Function');
  });

  it('with functions alone sends no command', () => {
    const some = templateFor({ refreshes: [], hooks: { functions: rights.functions } });

    expect(machineOf(some)).toContain('Call Function');
    expect(machineOf(some)).not.toContain('ssm');
    expect(JSON.stringify(ofMachine(some))).not.toContain('ssm:');
  });

  it('tells its step function what hooks may call', () => {
    const { documents, functions } = rights;

    expect(JSON.stringify(template.findResources('AWS::Lambda::Function'))).toContain(
      JSON.stringify(JSON.stringify({ documents, functions })),
    );
  });
});
