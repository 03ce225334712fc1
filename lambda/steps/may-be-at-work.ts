import { LONGEST_EXECUTION_HOURS } from '../environment.ts';
import type { Ports } from './ports.ts';

const LONGEST_MS = LONGEST_EXECUTION_HOURS * 3_600_000;

/**
 * Whether an execution may still be at work that was so at `since`, in milliseconds since epoch. Where nobody can tell, it
 * may be for as long as an execution can last.
 */
export const mayBeAtWork = async (
  execution: string,
  since: number,
  { clock, executionState }: Pick<Ports, 'clock' | 'executionState'>,
): Promise<boolean> => {
  const state = await executionState(execution);
  if (state !== 'unknown') return state === 'alive';
  return clock.now().getTime() - since < LONGEST_MS;
};
