import * as z from 'zod';

/** Notes in the run's folder about a step that changes something on the array: that it was begun, how far it came. */
export const attemptSchema = z.strictObject({
  /** 1 for the first: no two notes of different attempts are the same text. */
  number: z.number().int(),
  /** ISO 8601. */
  begun: z.iso.datetime(),
  /** Null while it is under way, or when it was cut off. */
  ended: z.iso.datetime().nullable(),
  /** Whether this attempt, or one before it, came to where it changes volumes. */
  changing: z.boolean(),
  /** Whether one before it never came to its end, and so may still be at work. */
  lost: z.boolean(),
});
export type Attempt = z.output<typeof attemptSchema>;

/** Whether an invocation of it may still be at work. */
export const mayLinger = ({ ended, lost }: Attempt): boolean => lost || ended === null;

/** Whether something that it asked of volumes may still happen, or has happened unseen. */
export const mayHaveChanged = (attempt: Attempt | undefined): attempt is Attempt =>
  attempt !== undefined && (attempt.changing || mayLinger(attempt));

/**
 * For how long, in seconds, something of an attempt may still happen after its failure: its invocation may go on, and
 * what that asks for last may take its time.
 * @param settle for how long the array may carry out what it has not answered
 * @param linger for how long an invocation may go on
 */
export const settleTime = (attempt: Attempt, settle: number, linger: number): number =>
  mayLinger(attempt) ? settle + linger : settle;
