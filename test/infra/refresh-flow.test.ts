import { createRequire } from 'node:module';
import { Match } from 'aws-cdk-lib/assertions';
import { StateMachine } from 'aws-local-stepfunctions';
import { describe, expect, it } from 'vitest';
import { definitionSchema } from '../../lambda/refresh/request.ts';
import { stateMachineOf } from './support/state-machine.ts';
import { templateWith } from './support/synthesis.ts';

const template = templateWith();
const { text, definition, tasks } = stateMachineOf(template);

describe('the definition', () => {
  it('is accepted by the validator of the States Language', () => {
    // The package has no types.
    const validate: (definition: unknown) => { isValid: boolean; errors: unknown[] } =
      createRequire(import.meta.url)('asl-validator');

    expect(validate(JSON.parse(text))).toMatchObject({ isValid: true, errors: [] });
  });

  it('has the states of the design', () => {
    expect(Object.keys(definition.States).sort()).toEqual(
      [
        'Begin',
        'Prepare',
        'Execute?',
        'Take Snapshot',
        'Replicate?',
        'Check Replication',
        'Replicated?',
        'Wait For Replication',
        'Target Group?',
        'Plan Overwrite',
        'Overwrite Volumes',
        'Record Result',
        'Done',
        'Record Failure',
        'Failed',
        'Failure Not Recorded',
      ].sort(),
    );
    expect(definition.StartAt).toBe('Begin');
  });

  it('waits for replication as long as the last look has said', () => {
    expect(definition.States['Wait For Replication']).toEqual({
      Type: 'Wait',
      SecondsPath: '$.replication.wait_seconds',
      Next: 'Check Replication',
    });
  });

  it('ends later than the longest wait for replication and all steps before and after it', () => {
    const longest = definitionSchema.shape.replication_timeout_minutes.unwrap().maxValue ?? 0;
    const steps = tasks.reduce((sum, { TimeoutSeconds = 0 }) => sum + TimeoutSeconds, 0);

    expect(longest).toBe(48 * 60);
    expect(definition.TimeoutSeconds).toBe(52 * 3_600);
    expect(definition.TimeoutSeconds).toBeGreaterThan(longest * 60 + steps);
  });

  it('uses nothing that the local runner would run otherwise', () => {
    expect(text).not.toMatch(/"IsPresent":false|"ResultPath":"\$"|\$\$\.State|"QueryLanguage"/);
  });

  it('begins with the run document, the input as it came under event', () => {
    expect(definition.States['Begin']).toMatchObject({
      Parameters: {
        'id.$': '$$.Execution.Name',
        'execution.$': '$$.Execution.Id',
        'started.$': '$$.Execution.StartTime',
        'event.$': '$',
      },
    });
  });

  it('fails with the name and the message of the error', () => {
    expect(definition.States['Failed']).toEqual({
      Type: 'Fail',
      ErrorPath: '$.error.name',
      CausePath: '$.error.message',
    });
    expect(definition.States['Failure Not Recorded']).toEqual({
      Type: 'Fail',
      ErrorPath: '$.failure.Error',
      CausePath: '$.failure.Cause',
    });
  });
});

describe.each(tasks)('the task $name', (task) => {
  it('hands the whole run to the step of its name, and takes the whole run back', () => {
    expect(task).toMatchObject({
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: {
        Payload: { step: task.name.toLowerCase().replaceAll(' ', '-'), 'run.$': '$' },
      },
      OutputPath: '$.Payload',
    });
  });

  it('is tried again after the errors that may pass, and no other, three times', () => {
    expect(task.Retry).toEqual([
      {
        ErrorEquals: [
          'ArrayUnavailable',
          'ArrayThrottled',
          'Lambda.ServiceException',
          'Lambda.AWSLambdaException',
          'Lambda.SdkClientException',
          'Lambda.ClientExecutionTimeoutException',
          'Lambda.TooManyRequestsException',
          'Sandbox.Timedout',
        ],
        IntervalSeconds: 1,
        BackoffRate: 2,
        MaxAttempts: 3,
        JitterStrategy: 'FULL',
      },
    ]);
  });

  it('keeps the run when it fails', () => {
    const isLast = task.name === 'Record Failure';

    expect(task.Catch).toEqual([
      {
        ErrorEquals: ['States.ALL'],
        ResultPath: isLast ? '$.unrecorded' : '$.failure',
        Next: isLast ? 'Failure Not Recorded' : 'Record Failure',
      },
    ]);
  });

  it('has a deadline between that of the function and that of the machine', () => {
    const [step] = Object.values(
      template.findResources('AWS::Lambda::Function', { Properties: { Handler: 'index.step' } }),
    );

    expect(task.TimeoutSeconds).toBeGreaterThan(step?.['Properties'].Timeout);
    expect(task.TimeoutSeconds).toBeLessThan(definition.TimeoutSeconds);
  });
});

it('the machine is a standard one that logs and traces all', () => {
  template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
    StateMachineType: Match.absent(),
    LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: true },
    TracingConfiguration: { Enabled: true },
  });
  template.hasResourceProperties('AWS::Logs::LogGroup', {
    LogGroupName: '/aws/vendedlogs/states/FlashArrayRefresh-refresh',
  });
});

describe('the way through', () => {
  /** The look at which the snapshot is complete on the target array. */
  const LOOKS = 3;

  /** Runs the machine with steps that set what Choices look at, or fail; returns the states it went through. */
  const walk = async (
    choices: { execute: boolean; has_target: boolean; replicate?: boolean },
    failing: string[] = [],
  ) => {
    let looks = 0;
    const handlers = tasks.map(({ name }) => [
      name,
      (input: { Payload: { run: object } }) => {
        if (failing.includes(name)) {
          throw Object.assign(new Error(`${name} failed`), { name: 'Broken' });
        }
        const error = name === 'Record Failure' && { error: { name: 'Broken', message: 'why' } };
        if (name === 'Check Replication') looks += 1;
        const replication = { done: looks === LOOKS, wait_seconds: 100 + looks };
        return {
          Payload: { ...input.Payload.run, replicate: false, ...choices, replication, ...error },
        };
      },
    ]);
    const { result, eventLogs } = new StateMachine(JSON.parse(text)).run(
      { refresh: 'nightly' },
      {
        overrides: {
          taskResourceLocalHandlers: Object.fromEntries(handlers),
          waitTimeOverrides: { 'Wait For Replication': 0 },
        },
        context: { Execution: { Id: 'arn', Name: 'nightly-1', StartTime: '2026-11-24T01:00:00Z' } },
      },
    );
    const states: string[] = [];
    const [outcome] = await Promise.allSettled([
      result,
      (async () => {
        for await (const event of eventLogs) {
          if (event.type === 'StateEntered') states.push(event.state.name);
        }
      })(),
    ]);
    return { outcome, path: states.join(' > ') };
  };

  const untilSnapshot = 'Begin > Prepare > Execute? > Take Snapshot > Replicate?';
  const untilPlan = `${untilSnapshot} > Target Group?`;
  const look = 'Check Replication > Replicated?';
  const untilReplicated = `${untilSnapshot} > ${look} > Wait For Replication > ${look} > Wait For Replication > ${look}`;

  it.each([
    [{ execute: false, has_target: true }, 'Begin > Prepare > Execute? > Record Result > Done'],
    [{ execute: true, has_target: false }, `${untilPlan} > Record Result > Done`],
    [
      { execute: true, has_target: true },
      `${untilPlan} > Plan Overwrite > Overwrite Volumes > Record Result > Done`,
    ],
    [
      { execute: false, has_target: true, replicate: true },
      'Begin > Prepare > Execute? > Record Result > Done',
    ],
    [
      { execute: true, has_target: false, replicate: true },
      `${untilReplicated} > Target Group? > Record Result > Done`,
    ],
    [
      { execute: true, has_target: true, replicate: true },
      `${untilReplicated} > Target Group? > Plan Overwrite > Overwrite Volumes > Record Result > Done`,
    ],
  ])('%j', async (choices, path) => {
    const walked = await walk(choices);

    expect(walked.path).toBe(path);
    expect(walked.outcome).toMatchObject({
      status: 'fulfilled',
      value: { id: 'nightly-1', execution: 'arn', event: { refresh: 'nightly' }, ...choices },
    });
  });

  it.each(tasks.map(({ name }) => name).filter((name) => name !== 'Record Failure'))(
    'is recorded as a failure where %s fails',
    async (name) => {
      const { path, outcome } = await walk({ execute: true, has_target: true, replicate: true }, [
        name,
      ]);

      expect(path).toMatch(new RegExp(`${name} > Record Failure > Failed$`));
      expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'ExecutionError' } });
    },
  );

  it('tells the first error where even the failure cannot be recorded', async () => {
    const failing = ['Prepare', 'Record Failure'];
    const { path, outcome } = await walk({ execute: true, has_target: true }, failing);

    expect(path).toBe('Begin > Prepare > Record Failure > Failure Not Recorded');
    expect(outcome).toMatchObject({
      status: 'rejected',
      reason: { message: expect.stringContaining('Prepare failed') },
    });
  });
});
