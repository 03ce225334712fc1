import { describe, expect, it } from 'vitest';
import { some } from '../support/extent.ts';
import { stateMachineOf } from './support/state-machine.ts';
import { templateWith } from './support/synthesis.ts';
import { type Choices, walkThrough } from './support/walk-through.ts';

const walk = walkThrough(stateMachineOf(templateWith()));

const prepared = 'Begin > Prepare > Execute?';
const untilSnapshot = `${prepared} > Undo? > Take Snapshot > Replicate?`;
const untilPlan = `${untilSnapshot} > Target Group?`;
const look = 'Check Replication > Replicated?';
const untilReplicated = `${untilSnapshot} > ${look} > Wait For Replication > ${look} > Wait For Replication > ${look}`;
const overwritten = 'Acquire Guard > Overwrite Volumes > Answered?';
const done = 'Record Result > Done';
const released = `Verify Target > Release Guard > ${done}`;
const recovered = 'Recover Target > Recovered? > Wait For Takeover > Recover Target > Recovered?';
const rolledBack = 'Roll Back > Rolled Back? > Wait To Roll Back > Roll Back > Rolled Back?';
const failed = 'Record Failure > Failed';

describe('the way through', () => {
  it.each<[Choices, string]>([
    [{ execute: false }, `${prepared} > ${done}`],
    [{ execute: false, replicate: true }, `${prepared} > ${done}`],
    [{ execute: false, undo: true }, `${prepared} > ${done}`],
    [{ execute: false, recovers: true, ends_recovered: true }, `${prepared} > ${done}`],
    [{ execute: true, has_target: false }, `${untilPlan} > ${done}`],
    [{ execute: true }, `${untilPlan} > Plan Overwrite > ${overwritten} > ${released}`],
    [
      { execute: true, in_doubt: true },
      `${untilPlan} > Plan Overwrite > ${overwritten} > Wait For Answers > ${released}`,
    ],
    [
      { execute: true, has_target: false, replicate: true },
      `${untilReplicated} > Target Group? > ${done}`,
    ],
    [
      { execute: true, replicate: true },
      `${untilReplicated} > Target Group? > Plan Overwrite > ${overwritten} > ${released}`,
    ],
    [{ execute: true, undo: true }, `${prepared} > Undo? > ${overwritten} > ${released}`],
    [
      { execute: true, recovers: true },
      `${prepared} > ${recovered} > ${untilPlan.slice(prepared.length + 3)} > Plan Overwrite > ${overwritten} > ${released}`,
    ],
    [
      { execute: true, recovers: true, ends_recovered: true },
      `${prepared} > ${recovered} > ${done}`,
    ],
  ])('%j', async (choices, path) => {
    const walked = await walk({ choices });

    expect(walked.path).toBe(path);
    expect(walked.outcome).toMatchObject({
      status: 'fulfilled',
      value: { id: 'nightly-1', execution: 'arn', event: { refresh: 'nightly' }, ...choices },
    });
  });
});

describe('a failure', () => {
  const all: Choices = { execute: true, replicate: true, recovers: true };

  const before = [
    'Prepare',
    'Recover Target',
    'Take Snapshot',
    'Check Replication',
    'Plan Overwrite',
  ];
  it.each(some(before, 3))('of %s is recorded: the run holds no lock of its own', async (name) => {
    const { path, outcome } = await walk({ choices: all, failing: [name] });

    expect(path).toMatch(new RegExp(`${name} > ${failed}$`));
    expect(path).not.toContain('Roll Back');
    expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'ExecutionError' } });
  });

  it.each(some(['Acquire Guard', 'Overwrite Volumes', 'Verify Target'], 2))(
    'of %s is rolled back, and recorded then',
    async (name) => {
      const { path, outcome } = await walk({ choices: all, failing: [name] });

      expect(path.endsWith(`${name} > ${rolledBack} > ${failed}`)).toBe(true);
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: { name: 'ExecutionError', message: expect.stringContaining('Why, what to do.') },
      });
    },
  );

  it('that cannot be rolled back is recorded nevertheless', async () => {
    const { path } = await walk({ choices: all, failing: ['Overwrite Volumes', 'Roll Back'] });

    expect(path.endsWith(`Overwrite Volumes > Roll Back > ${failed}`)).toBe(true);
  });

  it('to release the guard is none of the refresh', async () => {
    const { path, outcome } = await walk({ choices: all, failing: ['Release Guard'] });

    expect(path.endsWith(`Verify Target > Release Guard > ${done}`)).toBe(true);
    expect(outcome).toMatchObject({
      status: 'fulfilled',
      value: { release_failure: { Error: 'Broken' } },
    });
  });

  it('to release the guard because it is lost is rolled back, as far as that is for this run', async () => {
    const { path } = await walk({ choices: all, failing: ['Release Guard'], error: 'GuardLost' });

    expect(path.endsWith(`Verify Target > Release Guard > ${rolledBack} > ${failed}`)).toBe(true);
  });

  it('to record the result is recorded, and not rolled back', async () => {
    const { path } = await walk({ choices: all, failing: ['Record Result'] });

    expect(path.endsWith(`Release Guard > Record Result > ${failed}`)).toBe(true);
  });

  it('that cannot even be recorded ends with the first error', async () => {
    const { path, outcome } = await walk({
      choices: { execute: true },
      failing: ['Prepare', 'Record Failure'],
    });

    expect(path).toBe('Begin > Prepare > Record Failure > Failure Not Recorded');
    expect(outcome).toMatchObject({
      status: 'rejected',
      reason: { message: expect.stringContaining('Prepare failed') },
    });
  });
});
