import { executionArn } from '../../../lambda/aws/execution-arn.ts';
import { LOCK_SUFFIX } from '../../../lambda/refresh/guard.ts';
import { type Manifest, manifestSchema } from '../../../lambda/refresh/manifest.ts';
import {
  type Checkpoint,
  type RunningSimulator,
  startSimulator,
} from '../../../local/array/simulator.ts';
import type { ExecutionResult } from '../../../local/flow.ts';
import { MemoryStore } from '../../lambda/support/memory-store.ts';
import { randomFrom } from './choose-worlds.ts';
import type { Configuration } from './configurations.ts';
import { Environment } from './environment.ts';
import { belowVersion } from './ground.ts';
import { Holdings } from './holdings.ts';
import { type Interpreter, payloadIn } from './interpreter.ts';
import { Turns, type Waiting } from './turns.ts';
import { WalkClock } from './walk-clock.ts';
import { StoreWatch, storeFor } from './walk-store.ts';

const START = Date.parse('2026-11-24T00:00:00Z');
const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:Duel';
const RUNS = ['run-a', 'run-b'] as const;
type RunName = (typeof RUNS)[number];

/** One of the two runs, when both have ended. */
export interface Duelist {
  readonly run: RunName;
  readonly result: ExecutionResult;
  readonly manifest: Manifest;
  /** Requests by which it overwrote volumes. */
  readonly overwrites: number;
}

export interface DuelReport {
  readonly duelists: readonly Duelist[];
  /** Before and after. */
  readonly begin: Holdings;
  readonly end: Holdings;
  /** Most snapshots under the lock's name at any time. */
  readonly mostLocks: number;
}

/** Two runs that want the same target group, on arrays that let one of their requests in at a time. */
export class Duel {
  readonly #simulator: RunningSimulator;
  readonly #clock: WalkClock;
  readonly #begin: Checkpoint;
  readonly #definition: object;
  #turns: Turns | undefined;
  #mostLocks = 0;
  #snapshots = 0;

  private constructor(simulator: RunningSimulator, clock: WalkClock, definition: object) {
    this.#simulator = simulator;
    this.#clock = clock;
    this.#begin = simulator.checkpoint();
    this.#definition = definition;
  }

  static async open({
    state,
    restVersion,
    keepsCreated,
    tickMs,
    definition,
  }: Configuration): Promise<Duel> {
    const clock = new WalkClock(START);
    let duel: Duel | undefined;
    const simulator = await startSimulator({
      state,
      restVersion,
      clock,
      doors: RUNS.length,
      gate: ({ door, method, path, query: { filter = '' } }) =>
        duel?.arrive({ door, method, path: belowVersion(path), filter }) ?? true,
      onExchange: ({ method, path, query, status }) => {
        clock.advance(tickMs);
        duel?.notice(`${method} ${belowVersion(path)} ${query['source_names']} ${status}`);
      },
    });
    simulator.setOverwrite({ keeps_created: keepsCreated });
    duel = new Duel(simulator, clock, definition);
    return duel;
  }

  arrive(request: Waiting): Promise<true> | true {
    return this.#turns?.wait(request) ?? true;
  }

  /** Production moves on with each of its snapshots, so that the two runs copy different contents. */
  notice(exchange: string): void {
    const { locks, sources } = this.#holdings();
    this.#mostLocks = Math.max(this.#mostLocks, locks.length);
    if (exchange !== 'POST /protection-group-snapshots prd-pg 200') return;
    this.#snapshots += 1;
    const [{ name: array } = { name: '' }] = this.#simulator.arrays;
    for (const { name } of sources)
      this.#simulator.write(array, name, `${name} ${this.#snapshots}`);
  }

  /**
   * Runs both from the beginning, in an order that follows from the seed.
   * @param refreshes the refresh of each run; of the same target group
   */
  async run(
    interpreter: Interpreter,
    refreshes: readonly string[],
    seed: number,
  ): Promise<DuelReport> {
    this.#simulator.restore(this.#begin);
    this.#mostLocks = 0;
    const begin = this.#holdings();
    const memory = new MemoryStore();
    for (const refresh of refreshes) memory.put(`refreshes/${refresh}.json`, this.#definition);
    const overwrites = RUNS.map(() => 0);
    const choose = fairly(randomFrom(seed));
    this.#turns = new Turns((waiting) => {
      const chosen = choose(waiting);
      const request = waiting[chosen];
      if (request && isOverwrite(request)) {
        overwrites[request.door] = (overwrites[request.door] ?? 0) + 1;
      }
      return chosen;
    });
    const alive = new Set(RUNS.map(arnOf));
    const under = RUNS.map(async (run, door) => {
      const environment = this.#launch(door, memory, alive);
      const result = await this.#interpret(interpreter, environment, run, refreshes[door] ?? '');
      alive.delete(arnOf(run));
      return result;
    });
    let isOver = false;
    const results = Promise.all(under).finally(() => {
      isOver = true;
    });
    await this.#turns.take(() => isOver);
    this.#turns = undefined;
    const ended = await results;
    const duelists = RUNS.flatMap((run, door): Duelist[] => {
      const result = ended[door];
      const manifest = memory.json(`manifests/${refreshes[door]}/${run}.json`);
      if (!result) return [];
      return [
        {
          run,
          result,
          manifest: manifestSchema.parse(manifest),
          overwrites: overwrites[door] ?? 0,
        },
      ];
    });
    return { duelists, begin, end: this.#holdings(), mostLocks: this.#mostLocks };
  }

  async close(): Promise<void> {
    await this.#simulator.stop();
  }

  #interpret(
    interpreter: Interpreter,
    environment: Environment,
    run: RunName,
    refresh: string,
  ): Promise<ExecutionResult> {
    const started = new Date(this.#clock.now()).toISOString();
    return interpreter.run(
      interpreter.begin({ refresh }),
      { Id: arnOf(run), Name: run, StartTime: started },
      {
        call: async ({ input }) => ({ Payload: await environment.invoke(payloadIn(input)) }),
        wait: (seconds) => this.#simulator.advance(seconds * 1000),
        enter: () => {},
      },
    );
  }

  #launch(door: number, memory: MemoryStore, alive: ReadonlySet<string>): Environment {
    const addresses = this.#simulator.arrays.map((array, index) => ({
      ...array,
      host: this.#simulator.doors[index]?.[door] ?? '',
    }));
    const [source, target = source] = addresses;
    if (!source || !target) throw new Error('There is no array.');
    const watch = new StoreWatch();
    return new Environment({
      source,
      target,
      clock: this.#clock.forSteps,
      store: (life) => storeFor(memory, life, () => watch),
      executionState: (arn) => Promise.resolve(alive.has(arn) ? 'alive' : 'dead'),
    });
  }

  #holdings(): Holdings {
    return new Holdings(this.#simulator.state());
  }
}

const arnOf = (run: RunName): string => executionArn(MACHINE, run);

const isOverwrite = ({ method, path }: Waiting): boolean =>
  method === 'POST' && (path === '/volumes' || path === '/volumes/batch');

const isLook = ({ method, path, filter }: Waiting): boolean =>
  method === 'GET' && path === '/protection-group-snapshots' && filter.includes(LOCK_SUFFIX);
const isRename = ({ method, path }: Waiting): boolean =>
  method === 'PATCH' && path === '/protection-group-snapshots';

/** How likely it is that the first run is chosen: the one races ahead, or they go side by side. */
const LEADS = [0.02, 0.5, 0.98];
/** How often that changes. */
const CHANGE = 0.1;

/**
 * Chooses by chance, with one exception. A run whose plan is made when the other has come and gone refreshes the target
 * once more, and rightly so: both would succeed. So the guard of the one is not released before the other has looked for
 * guards. A run renames its guard twice, to the lock and from it.
 */
const fairly = (random: () => number): ((waiting: readonly Waiting[]) => number) => {
  const looked = new Set<number>();
  const renames = RUNS.map(() => 0);
  let lead = 0.5;
  return (waiting) => {
    const mayCome = (request: Waiting) =>
      !(isRename(request) && (renames[request.door] ?? 0) > 0) || looked.has(1 - request.door);
    const allowed = waiting.filter(mayCome);
    if (random() < CHANGE) lead = LEADS[Math.floor(random() * LEADS.length)] ?? lead;
    const door = random() < lead ? 0 : 1;
    const preferred = allowed.filter((request) => request.door === door);
    const pool = preferred.length > 0 ? preferred : allowed;
    const chosen = pool[Math.floor(random() * pool.length)];
    if (!chosen) throw new Error('No request may come in.');
    if (isLook(chosen)) looked.add(chosen.door);
    if (isRename(chosen)) renames[chosen.door] = (renames[chosen.door] ?? 0) + 1;
    return waiting.indexOf(chosen);
  };
};
