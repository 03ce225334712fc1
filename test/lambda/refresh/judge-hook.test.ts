import { describe, expect, it } from 'vitest';
import { judgeHook } from '../../../lambda/refresh/judge-hook.ts';
import type { HookCursor } from '../../../lambda/refresh/run.ts';
import { actionOf, cursorWith, FUNCTION, HOST, lookingWith, underWay } from './support/hooks.ts';

const refused = (name: string, Cause = 'No. (Service: Ssm, Status Code: 500)') => ({
  Error: name,
  Cause,
});
const record = underWay();
const judged = (cursor: HookCursor) => judgeHook(cursor, record);

describe('a document that was to be sent', () => {
  it('has a command, which is looked at soon', () => {
    const answer = { Command: { CommandId: 'c-1', More: 'than is wanted' } };
    const { cursor, record: noted } = judged(cursorWith({ answer }));

    expect(cursor).toMatchObject({
      next: 'wait',
      looks_at: 'instance',
      command: 'c-1',
      instance: HOST,
      wait_seconds: 2,
    });
    expect(cursor.request).toBeUndefined();
    expect(cursor.answer).toBeUndefined();
    expect(noted).toMatchObject({ status: 'RUNNING', command: 'c-1', problem: null });
  });

  it('to tags: the command is looked at as a whole, since it says where it went', () => {
    const answer = { Command: { CommandId: 'c-1' } };

    expect(judged(cursorWith({ next: 'send_to_tags', answer })).cursor).toMatchObject({
      looks_at: 'command',
      command: 'c-1',
    });
  });

  it.each([
    ['Ssm.InvalidInstanceIdException', 'Instances not in a valid state (Status Code: 400)'],
    ['Ssm.InvalidDocumentException', 'null (Service: Ssm, Status Code: 400)'],
    ['Ssm.InvalidDocumentException', 'Document "throttle-io" does not exist'],
    ['Ssm.InvalidParametersException', 'Parameter Action is not allowed'],
    ['Ssm.DuplicateInstanceIdException', 'Twice'],
    ['Ssm.MaxDocumentSizeExceededException', 'Too long'],
    ['Ssm.UnsupportedPlatformTypeException', 'Windows'],
    ['Ssm.SsmException', 'User: arn is not authorized to perform: ssm:SendCommand'],
    ['Ssm.SsmException', 'AccessDeniedException (Service: Ssm, Status Code: 400)'],
    ['Ssm.SsmException', 'Access denied'],
    ['Ssm.SsmException', 'Odd (Service: Ssm, Status Code: 413, Request ID: x)'],
    ['Interrupted', '{"errorMessage":"Stopped.\\nWhat to do: Start again."}'],
  ])('is NOT_SENT where that is refused: %s: %s', (name, cause) => {
    const { record: noted } = judged(cursorWith({ refusal: refused(name, cause) }));

    expect(noted.status).toBe('NOT_SENT');
    expect(noted.problem).toMatch(new RegExp(`^${name.replace('.', '\\.')}: [^\\n]+$`));
  });

  it.each([
    ['States.Timeout', undefined],
    ['States.TaskFailed', 'Connection reset'],
    ['Ssm.InternalServerErrorException', '(Service: Ssm, Status Code: 500)'],
    ['Ssm.SsmException', 'Service Unavailable (Service: Ssm, Status Code: 503)'],
  ])(
    'of which nobody can tell whether it was sent has FAILED after its time: %s',
    (name, Cause) => {
      const waiting = judged(cursorWith({ refusal: { Error: name, Cause } }));
      const problem = expect.stringMatching(/^Whether it was sent is not known\. /);

      expect(waiting.cursor).toMatchObject({
        next: 'wait',
        looks_at: 'nothing',
        wait_seconds: 1_800,
      });
      expect(waiting.record).toMatchObject({ status: 'RUNNING', problem });
      // It is not sent again.
      expect(waiting.cursor.request).toBeUndefined();
      expect(judgeHook(waiting.cursor, waiting.record).record).toMatchObject({
        status: 'FAILED',
        problem,
      });
    },
  );

  it.each([{}, { Command: {} }, null, 'yes'])('has FAILED where the answer is %j', (answer) => {
    expect(judged(cursorWith({ answer })).record.status).toBe('FAILED');
  });
});

describe('a request for which AWS has no time', () => {
  it.each([
    ['Ssm.SsmException', 'Rate exceeded (Service: Ssm, Status Code: 400, Request ID: x)'],
    ['Ssm.ThrottlingException', 'Slow down'],
    ['Ssm.SsmException', 'ThrottlingException'],
    ['Ssm.SsmException', 'Too Many Requests (Status Code: 429)'],
  ])('%s: %s: is sent again after a pause', (name, cause) => {
    const asked = cursorWith({ refusal: refused(name, cause) });
    const { cursor, record: noted } = judged(asked);

    expect(noted).toBe(record);
    expect(cursor).toMatchObject({ next: 'wait', looks_at: 'nothing', wait_seconds: 2 });
    expect(judged(cursor).cursor).toMatchObject({ next: 'send', request: asked.request });
  });

  it('to tags goes to tags again', () => {
    const request = { DocumentName: 'd', Targets: [{ Key: 'tag:db', Values: ['dev'] }] };
    const refusal = refused('Ssm.ThrottlingException');
    const { cursor } = judged(cursorWith({ next: 'send_to_tags', request, refusal }));

    expect(judged(cursor).cursor).toMatchObject({ next: 'send_to_tags', request });
  });

  it('is NOT_SENT when the time of the hook is over', () => {
    const refusal = refused('Ssm.ThrottlingException', 'Slow down');
    const { record: noted } = judged(cursorWith({ refusal, waited_seconds: 1_800 }));

    expect(noted).toMatchObject({
      status: 'NOT_SENT',
      problem: 'Ssm.ThrottlingException: Slow down',
    });
  });
});

describe('a function', () => {
  const calling = (more: Partial<HookCursor>) =>
    judged(cursorWith({ next: 'call', function: FUNCTION, request: { run: 'r' }, ...more }));

  it.each([
    [{ Payload: { rows: 3 } }, '{"rows":3}'],
    [{ Payload: 'done' }, '"done"'],
    [{ Payload: null }, 'null'],
    [{}, ''],
  ])('that answers %j has SUCCEEDED', (answer, output) => {
    const { record: noted, cursor } = calling({ answer });

    expect(noted).toMatchObject({
      status: 'SUCCEEDED',
      results: [{ instance: null, status: 'Success', exit_code: null, output }],
    });
    expect(cursor.request).toBeUndefined();
  });

  it.each([
    ['Lambda.TooManyRequestsException', 'Rate Exceeded.', 'NOT_SENT'],
    ['Lambda.ResourceNotFoundException', 'Function not found', 'NOT_SENT'],
    ['Lambda.AWSLambdaException', 'User is not authorized to perform it', 'NOT_SENT'],
    ['Lambda.InvalidParameterValueException', 'Odd (Status Code: 400)', 'NOT_SENT'],
    ['Interrupted', 'Stopped.', 'NOT_SENT'],
    ['Lambda.Unknown', 'Access denied, it wrote, and died', 'FAILED'],
    ['States.DataLimitExceeded', 'The answer is too long', 'FAILED'],
    ['MaskingError', '{"errorMessage":"No such table"}', 'FAILED'],
    // It was at work when something was denied to it.
    ['Error', '{"errorMessage":"ORA-01031: access denied"}', 'FAILED'],
    ['HttpError', '{"errorMessage":"status code: 404"}', 'FAILED'],
    ['States.Timeout', undefined, 'TIMED_OUT'],
  ])('that ends with %s: %s: is %s', (name, Cause, status) => {
    const { record: noted } = calling({ refusal: { Error: name, Cause } });

    expect(noted.status).toBe(status);
    expect(noted.problem).not.toBe('');
    expect(noted.results.map((result) => result.status)).toEqual(
      status === 'FAILED' ? ['Failed'] : [],
    );
  });

  it.each(['Lambda.ServiceException', 'Lambda.SdkClientException', 'Lambda.AWSLambdaException'])(
    'of which %s says nothing has FAILED when none can be at work any more',
    (name) => {
      const { cursor, record: noted } = calling({ refusal: { Error: name, Cause: 'Oops.' } });

      expect(cursor).toMatchObject({ next: 'wait', looks_at: 'nothing' });
      expect(judgeHook(cursor, noted).record).toMatchObject({
        status: 'FAILED',
        problem: `Whether it was called is not known. ${name}: Oops.`,
      });
    },
  );
});

describe('a hook that another run has begun', () => {
  it('and that cannot be looked at is TIMED_OUT after the wait', () => {
    const cursor = cursorWith({ next: 'wait', looks_at: 'nothing', request: undefined });

    expect(judged(cursor).record).toMatchObject({
      status: 'TIMED_OUT',
      problem: expect.stringContaining('nobody saw how it went on'),
    });
  });
});

it('a message is told in one line, and not endlessly', () => {
  const cause = `One\n\ttwo\u0007\r\n${'x'.repeat(2_000)}`;
  const { record: noted } = judged(cursorWith({ refusal: refused('Ssm.SsmException', cause) }));

  expect(noted.problem).toContain('One two xxx');
  expect(noted.problem?.length).toBeLessThan(600);
});

it('a local process is told of without its instance', () => {
  const local = underWay({ kind: 'command', calls: 'stop.sh', name: 'stop' });
  const answer = { Status: 'Failed', ResponseCode: 3, StandardErrorContent: 'No such database.' };

  expect(actionOf({ command: ['stop.sh'] }).command).toEqual(['stop.sh']);
  expect(judgeHook(lookingWith({ answer }), local).record).toMatchObject({
    status: 'FAILED',
    problem: 'Failed, exit code 3: No such database.',
    results: [{ instance: null, exit_code: 3, output: 'No such database.' }],
  });
});
