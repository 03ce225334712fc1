import { describe, expect, it } from 'vitest';
import { STEP_ARN, stateMachineOf } from './support/state-machine.ts';
import { templateFor, templateWith, withHooks } from './support/synthesis.ts';
import { waysOf, waysTo } from './support/ways.ts';

const withDocuments = { refreshes: [], hooks: { ...withHooks.hooks, functions: [] } };
const withFunctions = { refreshes: [], hooks: { functions: withHooks.hooks.functions } };
const { definition, tasks, calls } = stateMachineOf(templateFor(withHooks));
const without = stateMachineOf(templateWith());
const statesWith = (settings: object) =>
  Object.keys(stateMachineOf(templateFor(settings)).definition.States);
const callNamed = (name: string) => {
  const found = calls.find((call) => call.name === name);
  if (!found) throw new Error(`There is no ${name}.`);
  return found;
};

const OF_DOCUMENTS = [
  'Send Command',
  'Send Command To Tags',
  'Look At What?',
  'Look At Instance',
  'Look At Command',
  'Look For Instances',
];
const OF_FUNCTIONS = ['Call Function'];
const POINTS = [
  'Before Snapshot',
  'After Snapshot',
  'Before Overwrite',
  'On Abort',
  'After Overwrite',
  'On Failure',
  'To Clear Up',
];
const OF_ALL = [
  ...POINTS,
  ...POINTS.filter((point) => !['On Abort', 'After Overwrite'].includes(point)),
  'Follow Hooks',
  'What Now?',
  'Which Point?',
  'Wait For Hook',
];

describe('a machine', () => {
  it('without hooks has no state for them', () => {
    const names = Object.keys(without.definition.States).join();

    expect(names).not.toMatch(/Hook|Command|Call Function|Abort|Which Point|What Now/);
    expect(without.text).not.toContain('hook');
    expect(without.calls).toEqual([]);
  });

  it.each([
    ['documents', withDocuments, OF_DOCUMENTS, OF_FUNCTIONS],
    ['functions', withFunctions, OF_FUNCTIONS, OF_DOCUMENTS],
  ])('whose hooks use %s alone has no state for the others', (_, settings, has, lacks) => {
    const names = statesWith(settings);

    expect(names).toEqual(expect.arrayContaining(has));
    expect(names.filter((name) => lacks.includes(name))).toEqual([]);
  });

  it('with hooks has all states of one without, and does the same in each step of a refresh', () => {
    const own = without.tasks.map(({ name }) => name);
    const steps = (machine: typeof without) =>
      machine.tasks
        .filter(({ name }) => own.includes(name))
        .map(({ name, Parameters, Retry, TimeoutSeconds, OutputPath }) => [
          name,
          { Parameters, Retry, TimeoutSeconds, OutputPath },
        ]);

    expect(Object.keys(definition.States)).toEqual(
      expect.arrayContaining(Object.keys(without.definition.States)),
    );
    expect(Object.fromEntries(steps(stateMachineOf(templateFor(withHooks))))).toEqual(
      Object.fromEntries(steps(without)),
    );
    expect(Object.keys(definition.States)).toEqual(
      expect.arrayContaining([...OF_DOCUMENTS, ...OF_FUNCTIONS, ...new Set(OF_ALL)]),
    );
  });
});

describe('Follow Hooks', () => {
  it('is tried again whatever is in its way, and keeps why it failed aside', () => {
    expect(tasks.find(({ name }) => name === 'Follow Hooks')).toMatchObject({
      Parameters: { FunctionName: STEP_ARN, Payload: { step: 'follow-hooks', 'run.$': '$' } },
      Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 5 }],
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.hook_failure', Next: 'Which Point?' }],
    });
  });

  it('judges whatever comes of what was asked for', () => {
    for (const { name, Next, Catch } of calls) {
      expect([name, Next, ...Catch.map((it) => it.Next)]).toEqual([
        name,
        'Follow Hooks',
        ...Catch.map(() => 'Follow Hooks'),
      ]);
      expect(new Set(Catch.map(({ ResultPath }) => ResultPath))).toEqual(
        new Set(['$.hook.refusal']),
      );
    }
    expect(waysTo(definition.States, 'Follow Hooks').sort()).toEqual(
      [...POINTS, ...calls.map(({ name }) => name), 'Look At What?'].sort(),
    );
  });

  it('alone decides that something is sent or called', () => {
    for (const name of ['Send Command', 'Send Command To Tags', 'Call Function']) {
      expect(waysTo(definition.States, name)).toEqual(['What Now?']);
    }
    expect(waysTo(definition.States, 'What Now?')).toEqual(['Follow Hooks']);
  });
});

describe('what is asked for', () => {
  const RUN_COMMAND = 'arn:aws:states:::aws-sdk:ssm:';

  it.each(['Send Command', 'Send Command To Tags'])('%s is sent once', (name) => {
    expect(callNamed(name)).toMatchObject({
      Resource: `${RUN_COMMAND}sendCommand`,
      Retry: [],
      TimeoutSeconds: 60,
      Parameters: {
        'DocumentName.$': '$.hook.request.DocumentName',
        'Parameters.$': '$.hook.request.Parameters',
        'TimeoutSeconds.$': '$.hook.request.TimeoutSeconds',
      },
    });
  });

  it.each([
    ['Look At Instance', 'getCommandInvocation'],
    ['Look At Command', 'listCommands'],
    ['Look For Instances', 'listCommandInvocations'],
  ])('%s is asked for again: it changes nothing', (name, action) => {
    const { Resource, Retry } = callNamed(name);

    expect(Resource).toBe(`${RUN_COMMAND}${action}`);
    expect(Retry.flatMap(({ ErrorEquals }) => ErrorEquals)).toEqual(
      expect.arrayContaining(['Ssm.InvocationDoesNotExistException', 'Ssm.SsmException']),
    );
  });

  it('a function is called again only where it was not called, and has the time of its hook', () => {
    expect(callNamed('Call Function')).toMatchObject({
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: { 'FunctionName.$': '$.hook.function', 'Payload.$': '$.hook.request' },
      TimeoutSecondsPath: '$.hook.timeout_seconds',
      Retry: [{ ErrorEquals: ['Lambda.TooManyRequestsException'] }],
    });
  });
});

describe('the order', () => {
  it('what comes before an overwrite comes before the guard is taken', () => {
    expect(waysTo(definition.States, 'Acquire Guard').sort()).toEqual([
      'Hooks Before Overwrite?',
      'Which Point?',
    ]);
  });

  it('nothing is called between taking the guard and giving it up', () => {
    const between = waysOf(definition.States, 'Acquire Guard', ['Release Guard', 'Roll Back']);

    expect([...between].sort()).toEqual([
      'Acquire Guard',
      'Answered?',
      'Overwrite Volumes',
      'Release Guard',
      'Roll Back',
      'Verify Target',
      'Wait For Answers',
    ]);
  });

  it('what is told of a failure comes last', () => {
    expect(definition.States['Hooks On Failure?']).toMatchObject({ Default: 'Failed' });
    expect(waysTo(definition.States, 'Failed').sort()).toEqual([
      'Hooks On Failure?',
      'Which Point?',
    ]);
  });
});
