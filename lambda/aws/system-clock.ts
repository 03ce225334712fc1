import type { Clock } from '../steps/ports.ts';

export const systemClock: Clock = {
  now: () => new Date(),
  deadline: (ms) => AbortSignal.timeout(ms),
};
