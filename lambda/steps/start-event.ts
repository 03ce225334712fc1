import * as z from 'zod';
import { RefreshError } from '../refresh/errors.ts';
import { isRecord, parseInput, parseJson } from '../refresh/parsing.ts';
import { eventSchema, overridesSchema, type RefreshEvent, readEvent } from '../refresh/request.ts';

/** What the start function was called for. */
export interface StartEvent {
  /** The input of the execution that it asks for. */
  readonly input: RefreshEvent;
  /** What a repeated delivery has in common with the first, fit for the name of an execution. */
  readonly origin: string;
  /** The input of the execution that was aborted or had timed out, where that is why it was called. */
  readonly aborted?: Pick<RefreshEvent, 'ora_backup_mode' | 'recover'>;
}

/** Where a bus event carries its overrides: in its detail, under a key that no other producer uses by chance. */
const OVERRIDES_KEY = 'flasharray_refresh';

const deliveredSchema = eventSchema.extend({
  /** Of a schedule: ISO 8601. */
  scheduled_time: z.iso.datetime({ offset: true }).optional(),
  /** Of a bus event: its id and its detail as they came. */
  event_id: z.string().min(1).optional(),
  detail: z.unknown().optional(),
});

const abortedSchema = z.strictObject({
  event_id: z.string().min(1),
  /** The detail of Step Functions' event; `input` is JSON, or null where it was too long for an event. */
  aborted: z.looseObject({ name: z.string().min(1), input: z.string() }),
});

/** What we need to know of the input of an execution that was aborted. */
const abortedInput = z.looseObject({
  refresh: z.string().min(1),
  recover: z.string().min(1).optional(),
  ora_backup_mode: z.boolean().optional(),
});

/**
 * Reads what a schedule, a rule or a person called the start function with.
 * @param invocation id of this invocation, the same when Lambda repeats it
 * @throws InvalidEvent
 */
export const readStartEvent = (event: unknown, invocation: string): StartEvent => {
  const has = (...keys: readonly string[]) =>
    isRecord(event) && keys.some((key) => Object.hasOwn(event, key));
  if (has('aborted')) return readAborted(event);
  if (has('scheduled_time', 'event_id', 'detail')) return readDelivered(event, invocation);
  return { input: readEvent(event), origin: nameable(invocation) };
};

const readDelivered = (event: unknown, invocation: string): StartEvent => {
  const { scheduled_time, event_id, detail, ...input } = parseInput(deliveredSchema, event, {
    error: 'InvalidEvent',
    what: 'event',
    remedy: 'Leave the input of schedule and rule as the stack deploys it.',
  });
  const origin = scheduled_time === undefined ? (event_id ?? invocation) : compact(scheduled_time);
  return { input: { ...input, ...overridesIn(detail) }, origin: nameable(origin) };
};

const overridesIn = (detail: unknown): z.output<typeof overridesSchema> => {
  if (!isRecord(detail) || !Object.hasOwn(detail, OVERRIDES_KEY)) return {};
  return parseInput(overridesSchema, detail[OVERRIDES_KEY], {
    error: 'InvalidEvent',
    what: `event's detail.${OVERRIDES_KEY}`,
    remedy:
      'It may override snapshot_name, ignore_match, ora_backup_mode and execute, or ask for expect_plan, undo, recover or doctor; it never ' +
      'names a group, an array or an exclusion.',
  });
};

/**
 * The run that clears up after one that Step Functions ended. Always an executing one: whether the ended one was a dry
 * run only its definition told, and that may have changed since. After a dry run it finds nothing to do.
 */
const readAborted = (event: unknown): StartEvent => {
  const { event_id, aborted } = parseInput(abortedSchema, event, {
    error: 'InvalidEvent',
    what: 'event of an aborted execution',
    remedy: 'Leave the input of the rule as the stack deploys it.',
  });
  const kind = {
    error: 'InvalidEvent',
    what: `input of the aborted execution "${aborted.name}"`,
    remedy:
      'If that was a refresh, start { "refresh": "<name>", "recover": "<execution>", "execute": true } by hand.',
  } as const;
  const input = parseInput(abortedInput, parseJson(aborted.input, kind), kind);
  const { refresh, recover } = input;
  return {
    // Aborted while it cleared up: what is left to clear up is still that of the run before.
    input: { refresh, trigger: 'event', execute: true, recover: recover ?? aborted.name },
    origin: nameable(event_id),
    aborted: input,
  };
};

/** `2026-11-24T01:00:00Z` as `20261124T010000Z`. */
const compact = (time: string): string =>
  `${new Date(time).toISOString().replace(/[-:]|\.\d+/g, '')}`;

/** Within 80 characters, together with a refresh's name, and only what the name of an execution may hold. */
const nameable = (origin: string): string => {
  const name = origin.replace(/[^A-Za-z0-9-]/g, '-').slice(0, 39);
  if (name !== '') return name;
  throw new RefreshError('InvalidEvent', 'The event has an empty id.', 'Send the event anew.');
};
