import { describe, expect, it } from 'vitest';
import { ORACLE_ARN, STEP_ARN, stateMachineOf } from './support/state-machine.ts';
import { templateFor, templateWith, withOracle } from './support/synthesis.ts';
import { waysOf, waysTo } from './support/ways.ts';

const { definition, tasks } = stateMachineOf(templateFor(withOracle));
const without = stateMachineOf(templateWith());
const taskOf = (name: string) => {
  const found = tasks.find((task) => task.name === name);
  if (found === undefined) throw new Error(`There is no task ${name}.`);
  return found;
};
const caught = (ResultPath: string, Next: string) => [
  { ErrorEquals: ['States.ALL'], ResultPath, Next },
];

it('the steps on arrays are those of a machine without a source database', () => {
  const added = Object.keys(definition.States).filter(
    (name) => !(name in without.definition.States),
  );

  expect(added.sort()).toEqual(
    [
      'Clears Up?',
      'Find Backup Mode',
      'In Backup Mode?',
      'Database?',
      'Read Database',
      'Note Database',
      'Backup Mode?',
      'Begin Backup',
      'Take Snapshot In Backup Mode',
      'End Backup',
      'Backup Ended?',
      'Wait For Database',
      'Note Backup Ended',
      'And Now?',
      'Target To Clear Up?',
      'Backup Mode Left?',
      'Which Failure?',
      'Backup Mode Not Ended',
    ].sort(),
  );
  expect(definition.States).toMatchObject(
    Object.fromEntries(
      without.tasks
        // Its failure may leave one thing more to be said.
        .filter(({ name }) => name !== 'Record Failure')
        .map(({ name }) => [name, without.definition.States[name]]),
    ),
  );
});

describe('what speaks to the database', () => {
  it.each([
    ['Read Database', 'read-database', ORACLE_ARN],
    ['Begin Backup', 'begin-backup', ORACLE_ARN],
    ['End Backup', 'end-backup', ORACLE_ARN],
    ['Note Database', 'note-database', STEP_ARN],
    ['Note Backup Ended', 'note-backup-ended', STEP_ARN],
    ['Find Backup Mode', 'find-backup-mode', STEP_ARN],
    ['Take Snapshot In Backup Mode', 'take-snapshot', STEP_ARN],
  ])('%s: the step %s of the right function', (name, step, FunctionName) => {
    expect(taskOf(name).Parameters).toEqual({ FunctionName, Payload: { step, 'run.$': '$' } });
  });

  it('is nothing else', () => {
    const speaking = tasks.filter(({ Parameters }) => Parameters.FunctionName === ORACLE_ARN);

    expect(speaking.map(({ name }) => name).sort()).toEqual([
      'Begin Backup',
      'End Backup',
      'Read Database',
    ]);
  });
});

describe('Begin Backup', () => {
  it('is tried again only where it has not been begun', () => {
    expect(taskOf('Begin Backup').Retry).toMatchObject([
      { ErrorEquals: ['Lambda.TooManyRequestsException'], MaxAttempts: 3 },
    ]);
  });

  it('leads to End Backup whatever comes of it, and so does the snapshot after it', () => {
    expect(taskOf('Begin Backup')).toMatchObject({
      Next: 'Take Snapshot In Backup Mode',
      Catch: caught('$.failure', 'End Backup'),
    });
    expect(taskOf('Take Snapshot In Backup Mode')).toMatchObject({
      Next: 'End Backup',
      Catch: caught('$.failure', 'End Backup'),
    });
  });

  it('leads to no end of the machine that does not pass End Backup', () => {
    const ends = Object.entries(definition.States)
      .filter(([, { Type }]) => Type === 'Succeed' || Type === 'Fail')
      .map(([name]) => name);
    const reached = waysOf(definition.States, 'Begin Backup', ['End Backup']);

    expect(ends.sort()).toEqual([
      'Backup Mode Not Ended',
      'Done',
      'Failed',
      'Failure Not Recorded',
    ]);
    expect([...reached].sort()).toEqual([
      'Begin Backup',
      'End Backup',
      'Take Snapshot In Backup Mode',
    ]);
  });

  it('is come to only from Note Database, which has left a note for whoever clears up', () => {
    expect(waysTo(definition.States, 'Begin Backup')).toEqual(['Backup Mode?']);
    expect(waysTo(definition.States, 'Backup Mode?')).toEqual(['Note Database']);
  });
});

describe('Take Snapshot In Backup Mode', () => {
  it('has the time for which the database may be in backup mode', () => {
    expect(taskOf('Take Snapshot In Backup Mode').TimeoutSecondsPath).toBe('$.backup.max_seconds');
    expect(taskOf('Take Snapshot In Backup Mode').TimeoutSeconds).toBeUndefined();
  });

  it('is tried again as the snapshot without backup mode is, but not when its time is up', () => {
    const { Retry } = taskOf('Take Snapshot In Backup Mode');

    expect(Retry).toEqual(taskOf('Take Snapshot').Retry);
    expect(Retry.flatMap(({ ErrorEquals }) => ErrorEquals)).not.toContain('States.Timeout');
  });
});

describe('End Backup', () => {
  it('is tried again whatever is in its way, for minutes', () => {
    expect(taskOf('End Backup').Retry).toEqual([
      { ErrorEquals: ['States.ALL'], IntervalSeconds: 5, BackoffRate: 2, MaxAttempts: 5 },
    ]);
  });

  it('keeps why it failed beside why the run failed', () => {
    expect(taskOf('End Backup').Catch).toEqual(caught('$.backup_failure', 'Target To Clear Up?'));
  });

  it('comes again after a wait as long as it has said', () => {
    expect(definition.States['Wait For Database']).toEqual({
      Type: 'Wait',
      SecondsPath: '$.backup.wait_seconds',
      Next: 'End Backup',
    });
  });
});

describe('Note Backup Ended', () => {
  it('is come to only where backup mode is over', () => {
    expect(waysTo(definition.States, 'Note Backup Ended')).toEqual(['Backup Ended?']);
    expect(waysTo(definition.States, 'Backup Ended?')).toEqual(['End Backup']);
    expect(definition.States['Backup Ended?']).toMatchObject({
      Choices: [{ Variable: '$.backup.done', BooleanEquals: false, Next: 'Wait For Database' }],
      Default: 'Note Backup Ended',
    });
  });

  it('is not what decides: its failure is kept aside, and the way on is the same', () => {
    expect(taskOf('Note Backup Ended')).toMatchObject({
      Next: 'And Now?',
      Catch: caught('$.unnoted', 'And Now?'),
    });
    expect(waysTo(definition.States, 'And Now?')).toEqual(['Note Backup Ended']);
  });
});
