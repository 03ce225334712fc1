import * as z from 'zod';
import { isRecord } from '../refresh/parsing.ts';

/** The detail of Step Functions' event about an execution that has come to its end. */
export const endedExecution = z.looseObject({
  executionArn: z.string(),
  /** That of the run. */
  name: z.string(),
  status: z.enum(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']),
  /** Milliseconds since epoch. */
  startDate: z.number(),
  stopDate: z.number(),
  /** JSON; null where it was too long for an event. */
  input: z.string().nullable(),
  error: z.string().nullish(),
  cause: z.string().nullish(),
});
export type EndedExecution = z.output<typeof endedExecution>;

/** The refresh of which the execution was one, as far as its input tells. */
export const refreshOf = ({ input }: EndedExecution): string | undefined => {
  try {
    const event: unknown = JSON.parse(input ?? '');
    const refresh = isRecord(event) ? event['refresh'] : undefined;
    return typeof refresh === 'string' && refresh !== '' ? refresh : undefined;
  } catch {
    return undefined;
  }
};
