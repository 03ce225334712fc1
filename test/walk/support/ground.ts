import { executionArn } from '../../../lambda/aws/execution-arn.ts';
import type { ExecutionState } from '../../../lambda/steps/ports.ts';
import {
  type Checkpoint,
  type RunningSimulator,
  startSimulator,
} from '../../../local/array/simulator.ts';
import type { DatabaseState, StatementEntry } from '../../../local/database/simulator.ts';
import { MemoryStore } from '../../lambda/support/memory-store.ts';
import { type Configuration, REFRESH } from './configurations.ts';
import { Environment } from './environment.ts';
import { hookRights } from './hooks.ts';
import { Patience } from './patience.ts';
import { WalkClock } from './walk-clock.ts';
import { WalkDatabase } from './walk-database.ts';
import { WalkHooks } from './walk-hooks.ts';
import type { HostsState } from './walk-hosts.ts';
import { StoreWatch, storeFor } from './walk-store.ts';

const START = Date.parse('2026-11-24T00:00:00Z');
const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:Walk';

/** Arrays, database and bucket as they were at one moment. */
export interface Moment {
  readonly arrays: Checkpoint;
  readonly database: DatabaseState | undefined;
  readonly hosts: HostsState | undefined;
  readonly objects: ReadonlyMap<string, string>;
  readonly executions: ReadonlyMap<string, ExecutionState>;
  /** All that is on the arrays and in the database, as a text. */
  readonly shown: string;
}

/** A request that an array has answered. */
export interface Answered {
  readonly array: string;
  readonly method: string;
  /** Below `/api/2.N`. */
  readonly path: string;
  /** Items of a batch that changes something; 1 for what is no batch. */
  readonly items: number;
}

/** Arrays, database, bucket and time of one configuration, on which one world after the other takes place. */
export class Ground {
  readonly simulator: RunningSimulator;
  readonly clock: WalkClock;
  /** Where the configuration has one. */
  readonly database: WalkDatabase | undefined;
  /** Where the configuration has some. */
  readonly hooks: WalkHooks | undefined;
  readonly #memory = new MemoryStore();
  readonly #executions = new Map<string, ExecutionState>();
  readonly #patience: Patience;
  readonly #idle: Environment[] = [];
  #used: Environment[] = [];
  /** The environment whose requests the arrays take. */
  #current: Environment | undefined;
  store = new StoreWatch();
  /** How often a step was cut off. */
  cutOffs = 0;
  onAnswered: ((request: Answered) => void) | undefined;
  /** Called for each statement as it comes to the database. */
  onStatement: ((entry: StatementEntry) => void) | undefined;

  private constructor(
    simulator: RunningSimulator,
    clock: WalkClock,
    patience: Patience,
    { hasDatabase, hasHooks }: Pick<Configuration, 'hasDatabase' | 'hasHooks'>,
  ) {
    this.simulator = simulator;
    this.clock = clock;
    this.#patience = patience;
    this.database = hasDatabase ? this.#openDatabase() : undefined;
    this.hooks = hasHooks ? new WalkHooks(simulator, clock) : undefined;
  }

  static async open({
    state,
    restVersion,
    keepsCreated,
    tickMs,
    definition,
    hasDatabase,
    hasHooks,
  }: Configuration): Promise<Ground> {
    const clock = new WalkClock(START);
    let ground: Ground | undefined;
    const patience = new Patience((ms) => ground?.simulator.advance(ms));
    const simulator = await startSimulator({
      state,
      restVersion,
      clock,
      onHeld: patience.hold,
      onExchange: ({ array, method, path, query, requestBody }) => {
        clock.advance(tickMs);
        ground?.onAnswered?.({
          array,
          method,
          path: belowVersion(path),
          items: method === 'GET' ? 1 : countItems(query, requestBody),
        });
      },
      gate: (request) => {
        if (ground && !ground.takesRequests) return false;
        ground?.database?.watch.onRequest(request);
        ground?.hooks?.onRequest(request);
        return true;
      },
    });
    simulator.setOverwrite({ keeps_created: keepsCreated });
    ground = new Ground(simulator, clock, patience, { hasDatabase, hasHooks });
    ground.#memory.put(`refreshes/${REFRESH}.json`, definition);
    return ground;
  }

  get takesRequests(): boolean {
    return !this.#current?.life.isOver;
  }

  /** ARN of an execution by its name. */
  arnOf(run: string): string {
    return executionArn(MACHINE, run);
  }

  setExecution(run: string, state: ExecutionState): void {
    this.#executions.set(this.arnOf(run), state);
  }

  save(): Moment {
    return {
      arrays: this.simulator.checkpoint(),
      database: this.database?.simulator.checkpoint(),
      hosts: this.hooks?.hosts.state,
      objects: new Map(this.#memory.objects),
      executions: new Map(this.#executions),
      shown: this.#show(),
    };
  }

  /** Whether arrays, database and bucket are now as they were then. */
  isAsIn({ objects, shown }: Moment): boolean {
    const now = this.#memory.objects;
    const isSame = ([key, text]: [string, string]) => objects.get(key) === text;
    return now.size === objects.size && [...now].every(isSame) && this.#show() === shown;
  }

  /** Back to a moment, without faults. */
  async goBack({ arrays, database, hosts, objects, executions }: Moment): Promise<void> {
    this.clearTroubles();
    for (const environment of this.#used) await environment.revive();
    this.#idle.push(...this.#used);
    this.#used = [];
    this.#current = undefined;
    this.#executions.clear();
    for (const [arn, state] of executions) this.#executions.set(arn, state);
    this.#memory.objects.clear();
    for (const [key, text] of objects) this.#memory.objects.set(key, text);
    this.simulator.restore(arrays);
    if (database) this.database?.restore(database);
    if (hosts) this.hooks?.restore(hosts);
  }

  clearTroubles(): void {
    this.simulator.clearFaults();
    this.database?.simulator.clearFaults();
    this.hooks?.hosts.clearFaults();
    this.store = new StoreWatch();
    this.cutOffs = 0;
    this.onAnswered = undefined;
    this.onStatement = undefined;
    this.#current = undefined;
  }

  /** An environment for the steps from now on; a cold one knows nothing of the arrays. */
  environment(isCold = false): Environment {
    const environment = (isCold ? undefined : this.#idle.pop()) ?? this.#launch();
    this.#used.push(environment);
    this.#current = environment;
    return environment;
  }

  /** An object in the bucket, as JSON; undefined where there is none. */
  object(key: string): unknown {
    const text = this.#memory.objects.get(key);
    return text === undefined ? undefined : JSON.parse(text);
  }

  async close(): Promise<void> {
    this.#patience.stop();
    await this.simulator.stop();
  }

  #show(): string {
    const { simulator, database, hooks } = this;
    return JSON.stringify(simulator.state()) + (database?.show() ?? '') + (hooks?.show() ?? '');
  }

  #openDatabase(): WalkDatabase {
    return new WalkDatabase({
      clock: this.clock,
      pass: (ms) => this.simulator.advance(ms),
      onStatement: (entry) => this.onStatement?.(entry),
    });
  }

  #launch(): Environment {
    const [source, target = source] = this.simulator.arrays;
    if (source === undefined || target === undefined) throw new Error('There is no array.');
    const { database } = this;
    return new Environment({
      source,
      target,
      clock: this.clock.forSteps,
      store: (life) => storeFor(this.#memory, life, () => this.store),
      executionState: (arn) => Promise.resolve(this.#executions.get(arn) ?? 'unknown'),
      ...(database && { database: (life) => database.sessionsOf(life) }),
      ...(this.hooks && { hookRights }),
    });
  }
}

export const belowVersion = (path: string): string => path.replace(/^\/api\/2\.\d+/, '');

const countItems = (query: Readonly<Record<string, string>>, body: unknown): number =>
  Array.isArray(body) ? body.length : (query['names']?.split(',').length ?? 1);
