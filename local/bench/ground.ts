import {
  type Exchange,
  type RunningSimulator,
  type StateFile,
  startSimulator,
} from '../array/simulator.ts';
import { type Figures, spread } from './figures.ts';

const SIZE = 120 * 2 ** 30;

/** A database and its development copy, of equally many volumes, which are all of one size. */
export interface Pair {
  readonly volumes: number;
  /** The protection group that is copied. */
  readonly source: string;
  /** The one that is overwritten. */
  readonly target: string;
}

export interface GroundOptions {
  readonly restVersion: string;
  /** Milliseconds that every request takes longer. */
  readonly latencyMs: number;
}

/** A simulated array with databases of several sizes, watched while something copies one of them. */
export class Ground {
  readonly pairs: readonly Pair[];
  readonly #simulator: RunningSimulator;
  readonly array: RunningSimulator['arrays'][number];
  readonly #watch: Watch;

  private constructor(pairs: readonly Pair[], simulator: RunningSimulator, watch: Watch) {
    const [array] = simulator.arrays;
    if (!array) throw new Error('The simulator has no array.');
    this.pairs = pairs;
    this.#simulator = simulator;
    this.array = array;
    this.#watch = watch;
  }

  /** @param volumes of the databases, one each */
  static async prepare(volumes: readonly number[], options: GroundOptions): Promise<Ground> {
    const watch = new Watch();
    const pairs = volumes.map(pairOf);
    const state = stateOf(pairs);
    const simulator = await startSimulator({ state, ...options, onExchange: watch.note });
    return new Ground(pairs, simulator, watch);
  }

  /**
   * Has one database copied on the array as it was at the beginning.
   * @param copy does it, and tells how many milliseconds it took
   */
  async measure(pair: Pair, copy: (pair: Pair) => Promise<number>): Promise<Figures> {
    this.#simulator.reset();
    this.#watch.clear();
    const before = this.#contents();
    const ms = await copy(pair);
    const after = this.#contents();
    return {
      ms,
      requests: this.#simulator.requests().length,
      mixedMs: spread(this.#watch.overwrites),
      peakBytes: this.#watch.peakBytes,
      isRight: isCopy(pair, before, after),
    };
  }

  stop(): Promise<void> {
    return this.#simulator.stop();
  }

  /** What is on the volumes, by name. */
  #contents(): Contents {
    const { arrays } = this.#simulator.state();
    return new Map(arrays.flatMap(({ volumes }) => volumes.map((v) => [v.name, v.fingerprint])));
  }
}

/** What happens on the array. It is told of each request when that has just been carried out. */
class Watch {
  /** When volumes were overwritten, in milliseconds of `performance.now()`. */
  readonly overwrites: number[] = [];
  /** The most memory that the process held at any request. */
  peakBytes = 0;

  readonly note = ({ method, path, query, status }: Exchange): void => {
    this.peakBytes = Math.max(this.peakBytes, process.memoryUsage.rss());
    const overwrites = method === 'POST' && /\/volumes(?:\/batch)?$/.test(path);
    if (overwrites && query['overwrite'] === 'true' && status === 200)
      this.overwrites.push(performance.now());
  };

  clear(): void {
    this.overwrites.length = 0;
    this.peakBytes = 0;
  }
}

const pairOf = (volumes: number): Pair => ({
  volumes,
  source: `prd-${volumes}`,
  target: `dev-${volumes}`,
});

/** Names of the volumes of a group, in their order. */
const volumesOf = (group: string, { volumes }: Pair): string[] =>
  Array.from({ length: volumes }, (_, index) => `${group}-data-${String(index).padStart(4, '0')}`);

const stateOf = (pairs: readonly Pair[]): StateFile => {
  const groups = pairs.flatMap((pair) =>
    [pair.source, pair.target].map((name) => ({ name, volumes: volumesOf(name, pair) })),
  );
  return {
    arrays: [
      {
        name: 'fa-bench',
        volumes: groups.flatMap(({ volumes }) => volumes.map((name) => ({ name, size: SIZE }))),
        protection_groups: groups,
        hosts: groups.map(({ name, volumes }) => ({ name: `${name}-host`, volumes })),
      },
    ],
  };
};

type Contents = ReadonlyMap<string, string>;

/** Whether each target volume holds what the source volume at its place held, and no other volume has changed. */
const isCopy = (pair: Pair, before: Contents, after: Contents): boolean => {
  const sources = volumesOf(pair.source, pair);
  const copied = volumesOf(pair.target, pair).map(
    (name, index) => [name, before.get(sources[index] ?? '')] as const,
  );
  const expected = new Map([...before, ...copied]);
  return [...expected].every(([name, content]) => after.get(name) === content);
};
