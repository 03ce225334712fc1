import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createManualClock } from '../../local/array/clock.ts';
import {
  type RunningSimulator,
  type StateFile,
  startSimulator,
} from '../../local/array/simulator.ts';
import { findAssembly } from '../../local/assembly.ts';
import {
  createDatabaseSimulator,
  type DatabaseSimulator,
  type DatabaseStateInput,
} from '../../local/database/simulator.ts';
import { type Deployment, deployLocally } from '../../local/deployment.ts';
import { readStack } from '../../local/template.ts';
import { AwsCallRecord } from './aws-calls.ts';
import { BucketTraffic } from './bucket-traffic.ts';
import { ContractRecord } from './contract-record.ts';
import { Interruptions } from './interruptions.ts';
import { DOCUMENT, FUNCTION, TargetDatabase } from './target-database.ts';
import { Waiting } from './waiting.ts';

/** When the clock of the simulator starts; it moves only when it is moved. */
const START = Date.parse('2026-11-24T00:00:00Z');

export interface StageOptions {
  /** One array, or two: the source array first, then the one that it replicates to. */
  readonly state: StateFile;
  /** The newest REST version of the arrays; 2.56 by default. */
  readonly restVersion?: string;
  /** The source database; without it there is none. */
  readonly database?: DatabaseStateInput;
  /** Volumes of a database on the target, which hooks stop and start; without them there is none. */
  readonly targetDatabase?: readonly string[];
  /** Further environment of the step function. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What the function of hooks does. */
  readonly hookFunction?: (payload: unknown) => unknown;
}

/** What reached a database, a host or an array, in order: a request or a script when it came, and when it was over. */
export interface JournalLine {
  readonly at: 'database' | 'hook' | 'array';
  readonly what: string;
}

/** Simulated arrays and the whole stack on this machine. */
export interface Stage {
  readonly simulator: RunningSimulator;
  readonly database: DatabaseSimulator | undefined;
  /** The database on the target. */
  readonly target: TargetDatabase | undefined;
  /** Common to databases, hosts and arrays. */
  readonly journal: JournalLine[];
  readonly deployment: Deployment;
  readonly interruptions: Interruptions;
  readonly waiting: Waiting;
  readonly contract: ContractRecord;
  /** Tokens of all sessions with arrays so far. */
  readonly sessions: readonly string[];
  /** What went into the bucket. */
  readonly traffic: BucketTraffic;
  /** What was asked of AWS so far. */
  readonly awsCalls: AwsCallRecord;
  /** What the functions have logged so far. */
  readonly logs: readonly string[];
  /** The text of the synthesized template. */
  readonly template: string;
  /** The state machine in it. */
  readonly definition: unknown;
  stop(): Promise<void>;
}

/** The secret as an operator of the stack fills it in. */
export const secretFor = ({ arrays: [source, target] }: RunningSimulator) => ({
  src_flash_array_host: source?.host,
  src_flash_array_api_token: source?.api_token,
  src_flash_array_ca: source?.ca,
  tgt_flash_array_host: target?.host,
  tgt_flash_array_api_token: target?.api_token,
  tgt_flash_array_ca: target?.ca,
});

/** The secret of the source database. */
const databaseSecretFor = (database: DatabaseSimulator) => {
  const { user, password, service } = database.state();
  return { ora_src_usr: user, ora_src_pwd: password, ora_src_cs: `db.example.com:1521/${service}` };
};

export const setStage = async (options: StageOptions): Promise<Stage> => {
  const { state, restVersion } = options;
  const assembly = await findAssembly();
  const stack = await readStack(assembly);
  const contract = new ContractRecord();
  const clock = createManualClock(START);
  const journal: JournalLine[] = [];
  const sessions: string[] = [];
  const note = (at: JournalLine['at'], what: string) => journal.push({ at, what });
  const call = ({ method, path }: { method: string; path: string }) =>
    `${method} ${path.replace(/^\/api\/2\.\d+/, '')}`;
  const simulator = await startSimulator({
    state,
    clock,
    gate: (request) => {
      note('array', call(request));
      return true;
    },
    onExchange: (exchange) => {
      const { 'x-auth-token': session } = exchange.headers;
      if (session !== undefined) sessions.push(session);
      note('array', `${call(exchange)} answered`);
      contract.note(exchange);
    },
    ...(restVersion && { restVersion }),
  });
  const database =
    options.database &&
    createDatabaseSimulator({
      state: options.database,
      clock,
      onStatement: ({ statement }) => note('database', statement),
    });
  const endpoint = await database?.serve();
  const target =
    options.targetDatabase &&
    new TargetDatabase(
      () => simulator,
      options.targetDatabase,
      () => clock.now(),
      (what) => note('hook', what),
    );
  const { hookFunction } = options;
  const logs: string[] = [];
  const interruptions = new Interruptions();
  const waiting = new Waiting(simulator);
  const awsCalls = new AwsCallRecord();
  const deployment = await deployLocally({
    stack,
    onCall: awsCalls.note,
    secret: secretFor(simulator),
    database: database && { secret: databaseSecretFor(database), simulator: endpoint?.url },
    ...(target && {
      hosts: target.hosts,
      hookRights: {
        documents: [DOCUMENT, 'AWS-RunShellScript'],
        functions: [FUNCTION],
        commands: false,
      },
    }),
    ...(hookFunction && {
      functions: new Map([
        [
          FUNCTION,
          {
            invoke: async (payload: unknown) => {
              note('hook', 'function');
              return hookFunction(payload);
            },
          },
        ],
      ]),
    }),
    environment: options.environment ?? {},
    retryScale: 0,
    onLog: (line) => logs.push(line),
    beforeTask: (state) => {
      // Time stands still in a run, but the guard is younger than the snapshot, as on any array that is not too fast.
      if (state === 'Acquire Guard') simulator.advance(1_000);
      interruptions.beforeTask(state);
    },
    afterTask: interruptions.afterTask,
    wait: async (seconds, state) => {
      // Scripts take the time that they take.
      if (state === 'Wait For Hook') await target?.hosts.settled();
      waiting.wait(seconds);
    },
  });
  const traffic = new BucketTraffic(deployment.bucket.url, awsCalls.noteRequest);
  return {
    simulator,
    database,
    target,
    journal,
    deployment,
    interruptions,
    waiting,
    contract,
    awsCalls,
    traffic,
    sessions,
    logs,
    template: await readFile(join(assembly, 'FlashArrayRefresh.template.json'), 'utf8'),
    definition: stack.definition,
    stop: async () => {
      traffic.stop();
      await deployment.stop();
      await simulator.stop();
      await endpoint?.stop();
    },
  };
};
