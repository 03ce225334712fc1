import { describe, expect, it } from 'vitest';
import { failedStart, readFailedStart } from '../../../lambda/notices/failed-start.ts';
import { eventOfUnstarted, noticeOfUnstarted } from '../../../lambda/notices/unstarted.ts';
import { failedStart as recordOf } from '../../support/failed-start.ts';

const refusal = {
  errorType: 'InvalidDefinition',
  errorMessage: 'It was not so.\nWhat to do: Make it so.',
  trace: [],
};
const died = {
  errorType: 'Sandbox.Timedout',
  errorMessage: 'Task timed out after 30.00 seconds',
};
const abortedRun = (input: unknown, name: unknown = 'nightly-1') => ({
  event_id: 'an-id',
  aborted: { name, input },
});
const input = (more: object = {}) => JSON.stringify({ refresh: 'nightly', ...more });

/** What is told of a request that ended like this, as the notify function reads Lambda's record. */
const toldOf = (request: unknown, response: unknown = refusal, more: object = {}) => {
  const record = failedStart.parse({ ...recordOf(request, response), ...more });
  const unstarted = readFailedStart(record);
  return { ...noticeOfUnstarted(unstarted), event: eventOfUnstarted(unstarted) };
};

describe('a request that no run came of is told', () => {
  it('as refused, with why and what to do, where the start function refused it', () => {
    const { kind, subject, message, event } = toldOf({ refresh: 'nightly', trigger: 'schedule' });

    expect(kind).toBe('refused');
    expect(subject).toMatch(/nightly was not started: InvalidDefinition, its target is as it was$/);
    expect(message).toContain('What went wrong: InvalidDefinition. It was not so.\n');
    expect(message).toContain('What to do: Make it so.\n');
    expect(message).toContain('No run was started');
    expect(message).toMatch(/^Request {5}\S+ \(schedule\)$/m);
    expect(event).toMatchObject({
      kind: 'refused',
      status: 'NOT_STARTED',
      target: 'untouched',
      refresh: 'nightly',
      error: { name: 'InvalidDefinition', message: 'It was not so.' },
    });
  });

  it.each<[string, unknown, object]>([
    ['died', died, {}],
    ['could not be called', undefined, { responsePayload: null }],
    ['failed by an error that is none of ours', { errorType: 'AccessDenied' }, {}],
  ])(
    'as failed where the start function %s, and a run may have been started',
    (_, response, more) => {
      const { kind, message, event } = toldOf({ refresh: 'nightly' }, response, more);

      expect(kind).toBe('failed');
      expect(message).toMatch(/^nightly could not be started: /);
      expect(message).toContain('Whether a run was started all the same');
      expect(message).not.toContain('as it was');
      expect(event).toMatchObject({ status: 'START_FAILED', target: 'unknown' });
    },
  );

  it.each([null, 'nothing'])('by the condition where Lambda has no error: %s', (response) => {
    const { error } = toldOf({ refresh: 'nightly' }, response).event;

    expect(error).toEqual({
      name: 'RetriesExhausted',
      message: 'The start function gave no reason.',
    });
  });

  it.each<[string, unknown]>([
    ['is no document', 'nightly'],
    ['is gone', undefined],
    ['names none', {}],
    ['names what cannot be one', { refresh: 'A secret!' }],
    ['names no text', { refresh: { password: 'A secret!' } }],
  ])('of no refresh where the request %s', (_, request) => {
    const { subject, message, event } = toldOf(request);

    expect(subject).toContain('A refresh was not started');
    expect(event.refresh).toBeNull();
    expect(`${subject}${message}${JSON.stringify(event)}`).not.toContain('secret');
  });
});

describe('a run that was not cleared up after', () => {
  it.each<[string, unknown, string]>([
    ['that run', abortedRun(input()), '"nightly", "recover": "nightly-1"'],
    [
      'the one that it cleared up after itself',
      abortedRun(input({ recover: 'nightly-0' })),
      '"nightly", "recover": "nightly-0"',
    ],
    ['that run, of an unknown refresh', abortedRun(null), '"<name>", "recover": "nightly-1"'],
    ['that run, of what is no JSON', abortedRun('no'), '"<name>", "recover": "nightly-1"'],
    ['a run to be looked up', abortedRun(input(), 'A secret!'), '"nightly", "recover": "<run>"'],
  ])('has failed, and its notice says how to have it done: %s', (_, request, says) => {
    const { kind, subject, message, event } = toldOf(request);

    expect(kind).toBe('failed');
    expect(subject).toContain('was NOT cleared up, its target may be mixed');
    expect(message).toContain(`send { "refresh": ${says}, "execute": true }`);
    expect(message).not.toContain('secret');
    expect(event).toMatchObject({ kind: 'failed', status: 'NOT_STARTED', target: 'unknown' });
  });
});
