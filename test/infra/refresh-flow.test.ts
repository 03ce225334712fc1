import { createRequire } from 'node:module';
import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { definitionSchema } from '../../lambda/refresh/definition.ts';
import { stateMachineOf } from './support/state-machine.ts';
import {
  templateFor,
  templateWith,
  withEverything,
  withHooks,
  withOracle,
} from './support/synthesis.ts';
import { waysOf } from './support/ways.ts';

const template = templateWith();
const { definition, tasks } = stateMachineOf(template);
const machines = [
  ['without a source database', template],
  ['with a source database', templateFor(withOracle)],
  ['with hooks', templateFor(withHooks)],
  ['with all of that', templateFor(withEverything)],
] as const;

/** Where a failure is kept and leads to; those of all other tasks are recorded. */
const failures: Readonly<Record<string, readonly [string, string]>> = {
  'Acquire Guard': ['$.failure', 'Roll Back'],
  'Overwrite Volumes': ['$.failure', 'Roll Back'],
  'Verify Target': ['$.failure', 'Roll Back'],
  'Roll Back': ['$.rollback_failure', 'Record Failure'],
  // The target is complete.
  'Release Guard': ['$.release_failure', 'Record Result'],
  'Record Failure': ['$.unrecorded', 'Failure Not Recorded'],
};
/**
 * Waits for what may still be carried out: for a takeover and its end, for answers, to roll back and its end, and for the
 * source database.
 */
const SETTLING = 6;
/** Longest that a step on the database goes on after the end of its execution: that is waited for as well. */
const LINGER = 600;
/** All hooks together, in seconds; one of which nobody knows whether it was sent is waited for as long again. */
const HOOKS = 2 * 720 * 60;
const wait = (SecondsPath: string, Next: string) => ({ Type: 'Wait', SecondsPath, Next });

describe.each(machines)('the definition of a machine %s', (_, machineTemplate) => {
  const machine = stateMachineOf(machineTemplate);

  it('is accepted by the validator of the States Language', () => {
    // The package has no types.
    const validate: (definition: unknown) => { isValid: boolean; errors: unknown[] } =
      createRequire(import.meta.url)('asl-validator');

    expect(validate(JSON.parse(machine.text))).toMatchObject({ isValid: true, errors: [] });
  });

  it('ends later than the longest wait for replication, all that is waited beside, and all steps', () => {
    const { replication_timeout_minutes, settle_seconds, ora_backup_mode_max_seconds } =
      definitionSchema.shape;
    const longest = replication_timeout_minutes.unwrap().maxValue ?? 0;
    const settle = settle_seconds.unwrap().maxValue ?? 0;
    const backup = ora_backup_mode_max_seconds.unwrap().maxValue ?? 0;
    const steps = machine.tasks.reduce(
      (sum, { TimeoutSeconds = backup }) => sum + TimeoutSeconds,
      0,
    );

    expect(longest).toBe(48 * 60);
    expect(settle).toBe(3_600);
    expect(backup).toBe(3_600);
    expect(machine.definition.TimeoutSeconds).toBe(96 * 3_600);
    expect(machine.definition.TimeoutSeconds).toBeGreaterThan(
      longest * 60 + SETTLING * settle + LINGER + HOOKS + steps,
    );
  });

  it('can come to each of its states, and from each of them to an end', () => {
    const { StartAt, States } = machine.definition;
    const reached = waysOf(States, StartAt);
    const ends = Object.entries(States).flatMap(([name, { Type }]) =>
      Type === 'Succeed' || Type === 'Fail' ? [name] : [],
    );

    expect([...reached].sort()).toEqual(Object.keys(States).sort());
    for (const name of reached) {
      const ways = waysOf(States, name);
      expect(ends.filter((end) => ways.has(end))).not.toEqual([]);
    }
  });

  it('has a time for each task, and somewhere to go where that fails', () => {
    const everyTask = [...machine.tasks, ...machine.calls];
    const count = Object.values(machine.definition.States).filter(({ Type }) => Type === 'Task');

    expect(everyTask).toHaveLength(count.length);
    for (const { TimeoutSeconds, TimeoutSecondsPath, Catch } of everyTask) {
      expect(TimeoutSeconds ?? TimeoutSecondsPath).toBeDefined();
      expect(Catch.at(-1)).toMatchObject({ ErrorEquals: ['States.ALL'] });
    }
  });

  it('uses nothing that the local runner would run otherwise', () => {
    expect(machine.text).not.toMatch(
      /"IsPresent":false|"ResultPath":"\$"|\$\$\.State|"QueryLanguage"/,
    );
  });
});

describe('the definition', () => {
  it('has the states of the design', () => {
    expect(Object.keys(definition.States).sort()).toEqual(
      [
        'Begin',
        'Prepare',
        'Execute?',
        'Recover Target',
        'Recovered?',
        'Wait For Takeover',
        'Undo?',
        'Take Snapshot',
        'Replicate?',
        'Check Replication',
        'Replicated?',
        'Wait For Replication',
        'Target Group?',
        'Plan Overwrite',
        'Acquire Guard',
        'Overwrite Volumes',
        'Answered?',
        'Wait For Answers',
        'Verify Target',
        'Release Guard',
        'Roll Back',
        'Rolled Back?',
        'Wait To Roll Back',
        'Record Result',
        'Done',
        'Record Failure',
        'Failed',
        'Failure Not Recorded',
      ].sort(),
    );
    expect(definition.StartAt).toBe('Begin');
  });

  it('waits as long as the step before has said, and then goes to the one that looks', () => {
    const waits = Object.entries(definition.States).filter(([, { Type }]) => Type === 'Wait');

    expect(Object.fromEntries(waits)).toEqual({
      'Wait For Replication': wait('$.replication.wait_seconds', 'Check Replication'),
      'Wait For Takeover': wait('$.recovery.wait_seconds', 'Recover Target'),
      'Wait For Answers': wait('$.guard.wait_seconds', 'Verify Target'),
      'Wait To Roll Back': wait('$.guard.wait_seconds', 'Roll Back'),
    });
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

  it('fails with the name of the error, and with what is told of it', () => {
    expect(definition.States['Failed']).toEqual({
      Type: 'Fail',
      ErrorPath: '$.error.name',
      CausePath: '$.cause',
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
          'RunStillRunning',
          'DatabaseUnavailable',
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

  it('keeps the run when it fails, and goes where a failure of it leads', () => {
    const [ResultPath, Next] = failures[task.name] ?? ['$.failure', 'Record Failure'];
    // Somebody else has the target then, and what that makes of it is to be found out.
    const lost = { ErrorEquals: ['GuardLost'], ResultPath: '$.failure', Next: 'Roll Back' };

    expect(task.Catch).toEqual([
      ...(task.name === 'Release Guard' ? [lost] : []),
      { ErrorEquals: ['States.ALL'], ResultPath, Next },
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
