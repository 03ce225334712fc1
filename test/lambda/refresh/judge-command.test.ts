import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeHook } from '../../../lambda/refresh/judge-hook.ts';
import type { HookCursor } from '../../../lambda/refresh/run.ts';
import { cursorWith, HOST, invocation, lookingWith, underWay } from './support/hooks.ts';

const [FIRST, SECOND] = [HOST, 'i-0000000000000002'];

/** Judges these answers one after the other. */
const judgedAfter = (begun: HookCursor, answers: readonly unknown[]) => {
  let at = { cursor: begun, record: underWay() };
  for (const answer of answers) at = judgeHook({ ...at.cursor, answer }, at.record);
  return at;
};

describe('a look at an instance', () => {
  it.each(['Pending', 'InProgress', 'Delayed', 'Cancelling', 'What AWS thinks of next'])(
    '%s: it is looked at again',
    (Status) => {
      const { cursor, record } = judgedAfter(lookingWith(), [invocation(Status)]);

      expect(cursor).toMatchObject({ next: 'wait', looks_at: 'instance', wait_seconds: 2 });
      expect(record.status).toBe('RUNNING');
    },
  );

  it.each([
    ['Success', { StandardOutputContent: 'Down.' }, 'SUCCEEDED', null],
    [
      'Failed',
      { ResponseCode: 3, StandardErrorContent: 'a\nb\nc\nd\n' },
      'FAILED',
      `Failed on ${HOST}, exit code 3: b c d`,
    ],
    ['Cancelled', {}, 'FAILED', `Cancelled on ${HOST}`],
    ['TimedOut', { StatusDetails: 'DeliveryTimedOut' }, 'FAILED', `DeliveryTimedOut on ${HOST}`],
    [
      'Failed',
      { StatusDetails: 'Undeliverable', ResponseCode: 0 },
      'FAILED',
      `Undeliverable on ${HOST}`,
    ],
  ])('%s %j is %s', (Status, more, status, problem) => {
    const { record } = judgedAfter(lookingWith(), [invocation(Status, more)]);

    expect(record).toMatchObject({ status, problem });
  });

  it('has no exit code where Systems Manager has none', () => {
    const { record } = judgedAfter(lookingWith(), [invocation('Cancelled')]);

    expect(record.results).toEqual([
      { instance: HOST, status: 'Cancelled', exit_code: null, output: '' },
    ]);
  });

  it.each([
    ['Ssm.InvocationDoesNotExistException', 'null'],
    ['Ssm.InvocationDoesNotExist', 'null'],
    ['Ssm.SsmException', 'Rate exceeded'],
    ['Ssm.SsmException', 'Access denied'],
    ['States.Timeout', undefined],
  ])('that fails of %s: it is looked at again', (name, Cause) => {
    const refusal = { Error: name, Cause };
    const { cursor, record } = judgeHook(lookingWith({ refusal }), underWay());

    expect(cursor).toMatchObject({ next: 'wait', looks_at: 'instance', command: 'c-1' });
    expect(cursor.refusal).toBeUndefined();
    expect(record.status).toBe('RUNNING');
  });

  it('that fails when the time is over: so is the hook, and why is told', () => {
    const refusal = { Error: 'Ssm.SsmException', Cause: 'Rate exceeded' };
    const { record } = judgeHook(lookingWith({ refusal, waited_seconds: 1_800 }), underWay());

    expect(record).toMatchObject({
      status: 'TIMED_OUT',
      problem:
        'It did not come to its end within 30 min, and may still be at work. The last look at it failed: Ssm.SsmException: Rate exceeded',
    });
  });
});

describe('several instances', () => {
  const both = lookingWith({ instances: [FIRST, SECOND], instance: FIRST });

  it('are looked at one after the other, without a wait between', () => {
    const one = judgedAfter(both, [invocation('Success', { StandardOutputContent: '1' })]);
    expect(one.cursor).toMatchObject({ instance: SECOND, wait_seconds: 0, next: 'wait' });
    expect(one.record.status).toBe('RUNNING');

    const { record } = judgedAfter(both, [invocation('Success'), invocation('Success')]);
    expect(record.status).toBe('SUCCEEDED');
    expect(record.results.map(({ instance }) => instance)).toEqual([FIRST, SECOND]);
  });

  it('are waited for to the last where one has failed: it may be at work', () => {
    const one = judgedAfter(both, [invocation('Failed'), invocation('InProgress')]);
    expect(one.record.status).toBe('RUNNING');

    const { record } = judgedAfter(both, [
      invocation('Failed', { ResponseCode: 2 }),
      invocation('Failed'),
    ]);
    expect(record).toMatchObject({
      status: 'FAILED',
      problem: `Failed on ${FIRST}, exit code 2; Failed on ${SECOND}`,
    });
  });
});

describe('a command to tags', () => {
  const sent = lookingWith({ looks_at: 'command', instances: [], instance: '' });
  const command = (Status: string, TargetCount: number) => ({
    Commands: [{ Status, TargetCount }],
  });
  const reached = (...ids: string[]) => ({
    CommandInvocations: ids.map((InstanceId) => ({ InstanceId })),
  });

  it.each(['Pending', 'InProgress', 'Cancelling'])('is waited for while it is %s', (Status) => {
    const { cursor, record } = judgedAfter(sent, [command(Status, 0)]);

    expect(cursor).toMatchObject({ looks_at: 'command', wait_seconds: 2 });
    expect(record.status).toBe('RUNNING');
  });

  it('and then every instance that it went to is looked at', () => {
    const over = judgedAfter(sent, [command('Success', 2)]);
    expect(over.cursor).toMatchObject({ looks_at: 'instances', reached: 2, wait_seconds: 0 });

    const known = judgedAfter(sent, [command('Success', 2), reached(FIRST, SECOND)]);
    expect(known.cursor).toMatchObject({
      looks_at: 'instance',
      instances: [FIRST, SECOND],
      instance: FIRST,
      wait_seconds: 0,
    });
  });

  it('that no instance bears has FAILED', () => {
    expect(judgedAfter(sent, [command('Success', 0)]).record).toMatchObject({
      status: 'FAILED',
      problem: 'No managed instance bears its tags.',
    });
  });

  it('is not over while not all its instances can be seen', () => {
    const { cursor, record } = judgedAfter(sent, [command('Failed', 2), reached(FIRST)]);

    expect(record.status).toBe('RUNNING');
    expect(cursor).toMatchObject({ looks_at: 'instances', reached: 2, wait_seconds: 2 });
  });

  it('that went to more than can be looked at ends with the time, and says so', () => {
    const many = Array.from({ length: 50 }, (_, at) => `i-${String(at).padStart(8, '0')}`);
    const late = { ...sent, waited_seconds: sent.timeout_seconds };

    expect(judgedAfter(late, [command('Success', 51), reached(...many)]).record).toMatchObject({
      status: 'TIMED_OUT',
      problem: expect.stringContaining(
        'Of 51 instances, 50 could be looked at; one hook may have 50.',
      ),
    });
  });

  it.each([{}, { Commands: [] }, null])('is looked at again where the answer is %j', (answer) => {
    expect(judgedAfter(sent, [answer]).cursor).toMatchObject({
      looks_at: 'command',
      wait_seconds: 2,
    });
  });
});

describe('whatever comes', () => {
  const answers = fc.oneof(
    fc.record({ Command: fc.record({ CommandId: fc.string() }) }),
    fc.record({
      Commands: fc.tuple(
        fc.record({
          Status: fc.constantFrom('InProgress', 'Success', 'Failed'),
          TargetCount: fc.nat({ max: 60 }),
        }),
      ),
    }),
    fc.record({
      CommandInvocations: fc.array(fc.record({ InstanceId: fc.string() }), { maxLength: 50 }),
    }),
    fc.record({ Status: fc.constantFrom('Pending', 'InProgress', 'Success', 'Failed') }),
    fc.anything(),
  );
  const refusal = fc.record({
    Error: fc.constantFrom('Ssm.SsmException', 'Ssm.InvocationDoesNotExist', 'States.Timeout'),
    Cause: fc.constantFrom('Rate exceeded', 'Access denied', 'null', ''),
  });
  const reply = fc.oneof(
    answers.map((answer) => ({ answer })),
    refusal.map((it) => ({ refusal: it })),
  );
  const start = fc.constantFrom(
    cursorWith(),
    cursorWith({ next: 'send_to_tags', request: { Targets: [] } }),
    cursorWith({ next: 'call' }),
    lookingWith({ instances: [FIRST, SECOND] }),
    lookingWith({ looks_at: 'command' }),
    lookingWith({ looks_at: 'nothing' }),
  );

  /** Waits and looks until it ends, and is then told the last of the replies for ever. */
  const follow = (begun: HookCursor, replies: readonly object[]) => {
    let at = { cursor: begun, record: underWay() };
    let waited = 0;
    let looks = 0;
    while (at.record.status === 'RUNNING') {
      if (at.cursor.next === 'wait') waited += at.cursor.wait_seconds;
      const told = replies[Math.min(looks, replies.length - 1)] ?? {};
      at = judgeHook({ ...at.cursor, ...told }, at.record);
      looks += 1;
      if (looks > 10_000) throw new Error('It has no end.');
    }
    return { ...at, waited, looks };
  };

  it('the hook ends, and has waited no longer than its time, and that once more where it may have been sent', () => {
    fc.assert(
      fc.property(
        start,
        fc.array(reply, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 720 }),
        (cursor, replies, minutes) => {
          const timeout_seconds = minutes * 60;
          const { record, waited } = follow({ ...cursor, timeout_seconds }, replies);

          expect(record.status).not.toBe('RUNNING');
          const isUnseen = record.problem?.startsWith('Whether it was') ?? false;
          expect(waited).toBeLessThanOrEqual(timeout_seconds * (isUnseen ? 2 : 1));
        },
      ),
    );
  });

  it.each([
    [1, 25],
    [30, 80],
    [720, 800],
  ])('a hook of %d min is looked at fewer than %d times', (minutes, most) => {
    const answer = invocation('InProgress');
    const { record, waited, looks } = follow(lookingWith({ timeout_seconds: minutes * 60 }), [
      { answer },
    ]);

    expect(record.status).toBe('TIMED_OUT');
    expect(waited).toBe(minutes * 60);
    expect(looks).toBeLessThan(most);
  });
});
