/** What the simulator takes for the time. Tests bring one that stands still until it is moved. */
export interface SimulatorClock {
  /** Milliseconds since the epoch. */
  now(): number;
  advance(ms: number): void;
  /** Only on a clock that stands still: sets it, back as well. */
  set?(now: number): void;
}

/** A clock that moves only when it is moved, and can be set. */
export interface ManualClock extends SimulatorClock {
  set(now: number): void;
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

export function createManualClock(start: number): ManualClock {
  let now = start;
  return {
    now: () => now,
    advance: (ms) => {
      now += ms;
    },
    set: (time) => {
      now = time;
    },
  };
}
