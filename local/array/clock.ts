/** What the simulator takes for the time. Tests bring one that stands still until it is moved. */
export interface SimulatorClock {
  /** Milliseconds since the epoch. */
  now(): number;
  advance(ms: number): void;
}

/** The real time, plus what was advanced. */
export function createRealClock(): SimulatorClock {
  let advanced = 0;
  return {
    now: () => Date.now() + advanced,
    advance: (ms) => {
      advanced += ms;
    },
  };
}

/** A clock that moves only by `advance`. */
export function createManualClock(start: number): SimulatorClock {
  let now = start;
  return {
    now: () => now,
    advance: (ms) => {
      now += ms;
    },
  };
}
