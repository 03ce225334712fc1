import * as z from 'zod';
import { RefreshError, splitMessage } from './errors.ts';

/** How a check ended: `WARN` – a refresh goes through all the same, or will by itself; `FAIL` – it does not. */
export const checkResults = ['PASS', 'WARN', 'FAIL'] as const;

/** What one check has found. */
export const checkSchema = z.strictObject({
  check: z.string(),
  result: z.enum(checkResults),
  message: z.string(),
  /** What to do; null where there is nothing to be done. */
  remedy: z.string().nullable(),
});
export type Check = z.output<typeof checkSchema>;

/** A check, before it is said which. */
export type Judgement = Omit<Check, 'check'>;

export const pass = (message: string): Judgement => ({ result: 'PASS', message, remedy: null });
export const warn = (message: string, remedy: string): Judgement => ({
  result: 'WARN',
  message,
  remedy,
});
export const fail = (message: string, remedy: string): Judgement => ({
  result: 'FAIL',
  message,
  remedy,
});

/** What is in the way only now: it ends without anything having to be mended. */
const PASSING: readonly string[] = ['TargetInUse', 'RefreshInProgress'];

/** What a look that was refused has found. */
export const judgeError = (error: RefreshError): Judgement => ({
  result: PASSING.includes(error.name) ? 'WARN' : 'FAIL',
  ...splitMessage(error.message),
});

/** With the names of the checks that could not be made because of it. */
export const withHidden = (check: Check, hidden: readonly string[]): Check =>
  hidden.length === 0
    ? check
    : { ...check, message: `${check.message} Not checked because of it: ${hidden.join(', ')}.` };

/** @throws DoctorFound naming all that failed */
export const requireHealthy = (checks: readonly Check[]): void => {
  const failed = checks.filter(({ result }) => result === 'FAIL');
  if (failed.length === 0) return;
  throw new RefreshError(
    'DoctorFound',
    `${failed.length} of ${checks.length} checks failed. ${failed.map(({ check, message }) => `${check}: ${message}`).join(' ')}`,
    'Do for each of these checks what its remedy says, in the manifest under "doctor"; then have them made again.',
  );
};
