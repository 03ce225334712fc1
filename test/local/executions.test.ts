import { SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executionArn } from '../../lambda/aws/execution-arn.ts';
import { executionState } from '../../lambda/aws/execution-state.ts';
import { LOOPBACK_CREDENTIALS } from '../../local/aws/bucket.ts';
import { type ControlPlane, startControlPlane } from '../../local/aws/control-plane.ts';
import { Executions } from '../../local/executions.ts';
import { LocalFlow } from '../../local/flow.ts';
import { ownIdentity } from '../../local/process-identity.ts';
import { machineArn, REGION } from '../../local/template.ts';
import { startChild } from './child-process.ts';

const work = Promise.withResolvers<unknown>();
const stateMachineArn = machineArn('FlowStateMachineD2BABC26');
const flow = new LocalFlow({
  definition: {
    StartAt: 'Work',
    States: {
      Work: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke',
        Parameters: { FunctionName: 'work', Payload: { 'run.$': '$' } },
        TimeoutSeconds: 60,
        End: true,
      },
    },
  },
  stateMachineArn,
  function: () => ({
    invoke: async (event) => {
      const { run } = Object(event);
      if (run === 'fail') throw new Error('It was to fail.');
      return run === 'wait' ? await work.promise : run;
    },
  }),
  retryScale: 0,
});
const executions = new Executions(flow);
let control: ControlPlane;
let client: SFNClient;

beforeAll(async () => {
  control = await startControlPlane({
    secrets: new Map(),
    executionArn: (name) => flow.executionArn(name),
    executionStatus: (arn) => executions.statusOf(arn),
    startExecution: () => false,
  });
  client = new SFNClient({
    endpoint: control.url,
    region: REGION,
    credentials: LOOPBACK_CREDENTIALS,
  });
});
afterAll(async () => {
  client.destroy();
  await control.stop();
});

/** What a step learns of an execution. */
const ask = (arn: string) => executionState(client)(arn);

/** An execution as if it were run by a process of this identity. */
const executionOf = (identity: string) =>
  executionArn(stateMachineArn.replace(ownIdentity(), identity), 'nightly-1');

describe('an execution of this deployment', () => {
  it('is alive until it has ended', async () => {
    const { result } = executions.start('waiting', 'wait');
    const arn = flow.executionArn('waiting');

    expect(await ask(arn)).toBe('alive');
    work.resolve(null);
    await result;
    expect(await ask(arn)).toBe('dead');
  });

  it.each([
    ['done', 'SUCCEEDED'],
    ['fail', 'FAILED'],
  ])('that was to be %s ends as %s', async (input, status) => {
    const { result } = executions.start(input, input);

    expect((await result).status).toBe(status);
    expect(executions.statusOf(flow.executionArn(input))).toBe(status);
    expect(await ask(flow.executionArn(input))).toBe('dead');
  });
});

describe('an execution of another process', () => {
  it('is alive as long as the process', async () => {
    const child = await startChild();
    const arn = executionOf(child.identity);

    expect(await ask(arn)).toBe('alive');
    await child.kill();
    expect(await ask(arn)).toBe('dead');
    expect(executions.statusOf(arn)).toBe('ABORTED');
  });

  it('is unknown on another host', async () => {
    expect(await ask(executionOf('elsewhere-0bad0bad-1234-5678'))).toBe('unknown');
  });
});

it.each([
  'arn:aws:states:eu-central-1:210987654321:execution:FlowStateMachineD2BABC26-hbQ6Xlgw5:nightly-1',
  'arn:aws:states:us-east-1:123456789012:execution:FlowStateMachineD2BABC26:nightly-1',
  `arn:aws:states:eu-central-1:123456789012:execution:Flow-${ownIdentity()}:nightly-1`,
])('an execution in AWS is unknown: %s', async (arn) => {
  expect(await ask(arn)).toBe('unknown');
});

it('an ARN is as long as an array and Step Functions take it, whatever the machine is called', () => {
  const arn = executionArn(machineArn('Flow'.repeat(60)), 'n'.repeat(80));

  expect(arn.length).toBeLessThanOrEqual(256);
  expect(arn.split(':')[6]).toMatch(/^[A-Za-z0-9-]{1,80}$/);
  expect(executions.statusOf(arn)).toBe('RUNNING');
});
