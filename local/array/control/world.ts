import type { SimulatorClock } from '../clock.ts';
import type { Surroundings } from '../rest/router.ts';
import type { StateFile } from '../state-file.ts';
import type { ArrayStore } from '../store/array-store.ts';
import { connectArrays } from '../store/connect-arrays.ts';
import type { Lane } from '../store/lane.ts';
import { loadArray } from '../store/load-array.ts';
import { saveAll } from '../store/save.ts';
import { Checkpoint } from './checkpoint.ts';
import { FaultBoard } from './faults.ts';
import type { JournalEntry } from './journal.ts';
import { LateRequests } from './late-requests.ts';

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
  readonly #late = new LateRequests();
  journal: JournalEntry[] = [];
  /** Changes with each reset and restore: a request that came before is none of what comes after. */
  era = 0;
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
    const now = this.options.clock.now();
    for (const { due, carryOut } of this.#late.takeDue(now)) {
      for (const lane of this.#lanes) lane.catchUp(due);
      carryOut(this.surroundings(due));
    }
    for (const lane of this.#lanes) lane.catchUp(now);
  }

  /** Moves the clock, and lets everything happen until then. */
  advance(ms: number): void {
    this.options.clock.advance(ms);
    this.catchUp();
  }

  /** Holds a request back for so many milliseconds. */
  holdBack(ms: number, carryOut: (surroundings: Surroundings) => void): void {
    this.#late.hold({ due: this.options.clock.now() + ms, carryOut });
  }

  surroundings(now = this.options.clock.now()): Surroundings {
    return { newest: this.options.newest, now, lanes: this.#lanes };
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
    this.#forget();
  }

  /** Remembers all there is now, but for what `restore` clears. */
  checkpoint(): Checkpoint {
    this.catchUp();
    const [arrays, lanes] = [this.#arrays, this.#lanes];
    const restore = saveAll([...arrays, ...lanes]);
    return new Checkpoint(this, this.options.clock.now(), () => {
      this.#arrays = arrays;
      this.#lanes = lanes;
      restore();
    });
  }

  /** Back to a checkpoint, any number of times. Journal, faults and held requests are gone; a clock that can be set goes back. */
  restore(checkpoint: Checkpoint): void {
    checkpoint.restore(this);
    this.options.clock.set?.(checkpoint.madeAt);
    this.#forget();
  }

  #forget(): void {
    this.era++;
    this.#late.clear();
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
