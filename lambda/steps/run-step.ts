import type { Run } from '../refresh/run.ts';
import type { FlashArray, Ports } from './ports.ts';

export type Step = (run: Run, ports: Ports) => Promise<Run>;

/** Where a step says what it does. */
export interface Log {
  info(message: string, fields: Readonly<Record<string, unknown>>): void;
  error(message: string, fields: Readonly<Record<string, unknown>>): void;
}

export interface StepCall {
  readonly name: string;
  readonly act: Step;
  readonly run: Run;
  readonly ports: Ports;
  readonly log: Log;
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
export const runStep = async ({ name, act, run, ports, log }: StepCall): Promise<Run> => {
  const started = ports.clock.now();
  const arrays = new Map<FlashArray, number>();
  const count = (open: Ports['sourceArray']) => async (pin: string | null) => {
    const array = await open(pin);
    if (!arrays.has(array)) arrays.set(array, array.requestCount);
    return array;
  };
  const counted: Ports = {
    ...ports,
    sourceArray: count(ports.sourceArray),
    targetArray: count(ports.targetArray),
  };
  const measure = () => ({
    step: name,
    started: started.toISOString(),
    ms: ports.clock.now().getTime() - started.getTime(),
    requests: [...arrays].reduce((sum, [array, before]) => sum + array.requestCount - before, 0),
  });
  const about = { run: run.id, refresh: run.refresh };
  try {
    const result = await act(run, counted);
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
