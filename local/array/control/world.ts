import type { SimulatorClock } from '../clock.ts';
import type { StateFile } from '../state-file.ts';
import type { ArrayStore } from '../store/array-store.ts';
import { loadArray } from '../store/load-array.ts';
import { FaultBoard } from './faults.ts';
import type { JournalEntry } from './journal.ts';

export interface WorldOptions {
  state: StateFile;
  /** The N of the newest version 2.N. */
  newest: number;
  clock: SimulatorClock;
  latencyMs: number;
  sessionIdleMs: number;
  seed: number;
}

/** All that there is behind the ports: the arrays, the journal and the faults. */
export class World {
  readonly options: WorldOptions;
  readonly faults = new FaultBoard();
  journal: JournalEntry[] = [];
  #arrays: ArrayStore[];
  readonly #startedAt: number;

  constructor(options: WorldOptions) {
    this.options = options;
    this.#startedAt = options.clock.now();
    this.#arrays = this.#load();
  }

  get arrays(): readonly ArrayStore[] {
    return this.#arrays;
  }

  /** The array of that name. Throws a `RangeError` that lists the names there are. */
  array(name: string): ArrayStore {
    const array = this.#arrays.find((candidate) => candidate.name === name);
    if (array !== undefined) return array;
    const names = this.#arrays.map((candidate) => candidate.name);
    throw new RangeError(`There is no array ${name}, only ${names.join(', ')}.`);
  }

  /** Back to the initial state, with the same ids and times; no sessions, no journal, no faults. The clock goes on. */
  reset(): void {
    this.#arrays = this.#load();
    this.journal = [];
    this.faults.clear();
  }

  #load(): ArrayStore[] {
    const { state, sessionIdleMs, seed, clock } = this.options;
    const times = { startedAt: this.#startedAt, now: clock.now() };
    return state.arrays.map((array, index) =>
      loadArray(array, { seed: seed * 1000 + index, sessionIdleMs, ...times }),
    );
  }
}
