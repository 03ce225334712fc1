import { StateMachine } from 'aws-local-stepfunctions';
import { describe, expect, it } from 'vitest';
import { stateMachineOf } from './support/state-machine.ts';
import { templateWith } from './support/synthesis.ts';

const { text, tasks } = stateMachineOf(templateWith());

/** What the steps put into the run, for the machine to route by. */
interface Choices {
  readonly execute: boolean;
  readonly has_target?: boolean;
  readonly replicate?: boolean;
  readonly undo?: boolean;
  readonly recovers?: boolean;
  readonly ends_recovered?: boolean;
  /** An answer of the overwrite stayed out. */
  readonly in_doubt?: boolean;
}

const nothing: Choices = {
  execute: false,
  has_target: true,
  replicate: false,
  undo: false,
  recovers: false,
  ends_recovered: false,
};

/** The look at which a step that follows itself has come to its end. */
const LOOKS: Readonly<Record<string, number>> = {
  'Check Replication': 3,
  'Recover Target': 2,
  'Roll Back': 2,
};

/** What a step makes of the run at its `nth` time. */
const answer = (name: string, nth: number, { in_doubt = false }: Choices): object => {
  const looked = { done: nth === LOOKS[name], wait_seconds: 60 };
  if (name === 'Check Replication') return { replication: looked };
  if (name === 'Recover Target') return { recovery: looked };
  if (name === 'Roll Back') return { guard: looked };
  if (name === 'Overwrite Volumes') return { guard: { wait_seconds: in_doubt ? 60 : 0 } };
  if (name === 'Record Failure') return { error: { name: 'Broken' }, cause: 'Why, what to do.' };
  return {};
};

/** Runs the machine with steps that set what Choices look at, or fail; returns the states it went through. */
const walk = async (choices: Choices, failing: readonly string[] = [], error = 'Broken') => {
  const seen = new Map<string, number>();
  const handlers = tasks.map(({ name }) => [
    name,
    (input: { Payload: { run: object } }) => {
      if (failing.includes(name)) {
        throw Object.assign(new Error(`${name} failed`), { name: error });
      }
      const nth = (seen.get(name) ?? 0) + 1;
      seen.set(name, nth);
      const answered = answer(name, nth, choices);
      return { Payload: { ...input.Payload.run, ...nothing, ...choices, ...answered } };
    },
  ]);
  const waits = Object.keys(JSON.parse(text).States).filter((name) => name.startsWith('Wait '));
  const { result, eventLogs } = new StateMachine(JSON.parse(text)).run(
    { refresh: 'nightly' },
    {
      overrides: {
        taskResourceLocalHandlers: Object.fromEntries(handlers),
        waitTimeOverrides: Object.fromEntries(waits.map((name) => [name, 0])),
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
    const walked = await walk(choices);

    expect(walked.path).toBe(path);
    expect(walked.outcome).toMatchObject({
      status: 'fulfilled',
      value: { id: 'nightly-1', execution: 'arn', event: { refresh: 'nightly' }, ...choices },
    });
  });
});

describe('a failure', () => {
  const all: Choices = { execute: true, replicate: true, recovers: true };

  it.each(['Prepare', 'Recover Target', 'Take Snapshot', 'Check Replication', 'Plan Overwrite'])(
    'of %s is recorded: the run holds no lock of its own',
    async (name) => {
      const { path, outcome } = await walk(all, [name]);

      expect(path).toMatch(new RegExp(`${name} > ${failed}$`));
      expect(path).not.toContain('Roll Back');
      expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'ExecutionError' } });
    },
  );

  it.each(['Acquire Guard', 'Overwrite Volumes', 'Verify Target'])(
    'of %s is rolled back, and recorded then',
    async (name) => {
      const { path, outcome } = await walk(all, [name]);

      expect(path.endsWith(`${name} > ${rolledBack} > ${failed}`)).toBe(true);
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: { name: 'ExecutionError', message: expect.stringContaining('Why, what to do.') },
      });
    },
  );

  it('that cannot be rolled back is recorded nevertheless', async () => {
    const { path } = await walk(all, ['Overwrite Volumes', 'Roll Back']);

    expect(path.endsWith(`Overwrite Volumes > Roll Back > ${failed}`)).toBe(true);
  });

  it('to release the guard is none of the refresh', async () => {
    const { path, outcome } = await walk(all, ['Release Guard']);

    expect(path.endsWith(`Verify Target > Release Guard > ${done}`)).toBe(true);
    expect(outcome).toMatchObject({
      status: 'fulfilled',
      value: { release_failure: { Error: 'Broken' } },
    });
  });

  it('to release the guard because it is lost is rolled back, as far as that is for this run', async () => {
    const { path } = await walk(all, ['Release Guard'], 'GuardLost');

    expect(path.endsWith(`Verify Target > Release Guard > ${rolledBack} > ${failed}`)).toBe(true);
  });

  it('to record the result is recorded, and not rolled back', async () => {
    const { path } = await walk(all, ['Record Result']);

    expect(path.endsWith(`Release Guard > Record Result > ${failed}`)).toBe(true);
  });

  it('that cannot even be recorded ends with the first error', async () => {
    const { path, outcome } = await walk({ execute: true }, ['Prepare', 'Record Failure']);

    expect(path).toBe('Begin > Prepare > Record Failure > Failure Not Recorded');
    expect(outcome).toMatchObject({
      status: 'rejected',
      reason: { message: expect.stringContaining('Prepare failed') },
    });
  });
});
