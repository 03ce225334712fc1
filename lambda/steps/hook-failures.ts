import { type ErrorName, isOfCommandLine, joinMessage } from '../refresh/errors.ts';
import type { HookRecord } from '../refresh/hook-record.ts';
import type { Run } from '../refresh/run.ts';

const NAMES: Readonly<Partial<Record<HookRecord['status'], ErrorName>>> = {
  TIMED_OUT: 'HookTimedOut',
  NOT_SENT: 'HookNotSent',
};

const ENDS: Readonly<Partial<Record<HookRecord['status'], string>>> = {
  TIMED_OUT: 'timed out',
  NOT_SENT: 'could not be begun',
};

const problemOf = ({ point, name, kind, calls, status, problem }: HookRecord): string => {
  const called = { ssm: 'document', lambda: 'function', command: 'program' }[kind];
  const what = name === calls ? '' : `, ${called} ${calls}`;
  return `Hook "${name}" (${point}${what}) ${ENDS[status] ?? 'failed'}: ${problem ?? 'no reason is known.'}`;
};

/** What a state's Catch would have stored, had the hook been a step of ours. */
export const failureOf = (record: HookRecord, run: Run): NonNullable<Run['failure']> => {
  const refusal = run.hook?.refusal;
  if (refusal && isOfCommandLine(refusal.Error)) return refusal;
  const name = NAMES[record.status] ?? 'HookFailed';
  return asFailure({ name, message: joinMessage(problemOf(record), remedyFor(record)) });
};

/** An error as a state's Catch stores it. */
export const asFailure = ({
  name,
  message,
}: {
  readonly name: string;
  readonly message: string;
}): NonNullable<Run['failure']> => ({
  Error: name,
  Cause: JSON.stringify({ errorType: name, errorMessage: message }),
});

/** Where the run has failed already, or another has begun the hook. */
export const warningOf = (record: HookRecord): string => problemOf(record);

const remedyFor = ({ point }: HookRecord): string => {
  if (point === 'after_overwrite') {
    return (
      'The target group holds the snapshot, and no further hook was called. Correct what it names, then do by hand what is left; ' +
      'or run again, which copies anew.'
    );
  }
  if (point === 'on_abort')
    return 'The target group holds what it held before. See to what the hook was to start again.';
  return 'Correct what it names, or the hook, then run again. The manifest has the end of its output.';
};
