import * as z from 'zod';
import { RefreshError } from '../refresh/errors.ts';
import { isRecord, parseInput } from '../refresh/parsing.ts';
import {
  eventSchema,
  overridesSchema,
  type RefreshEvent,
  readEvent,
  resolveRequest,
} from '../refresh/request.ts';
import { loadDefinition } from './definitions.ts';
import type { Clock, ObjectStore } from './ports.ts';

/** Starts executions of the state machine. */
export interface Executions {
  /** False when an execution of that name exists already. */
  start(
    name: string,
    input: unknown,
  ): Promise<{ readonly execution: string; readonly started: boolean }>;
}

export interface StartPorts {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly executions: Executions;
}

export interface Started {
  readonly run: string;
  readonly execution: string;
  /** False when a repeated delivery found the run started already. */
  readonly started: boolean;
}

/** Where a bus event carries its overrides: in its detail, under a key that no other producer uses by chance. */
const OVERRIDES_KEY = 'flasharray_refresh';

const startEventSchema = eventSchema.extend({
  /** Of a schedule: ISO 8601. */
  scheduled_time: z.iso.datetime({ offset: true }).optional(),
  /** Of a bus event: its id and its detail as they came. */
  event_id: z.string().min(1).optional(),
  detail: z.unknown().optional(),
});

/**
 * Checks an event and the definition that it names, and starts the run under a name made from what delivered it, so
 * that a repeated delivery starts nothing twice.
 * @param invocation id of this invocation, the same when Lambda repeats it
 * @throws InvalidEvent, UnknownRefresh, InvalidDefinition, SourceIsTarget
 */
export const startRun = async (
  event: unknown,
  invocation: string,
  { store, clock, executions }: StartPorts,
): Promise<Started> => {
  const { input, origin } = readStartEvent(event, invocation);
  const definition = await loadDefinition(store, input.refresh);
  const run = `${input.refresh}-${origin}`;
  resolveRequest(input, definition, { id: run, started: clock.now() });
  return { run, ...(await executions.start(run, input)) };
};

const readStartEvent = (
  event: unknown,
  invocation: string,
): { readonly input: RefreshEvent; readonly origin: string } => {
  const known = isRecord(event) ? event : {};
  const isDelivered = ['scheduled_time', 'event_id', 'detail'].some((key) =>
    Object.hasOwn(known, key),
  );
  if (!isDelivered) return { input: readEvent(event), origin: nameable(invocation) };
  const { scheduled_time, event_id, detail, ...input } = parseInput(startEventSchema, event, {
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
      'It may override snapshot_name, ignore_match and execute, never a group, an array or an exclusion.',
  });
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
