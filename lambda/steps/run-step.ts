import { refreshOf } from '../refresh/request.ts';
import type { Run } from '../refresh/run.ts';
import type { Clock } from './ports.ts';

/** Where a step says what it does. */
export interface Log {
  info(message: string, fields: Readonly<Record<string, unknown>>): void;
  error(message: string, fields: Readonly<Record<string, unknown>>): void;
}

export interface StepCall {
  readonly name: string;
  readonly act: () => Promise<Run>;
  readonly run: Run;
  readonly clock: Clock;
  readonly log: Log;
  /** Requests that the step has sent to arrays so far. */
  readonly countRequests?: () => number;
}

type StepRecord = Run['steps'][number];

/** A step that follows itself, as a look at a transfer does, adds to its record: the run document must not grow by it. */
const addRecord = (before: readonly StepRecord[], record: StepRecord): StepRecord[] => {
  const last = before.at(-1);
  if (last?.step !== record.step) return [...before, record];
  const sum = { ms: last.ms + record.ms, requests: last.requests + record.requests };
  return [...before.slice(0, -1), { ...last, ...sum }];
};

/** Does one step, logs how it went, and notes in the run how long it took and how many requests it sent. */
export const runStep = async (call: StepCall): Promise<Run> => {
  const { name, act, run, clock, log, countRequests = () => 0 } = call;
  const started = clock.now();
  const measure = () => ({
    step: name,
    started: started.toISOString(),
    ms: clock.now().getTime() - started.getTime(),
    requests: countRequests(),
  });
  const about = { run: run.id, refresh: refreshOf(run), step: name };
  try {
    const result = await act();
    const record = measure();
    log.info('Step done', { ...about, ...record, replication: result.replication });
    if (result.error) {
      const { status, target, error } = result;
      log.error('Run failed', {
        ...about,
        status,
        target,
        error: error.name,
        reason: result.cause,
      });
    }
    return { ...result, steps: addRecord(run.steps, record) };
  } catch (error) {
    // Name and message only: what caused it may hold what nobody should read in a log.
    const { name: errorName, message } = error instanceof Error ? error : new Error(String(error));
    log.error('Step failed', { ...about, ...measure(), error: errorName, reason: message });
    throw error;
  }
};
