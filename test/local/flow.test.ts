import { expect, it } from 'vitest';
import { LocalFlow } from '../../local/flow.ts';

it('a wait is told for how long and in which state', async () => {
  const waits: unknown[] = [];
  const flow = new LocalFlow({
    definition: {
      StartAt: 'Wait A Little',
      States: {
        'Wait A Little': { Type: 'Wait', SecondsPath: '$.pause', Next: 'Wait More' },
        'Wait More': { Type: 'Wait', SecondsPath: '$.longer.pause', Next: 'Done' },
        Done: { Type: 'Succeed' },
      },
    },
    stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:Flow',
    function: () => ({ invoke: () => Promise.reject(new Error('There is no task.')) }),
    retryScale: 0,
    wait: (seconds, state) => {
      waits.push([state, seconds]);
    },
  });
  const input = { pause: 5, longer: { pause: 60 } };

  const result = await flow.start('run', input).result;

  expect(result).toEqual({ status: 'SUCCEEDED', run: input });
  expect(waits).toEqual([
    ['Wait A Little', 5],
    ['Wait More', 60],
  ]);
});

it('a task finds its timeout in the run document, and is announced with that', async () => {
  const announced: unknown[] = [];
  const Parameters = { FunctionName: 'step', Payload: { step: 'work', 'run.$': '$' } };
  const TimeoutSecondsPath = '$.backup.max_seconds';
  const flow = new LocalFlow({
    definition: {
      StartAt: 'Work',
      States: {
        Work: { Type: 'Task', Resource: 'lambda', Parameters, TimeoutSecondsPath, End: true },
      },
    },
    stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:Flow',
    function: () => ({ invoke: () => Promise.resolve('done') }),
    retryScale: 0,
    beforeTask: (state, run) => announced.push([state, run]),
  });
  const input = { backup: { max_seconds: 300 } };

  const result = await flow.start('run', input).result;

  expect(result).toEqual({ status: 'SUCCEEDED', run: input });
  expect(announced).toEqual([['Work', input]]);
});

it('the function of a hook finds its timeout in what it is called with, and is no step of the run', async () => {
  const announced: unknown[] = [];
  const called: unknown[] = [];
  const Parameters = { 'FunctionName.$': '$.hook.function', 'Payload.$': '$.hook.request' };
  const TimeoutSecondsPath = '$.hook.timeout_seconds';
  const flow = new LocalFlow({
    definition: {
      StartAt: 'Call',
      States: {
        Call: {
          Type: 'Task',
          Resource: 'lambda',
          Parameters,
          TimeoutSecondsPath,
          ResultPath: '$.hook.answer',
          End: true,
        },
      },
    },
    stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:Flow',
    function: (arn) => ({
      invoke: async (payload) => {
        called.push([arn, payload]);
        return { rows: 3 };
      },
    }),
    retryScale: 0,
    beforeTask: (state, run) => announced.push([state, run]),
  });
  const request = { run: 'nightly-1', timeout_seconds: 300 };
  const hook = { function: 'mask', request, timeout_seconds: 300 };

  const result = await flow.start('run', { hook }).result;

  expect(result).toMatchObject({ status: 'SUCCEEDED' });
  expect(called).toEqual([['mask', request]]);
  expect(announced).toEqual([['Call', undefined]]);
});
