import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { systemClock } from '../../lambda/aws/system-clock.ts';
import { RestFlashArray } from '../../lambda/flasharray/flash-array.ts';
import { Session } from '../../lambda/flasharray/session.ts';
import type { Fault, RunningSimulator } from '../../local/array/simulator.ts';
import type { DatabaseSimulator } from '../../local/database/simulator.ts';
import type { Deployment } from '../../local/deployment.ts';
import type { Execution } from '../../local/flow.ts';
import { leaveCalls } from './recorded-calls.ts';
import { type ArrayReport, type RunReport, readManifest } from './run-report.ts';
import { type Stage, type StageOptions, secretFor, setStage } from './stage.ts';
import type { TargetDatabase } from './target-database.ts';
import { findTokens } from './tokens.ts';

const MINUTE_MS = 60_000;

type Secret = ReturnType<typeof secretFor>;

export interface WorldOptions extends StageOptions {
  /** Tokens beside the array's own that must not be written anywhere. */
  readonly tokens?: readonly string[];
}

/** A stage and what a test can do on it. Before each run the arrays' clock moves by a minute. */
export class World {
  readonly #options: WorldOptions;
  #stage: Stage | undefined;
  /** Tokens that arrays were given since the beginning. */
  readonly #renewed: string[] = [];
  #checked = 0;
  #runs = 0;

  constructor(options: WorldOptions) {
    this.#options = options;
  }

  get simulator(): RunningSimulator {
    return this.#set.simulator;
  }

  /** The source database. */
  get database(): DatabaseSimulator {
    if (this.#set.database) return this.#set.database;
    throw new Error('The world has no database.');
  }

  /** The database on the target, and its hosts. */
  get target(): TargetDatabase {
    if (this.#set.target) return this.#set.target;
    throw new Error('The world has no database on the target.');
  }

  /** What the functions have logged so far. */
  get logs(): readonly string[] {
    return this.#set.logs;
  }

  get deployment(): Deployment {
    return this.#set.deployment;
  }

  /** The state machine in the synthesized template. */
  get machine(): unknown {
    return this.#set.definition;
  }

  /** The source array. */
  get array(): ArrayReport {
    return this.#arrays.source;
  }

  /** The array with the target group: the second one, if there is one. */
  get targetArray(): ArrayReport {
    return this.#arrays.target;
  }

  /** Changes parts of what is in the secret. */
  putSecret(change: Partial<Secret>): void {
    this.deployment.putSecret({ ...secretFor(this.simulator), ...change });
  }

  /** The users of the arrays have new tokens, and so has the secret; whoever has read it has the old ones. */
  renewTokens(): void {
    const [source, target] = this.simulator.arrays.map(({ name }) => this.renewToken(name));
    this.putSecret({
      src_flash_array_api_token: source,
      tgt_flash_array_api_token: target,
    });
  }

  /** The user of one array has a new token, of which the secret knows nothing. */
  renewToken(array: string): string {
    const token = this.simulator.renewToken(array);
    this.#renewed.push(token);
    return token;
  }

  addFaults(...faults: Fault[]): void {
    this.#set.contract.ignoreRepliesOf(faults);
    this.simulator.addFaults(faults);
  }

  /** `act` happens before the next task of this state; what it throws is the task's error. */
  before(state: string, act: () => void): void {
    this.#set.interruptions.add('before', state, act);
  }

  /** `act` happens after the next task of this state; what it throws takes the place of the task's outcome. */
  after(state: string, act: () => void | Promise<void>): void {
    this.#set.interruptions.add('after', state, act);
  }

  /** Runs a refresh whose execution is stopped around the next task of a state. @returns its run id */
  async abort(refresh: string, moment: 'before' | 'after', state: string): Promise<string> {
    this.simulator.advance(MINUTE_MS);
    this.#runs += 1;
    this.#set.interruptions.abort(moment, state);
    const execution = this.deployment.startExecution(`run-${this.#runs}`, { refresh });
    await execution.result;
    this.#set.interruptions.clear();
    return execution.name;
  }

  /** What was to happen around tasks and has not yet, does not. */
  forgetInterruptions(): void {
    this.#set.interruptions.clear();
  }

  /** `act` happens when the machine has waited for so many seconds in this test. */
  whenWaited(seconds: number, act: () => unknown): void {
    this.#set.waiting.plan(seconds, act);
  }

  /** Tags a volume of the second array with a source's id, as a person or another program does. */
  async tagTarget(target: string, mapping: string): Promise<void> {
    const { tgt_flash_array_host: host, tgt_flash_array_api_token: apiToken } = secretFor(
      this.simulator,
    );
    const ca = this.simulator.arrays[1]?.ca ?? null;
    const session = new Session(
      { host: host ?? '', apiToken: apiToken ?? '', ca },
      null,
      systemClock,
    );
    const array = new RestFlashArray(session);
    await array.tagVolume({ target, snapshot: '', mapping });
    await array.logOut();
  }

  /** Puts a definition into the bucket: a document, or any text. */
  async define(refresh: string, definition: object | string): Promise<void> {
    const text = typeof definition === 'string' ? definition : JSON.stringify(definition);
    await this.deployment.bucket.write(`refreshes/${refresh}.json`, text, 'application/json');
  }

  /** The JSON object of a key; undefined when there is none. */
  async object(key: string): Promise<unknown> {
    const text = await this.deployment.bucket.read(key);
    return text === undefined ? undefined : JSON.parse(text);
  }

  /** Runs a refresh to its end. The start function is left out: it has tests of its own. */
  run(refresh: string, overrides: object = {}): Promise<RunReport> {
    return this.execute({ refresh, ...overrides });
  }

  /** Runs the state machine on an input. */
  execute(input: unknown): Promise<RunReport> {
    this.#runs += 1;
    const name = `run-${this.#runs}`;
    return this.report(async () => this.deployment.startExecution(name, input));
  }

  /** Everything there is to know about the run that `start` starts. */
  async report(start: () => Promise<Execution>): Promise<RunReport> {
    this.simulator.advance(MINUTE_MS);
    const before = this.#arrays;
    const sent = this.simulator.requests().length;
    const waited = this.#set.waiting.waits.length;
    const noted = this.#set.journal.length;
    const execution = await start();
    const result = await execution.result;
    return {
      run: execution.name,
      result,
      history: execution.history,
      ...(await readManifest(this.deployment.bucket, result)),
      requests: this.simulator.requests().slice(sent),
      before: before.source,
      after: this.array,
      target: { before: before.target, after: this.targetArray },
      waits: this.#set.waiting.waits.slice(waited),
      journal: this.#set.journal.slice(noted),
    };
  }

  async start(): Promise<void> {
    this.#stage = await setStage(this.#options);
  }

  /** Back to the beginning: arrays, secret and bucket. */
  async reset(): Promise<void> {
    this.simulator.reset();
    this.#set.database?.reset();
    this.#set.target?.reset();
    this.#set.journal.length = 0;
    this.putSecret({});
    this.#set.interruptions.clear();
    this.#set.waiting.clear();
    await this.deployment.bucket.empty();
    this.#set.traffic.written.length = 0;
  }

  /** Where tokens have been written to: bucket, histories, requests, logs, template. */
  leaks(): Promise<string[]> {
    const executions = [...this.deployment.executions.values()].slice(this.#checked);
    return findTokens(this.#tokens, this.#set, executions);
  }

  /** What must hold after each test, whatever it was about. */
  async check(): Promise<void> {
    const found = {
      leaks: await this.leaks(),
      violations: this.#set.contract.take(),
      // It has the array destroy and eradicate the snapshot after an hour.
      forReplication: JSON.stringify(this.simulator.requests()).includes('for_replication'),
    };
    this.#checked = this.deployment.executions.size;
    expect(found).toEqual({ leaks: [], violations: [], forReplication: false });
  }

  async stop(): Promise<void> {
    const [tokens, logs] = [this.#tokens, this.logs];
    leaveCalls(this.#set.awsCalls.calls);
    await this.#set.stop();
    // The last lines may have come after the last test.
    expect(tokens.filter((token) => logs.some((line) => line.includes(token)))).toEqual([]);
  }

  get #tokens(): string[] {
    const own = this.simulator.arrays.map((array) => array.api_token);
    const { password } = this.#set.database?.state() ?? {};
    return [
      ...own,
      ...this.#renewed,
      ...this.#set.sessions,
      ...(password ? [password] : []),
      ...(this.#options.tokens ?? []),
    ];
  }

  get #arrays(): { source: ArrayReport; target: ArrayReport } {
    const [source, target] = this.simulator.state().arrays;
    if (source) return { source, target: target ?? source };
    throw new Error('The world has no array.');
  }

  get #set(): Stage {
    if (this.#stage) return this.#stage;
    throw new Error('The world has not been started.');
  }
}

/**
 * A world for the tests of this file or `describe`; each finds it as it was at the beginning. After each test no token
 * may have been written anywhere, and all requests and replies must have kept to the vendor's contract.
 */
export const useWorld = (options: WorldOptions): World => {
  const world = new World(options);
  beforeAll(() => world.start());
  beforeEach(() => world.reset());
  afterEach(() => world.check());
  afterAll(() => world.stop());
  return world;
};
