import type { Run } from '../refresh/run.ts';
import type { FlashArray, Ports } from './ports.ts';
import { type Log, runStep } from './run-step.ts';

export type Step = (run: Run, ports: Ports) => Promise<Run>;

export interface ArrayStepCall {
  readonly name: string;
  readonly act: Step;
  readonly run: Run;
  readonly ports: Ports;
  readonly log: Log;
}

/** Does one step on the arrays, and counts its requests. */
export const runArrayStep = ({ name, act, run, ports, log }: ArrayStepCall): Promise<Run> => {
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
  return runStep({
    name,
    act: () => act(run, counted),
    run,
    clock: ports.clock,
    log,
    countRequests: () =>
      [...arrays].reduce((sum, [array, before]) => sum + array.requestCount - before, 0),
  });
};
