import * as z from 'zod';
import { isRefreshName } from '../refresh/definition.ts';
import { splitMessage } from '../refresh/errors.ts';
import { isRecord } from '../refresh/parsing.ts';
import { triggers } from '../refresh/request.ts';
import type { ErrorRecord } from '../refresh/run.ts';

/**
 * What Lambda says of a call of the start function for which nobody waited, once it has given up: the last of its attempts
 * has failed, or it could make none within the hour.
 */
export const failedStart = z.object({
  requestContext: z.object({
    requestId: z.string(),
    functionArn: z.string(),
    /** `RetriesExhausted` or `EventAgeExceeded`. */
    condition: z.string(),
  }),
  /** Whatever the function was called with. Missing where it was too long. */
  requestPayload: z.unknown().optional(),
  /** Missing where the function gave no answer; one that is no error must not keep people from being told. */
  responsePayload: z
    .object({ errorType: z.string().optional(), errorMessage: z.string().optional() })
    .nullish()
    .catch(null),
});
export type FailedStart = z.output<typeof failedStart>;

/** A request that no run came of. Of what it held only names are known: it may hold anything, a secret too. */
export interface Unstarted {
  /** Null where the request does not say, or says what cannot be a name. */
  readonly refresh: string | null;
  /** What sent it; null where it does not say. */
  readonly trigger: (typeof triggers)[number] | null;
  /** Where a run should have cleared up after one that was ended from outside: that one; null where its name is not known. */
  readonly clearsUp: { readonly after: string | null } | undefined;
  readonly error: ErrorRecord;
  /** Under which the function's log has it. */
  readonly request: string;
  readonly function: string;
}

export const readFailedStart = (record: FailedStart): Unstarted => {
  const { requestId, functionArn } = record.requestContext;
  return {
    refresh: requestedRefresh(record) ?? null,
    trigger: triggerIn(record),
    clearsUp: clearsUpIn(record),
    error: errorIn(record),
    request: requestId,
    function: functionArn,
  };
};

/** The refresh of which a run was asked for, as far as the request tells. */
export const requestedRefresh = (record: FailedStart): string | undefined => {
  const { refresh } = abortedIn(record)?.input ?? fieldsOf(record.requestPayload);
  return typeof refresh === 'string' && isRefreshName(refresh) ? refresh : undefined;
};

const triggerIn = ({ requestPayload }: FailedStart): Unstarted['trigger'] => {
  const { trigger } = fieldsOf(requestPayload);
  return triggers.find((it) => it === trigger) ?? null;
};

const clearsUpIn = (record: FailedStart): Unstarted['clearsUp'] => {
  const aborted = abortedIn(record);
  if (!aborted) return undefined;
  // Aborted while it cleared up: what is left to clear up is still that of the run before.
  return { after: [aborted.input['recover'], aborted.name].find(isRunName) ?? null };
};

/** The execution that was aborted or had timed out, where that is why the function was called. */
const abortedIn = ({ requestPayload }: FailedStart) => {
  const request = fieldsOf(requestPayload);
  if (!Object.hasOwn(request, 'aborted')) return undefined;
  const { name, input } = fieldsOf(request['aborted']);
  return { name, input: fieldsIn(input) };
};

const fieldsOf = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {});

const fieldsIn = (text: unknown): Record<string, unknown> => {
  try {
    return typeof text === 'string' ? fieldsOf(JSON.parse(text)) : {};
  } catch {
    return {};
  }
};

/** As Step Functions takes the name of an execution from us. */
const isRunName = (name: unknown): name is string =>
  typeof name === 'string' && /^[A-Za-z0-9_-]{1,80}$/.test(name);

const errorIn = ({ requestContext: { condition }, responsePayload }: FailedStart): ErrorRecord => ({
  name: responsePayload?.errorType || condition,
  ...splitMessage(responsePayload?.errorMessage || 'The start function gave no reason.'),
});
