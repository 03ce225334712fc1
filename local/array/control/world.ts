import type { SimulatorClock } from '../clock.ts';
import type { Surroundings } from '../rest/router.ts';
import type { StateFile } from '../state-file.ts';
import type { ArrayStore } from '../store/array-store.ts';
import { connectArrays } from '../store/connect-arrays.ts';
import type { Lane } from '../store/lane.ts';
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

/** All that there is behind the ports: the arrays, what replicates between them, the journal and the faults. */
export class World {
  readonly options: WorldOptions;
  readonly faults = new FaultBoard();
  journal: JournalEntry[] = [];
  #arrays: readonly ArrayStore[] = [];
  #lanes: readonly Lane[] = [];
  readonly #startedAt: number;

  constructor(options: WorldOptions) {
    this.options = options;
    this.#startedAt = options.clock.now();
    this.#load();
  }

  get arrays(): readonly ArrayStore[] {
    return this.#arrays;
  }

  get lanes(): readonly Lane[] {
    return this.#lanes;
  }

  /** Lets everything happen that happens by itself until now: to be called before anything is looked at or changed. */
  catchUp(): void {
    for (const lane of this.#lanes) lane.catchUp(this.options.clock.now());
  }

  surroundings(): Surroundings {
    const { newest, clock } = this.options;
    return { newest, now: clock.now(), lanes: this.#lanes };
  }

  /** The array of that name. Throws a `RangeError` that lists the names there are. */
  array(name: string): ArrayStore {
    const array = this.#arrays.find((candidate) => candidate.name === name);
    if (array !== undefined) return array;
    const names = this.#arrays.map((candidate) => candidate.name);
    throw new RangeError(`There is no array ${name}, only ${names.join(', ')}.`);
  }

  /** Back to the initial state, with the same ids and times; sessions, journal, faults, transfers are gone. The clock goes on. */
  reset(): void {
    this.#load();
    this.journal = [];
    this.faults.clear();
  }

  #load(): void {
    const { state, sessionIdleMs, seed, clock } = this.options;
    const times = { startedAt: this.#startedAt, now: clock.now() };
    const loaded = state.arrays.map((array, index) => ({
      state: array,
      array: loadArray(array, { seed: seed * 1000 + index, sessionIdleMs, ...times }),
    }));
    this.#arrays = loaded.map(({ array }) => array);
    this.#lanes = connectArrays(loaded, times.now);
  }
}
