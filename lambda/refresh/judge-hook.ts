import * as z from 'zod';
import { isOfCommandLine } from './errors.ts';
import { type HookRecord, type HookResult, tailOf } from './hook-record.ts';
import { recordOf } from './manifest.ts';
import type { HookCursor } from './run.ts';

/** Where a hook stands after a state has asked for something: still `RUNNING`, or how it ended. */
export interface Judgement {
  readonly cursor: HookCursor;
  readonly record: HookRecord;
}

/**
 * What the answer to the last request, or its refusal, means for the hook under way. What could not be looked at goes on:
 * the wait has a bound.
 */
export const judgeHook = (cursor: HookCursor, record: HookRecord): Judgement => {
  const { answer, refusal, ...rest } = cursor;
  if (cursor.next === 'call') return judgeCall(rest, record, answer, refusal);
  if (cursor.next !== 'wait') return judgeSending(rest, record, answer, refusal);
  if (cursor.looks_at === 'nothing') return comeBack(rest, record);
  if (refusal) return waitOn(rest, record, `The last look at it failed: ${told(refusal)}`);
  if (cursor.looks_at === 'command') return judgeCommand(rest, record, answer);
  if (cursor.looks_at === 'instances') return judgeReach(rest, record, answer);
  return judgeInstance(rest, record, answer);
};

type Refusal = NonNullable<HookCursor['refusal']>;

const end = (
  cursor: HookCursor,
  record: HookRecord,
  status: HookRecord['status'],
  problem: string | null = null,
): Judgement => ({ cursor, record: { ...record, status, problem } });

/** Name and message of a refusal, in one line. */
const told = (refusal: Refusal): string => {
  const { name, message } = recordOf(refusal);
  return `${name}: ${oneLine(message)}`;
};

const oneLine = (text: string): string =>
  text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, 500);

const sent = z.object({ Command: z.object({ CommandId: z.string() }) });

/** How AWS tells that it has too much to do; such a request has not been carried out. */
const THROTTLED = /throttl|rate exceeded|too ?many ?requests/i;
/** How it tells that it will not: by a name of the request's fault, or by an HTTP status of the client's. */
const REFUSED = /^Ssm\.(Invalid|Duplicate|MaxDocumentSize|Unsupported)/;
const CLIENT_FAULT = /access ?denied|not authorized|status code: 4\d\d/i;

const judgeSending = (
  cursor: HookCursor,
  record: HookRecord,
  answer: unknown,
  refusal: Refusal | undefined,
): Judgement => {
  if (refusal) {
    const problem = told(refusal);
    // Before the message is read: it may repeat a name of the user's.
    if (REFUSED.test(refusal.Error) || isOfCommandLine(refusal.Error))
      return end(cursor, record, 'NOT_SENT', problem);
    // Nothing has begun; the request stays, and is sent again after a pause.
    if (THROTTLED.test(problem)) return waitOn({ ...cursor, looks_at: 'nothing' }, record, problem);
    if (CLIENT_FAULT.test(problem)) return end(cursor, record, 'NOT_SENT', problem);
    return waitOut(cursor, record, `Whether it was sent is not known. ${problem}`);
  }
  const command = sent.safeParse(answer).data?.Command.CommandId;
  if (command === undefined) {
    return end(cursor, record, 'FAILED', 'Systems Manager has answered without a command’s id.');
  }
  const { request: _, ...rest } = cursor;
  const looks_at = cursor.next === 'send_to_tags' ? 'command' : 'instance';
  return waitOn({ ...rest, command, looks_at, next: 'wait' }, { ...record, command }, null);
};

/** Lambda's errors that tell nothing of the function: it may be at work. */
const UNHEARD =
  /^Lambda\.(ServiceException|AWSLambdaException|SdkClientException|ClientExecutionTimeoutException)$/;
/** How Lambda tells that it has not called a function. */
const UNCALLED = /^Lambda\.(TooManyRequests|ResourceNotFound)/;
/** What Lambda itself says: a function that was called may be denied something as well, and then has done something. */
const OF_LAMBDA = /^Lambda\.(?!Unknown)/;

const called = z.object({ Payload: z.unknown() });

const judgeCall = (
  { request: _, ...cursor }: HookCursor,
  record: HookRecord,
  answer: unknown,
  refusal: Refusal | undefined,
): Judgement => {
  const payload = called.safeParse(answer).data?.Payload;
  const output = refusal ? told(refusal) : (JSON.stringify(payload) ?? '');
  const result: HookResult = {
    instance: null,
    status: refusal ? 'Failed' : 'Success',
    exit_code: null,
    output: tailOf(output),
  };
  const ended = { ...record, results: [result] };
  if (!refusal) return end(cursor, ended, 'SUCCEEDED');
  if (isOfCommandLine(refusal.Error)) return end(cursor, record, 'NOT_SENT', output);
  if (refusal.Error === 'States.Timeout') return end(cursor, record, 'TIMED_OUT', timedOut(cursor));
  const isRefused =
    UNCALLED.test(refusal.Error) || (OF_LAMBDA.test(refusal.Error) && CLIENT_FAULT.test(output));
  if (isRefused) return end(cursor, record, 'NOT_SENT', output);
  if (UNHEARD.test(refusal.Error)) {
    return waitOut(cursor, record, `Whether it was called is not known. ${output}`);
  }
  return end(cursor, ended, 'FAILED', output);
};

const timedOut = ({ timeout_seconds }: HookCursor): string =>
  `It did not come to its end within ${timeout_seconds / 60} min, and may still be at work.`;

/** After a wait in which nothing could be looked at. */
const comeBack = (cursor: HookCursor, record: HookRecord): Judgement => {
  if (cursor.request === undefined && record.problem !== null) {
    return end(cursor, record, 'FAILED', record.problem);
  }
  if (cursor.request === undefined) {
    return end(
      cursor,
      record,
      'TIMED_OUT',
      'The run that began it has ended, and nobody saw how it went on.',
    );
  }
  const byTags = Object.hasOwn(Object(cursor.request), 'Targets');
  return { cursor: { ...cursor, next: byTags ? 'send_to_tags' : 'send' }, record };
};

/** Longest that a function may be at work, in seconds, whatever has become of its caller. */
const LONGEST_CALL = 900;

/** For how long, in seconds, a hook may be at work of which nothing can be seen. */
export const unseenSeconds = (
  { timeout_seconds }: Pick<HookCursor, 'timeout_seconds'>,
  kind: HookRecord['kind'],
): number => (kind === 'lambda' ? Math.min(timeout_seconds, LONGEST_CALL) : timeout_seconds);

/** It may be at work, and nothing can be looked at: what is to make it undone must not come before its end. */
const waitOut = (
  { request: _, ...cursor }: HookCursor,
  record: HookRecord,
  problem: string,
): Judgement => ({
  cursor: {
    ...cursor,
    next: 'wait',
    looks_at: 'nothing',
    wait_seconds: unseenSeconds(cursor, record.kind),
  },
  record: { ...record, problem },
});

/**
 * In seconds: soon at first, and every two minutes in the end, so that the history of an execution has room for all hooks and a
 * long replication.
 */
const pauseAfter = (waited: number): number =>
  Math.min(waited < 1_800 ? 60 : 120, Math.max(2, Math.round(waited / 5)));

const waitOn = (cursor: HookCursor, record: HookRecord, problem: string | null): Judgement => {
  const left = cursor.timeout_seconds - cursor.waited_seconds;
  if (left <= 0) {
    const unsent = cursor.command === null;
    const told = [unsent ? '' : timedOut(cursor), problem ?? ''].filter(Boolean).join(' ');
    return end(cursor, record, unsent ? 'NOT_SENT' : 'TIMED_OUT', told);
  }
  const wait_seconds = Math.min(left, pauseAfter(cursor.waited_seconds));
  const waited_seconds = cursor.waited_seconds + wait_seconds;
  return { cursor: { ...cursor, next: 'wait', wait_seconds, waited_seconds }, record };
};

/** The next look needs no wait. */
const lookNow = (cursor: HookCursor, record: HookRecord): Judgement => ({
  cursor: { ...cursor, next: 'wait', wait_seconds: 0 },
  record,
});

/** Of a command and of an invocation; any other is one under way. */
const TERMINAL = ['Success', 'Cancelled', 'TimedOut', 'Failed'];

const commands = z.object({
  Commands: z.array(z.object({ Status: z.string(), TargetCount: z.number().int() })),
});

/** Tags say to which instances a command goes: only when it is over can it be told to how many it went. */
const judgeCommand = (cursor: HookCursor, record: HookRecord, answer: unknown): Judgement => {
  const command = commands.safeParse(answer).data?.Commands[0];
  if (!command || !TERMINAL.includes(command.Status)) return waitOn(cursor, record, null);
  if (command.TargetCount === 0)
    return end(cursor, record, 'FAILED', 'No managed instance bears its tags.');
  return lookNow({ ...cursor, looks_at: 'instances', reached: command.TargetCount }, record);
};

const invocations = z.object({
  CommandInvocations: z.array(z.object({ InstanceId: z.string() })),
});

const judgeReach = (cursor: HookCursor, record: HookRecord, answer: unknown): Judgement => {
  const found = invocations.safeParse(answer).data?.CommandInvocations ?? [];
  const instances = found.map(({ InstanceId }) => InstanceId);
  if (instances.length < (cursor.reached ?? 1)) {
    return waitOn(
      cursor,
      record,
      `Of ${cursor.reached} instances, ${instances.length} could be looked at; one hook may have 50.`,
    );
  }
  return lookNow(
    { ...cursor, looks_at: 'instance', instances, instance: instances[0] ?? '' },
    record,
  );
};

const invocation = z.object({
  Status: z.string(),
  StatusDetails: z.string().optional(),
  ResponseCode: z.number().int().optional(),
  StandardOutputContent: z.string().optional(),
  StandardErrorContent: z.string().optional(),
});

/** One after the other, to the end of all: what comes next must not meet one that is at work. */
const judgeInstance = (cursor: HookCursor, record: HookRecord, answer: unknown): Judgement => {
  const found = invocation.safeParse(answer).data;
  if (!found || !TERMINAL.includes(found.Status)) return waitOn(cursor, record, null);
  const {
    Status,
    StatusDetails,
    ResponseCode = -1,
    StandardOutputContent,
    StandardErrorContent,
  } = found;
  const result: HookResult = {
    instance: record.kind === 'command' ? null : cursor.instance,
    status: Status === 'Success' ? Status : (StatusDetails ?? Status),
    // Systems Manager’s -1: it has none.
    exit_code: ResponseCode < 0 ? null : ResponseCode,
    output: tailOf([StandardOutputContent, StandardErrorContent].filter(Boolean).join('\n')),
  };
  // Looked at once more where the step was taken again, or by who clears up after the run.
  const others = record.results.filter(({ instance }) => instance !== result.instance);
  const ended = { ...record, results: [...others, result] };
  const [, ...instances] = cursor.instances;
  const [next] = instances;
  if (next !== undefined) return lookNow({ ...cursor, instances, instance: next }, ended);
  const failed = ended.results.filter(({ status }) => status !== 'Success');
  if (failed.length === 0) return end(cursor, ended, 'SUCCEEDED');
  return end(cursor, ended, 'FAILED', failed.map(describe).join('; '));
};

const describe = ({ instance, status, exit_code, output }: HookResult): string => {
  const code = exit_code === null || exit_code === 0 ? '' : `, exit code ${exit_code}`;
  const last = oneLine(output.trimEnd().split('\n').slice(-3).join(' ')).slice(-300);
  const where = instance === null ? '' : ` on ${instance}`;
  return `${status}${where}${code}${last === '' ? '' : `: ${last}`}`;
};
