import { fileURLToPath, pathToFileURL } from 'node:url';
import type { HookRights } from '../lambda/refresh/hooks.ts';
import { LOOPBACK_CREDENTIALS, type LocalBucket, startBucket } from './aws/bucket.ts';
import {
  type ControlPlane,
  type Published,
  type PutEvent,
  type ServiceCall,
  startControlPlane,
} from './aws/control-plane.ts';
import { callSystemsManager, MACHINE } from './aws/sdk-integration.ts';
import { Executions } from './executions.ts';
import { type Execution, type FlowOptions, LocalFlow, type StepFunction } from './flow.ts';
import { ManagedHosts } from './hosts/managed-hosts.ts';
import { LocalFunction } from './local-function.ts';
import { type FunctionResource, REGION, type StackResources } from './template.ts';

export interface DeploymentOptions {
  readonly stack: StackResources;
  /** The document in the secret. */
  readonly secret: unknown;
  /** What is known of the source database; without it there is none. */
  readonly database?: DatabaseAccess | undefined;
  /** What Run Command reaches; without it, no host. */
  readonly hosts?: ManagedHosts | undefined;
  /** What hooks may call; without it, nothing. */
  readonly hookRights?: HookRights | undefined;
  /** Functions that hooks call, by ARN. */
  readonly functions?: ReadonlyMap<string, StepFunction>;
  /** Further environment of the step function, such as `FA_HOST`. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly retryScale: number;
  readonly beforeTask?: FlowOptions['beforeTask'];
  readonly afterTask?: FlowOptions['afterTask'];
  readonly onEvent?: FlowOptions['onEvent'];
  readonly wait?: FlowOptions['wait'];
  /** Called for each call of a service but S3, by a function or by the state machine. */
  readonly onCall?: (call: ServiceCall) => void;
  /** Receives the functions' logs. */
  readonly onLog?: (line: string) => void;
}

/** How the source database is reached. */
export interface DatabaseAccess {
  /** The document in its secret. */
  readonly secret: unknown;
  /** Of a simulated one; a real one is where the secret says. */
  readonly simulator?: string | undefined;
}

/** The whole stack on this machine: bucket, secret, both functions and the state machine. */
export interface Deployment {
  readonly bucket: LocalBucket;
  /** Puts another document into a secret, that of the arrays or one of this name, as an operator does who renews a token; undefined: none yet. */
  putSecret(document: unknown, name?: string): void;
  /** The same with that of the source database. */
  putOracleSecret(document: unknown): void;
  /** Calls the start function, as a schedule, an event or a person does. @throws FunctionError */
  start(event: unknown, invocation?: string): Promise<Execution>;
  /** Starts an execution past the start function, as the Step Functions console does. */
  startExecution(name: string, input: unknown): Execution;
  /** Executions that were started so far. */
  readonly executions: ReadonlyMap<string, Execution>;
  /** Calls the notify function, as EventBridge does when an execution has ended, and Scheduler from time to time. */
  notify(event: unknown): Promise<unknown>;
  /** What it has told people and programs so far. */
  readonly told: { readonly messages: readonly Published[]; readonly events: readonly PutEvent[] };
  stop(): Promise<void>;
}

export const deployLocally = async (options: DeploymentOptions): Promise<Deployment> => {
  const { stack, secret, database, environment = {}, onLog = () => {}, retryScale } = options;
  const { hookRights, functions, onCall } = options;
  const hosts = options.hosts ?? new ManagedHosts({ now: Date.now });
  const messages: Published[] = [];
  const events: PutEvent[] = [];
  const secrets = new Map([[stack.secret, JSON.stringify(secret)]]);
  if (database) secrets.set(stack.oracleSecret, JSON.stringify(database.secret));
  const bucket = await startBucket(stack.bucket);
  const control: ControlPlane = await startControlPlane({
    secrets,
    hosts,
    onCall,
    onPublish: (message) => messages.push(message),
    onEvent: (event) => events.push(event),
    executionArn: (name) => flow.executionArn(name),
    executionStatus: (arn) => executions.statusOf(arn),
    startExecution: (name, input) => {
      if (executions.byName.has(name)) return false;
      executions.start(name, input);
      return true;
    },
  });
  const launch = (resource: FunctionResource, handler: string, more = {}) =>
    new LocalFunction({
      bundle: resource.bundle,
      handler,
      onLog,
      environment: {
        ...loopback(bucket.url, control.url, handler),
        ...resource.environment,
        ...more,
      },
    });
  let start: LocalFunction | undefined;
  let oracle: LocalFunction | undefined;
  let notify: LocalFunction | undefined;
  const step = launch(stack.step, 'step', {
    // A step is a thread of this process: when the process is dead, so is the step.
    STEP_SECONDS: '0',
    HAS_ORACLE: String(database !== undefined),
    HOOK_RIGHTS: hookRights ? JSON.stringify(hookRights) : '',
    ...environment,
  });
  // Most runs do without it.
  const oracleFunction = () => {
    oracle ??= launch(...simulated(stack.oracle, database));
    return oracle;
  };
  const { definition, stateMachineArn } = stack;
  const { beforeTask, afterTask, onEvent, wait } = options;
  const flow = new LocalFlow({
    definition,
    stateMachineArn,
    function: (arn) => {
      onCall?.({ caller: MACHINE, action: 'Invoke', input: { FunctionName: arn } });
      return functions?.get(arn) ?? (arn === stack.oracle.arn ? oracleFunction() : step);
    },
    callService: (action, input) => callSystemsManager(control.url, action, input),
    retryScale,
    ...(beforeTask && { beforeTask }),
    ...(afterTask && { afterTask }),
    ...(onEvent && { onEvent }),
    ...(wait && { wait }),
  });
  const executions = new Executions(flow);

  return {
    bucket,
    executions: executions.byName,
    putSecret: (document, name = stack.secret) => {
      if (document === undefined) secrets.delete(name);
      else secrets.set(name, JSON.stringify(document));
    },
    putOracleSecret: (document) => {
      secrets.set(stack.oracleSecret, JSON.stringify(document));
    },
    start: async (event, invocation = crypto.randomUUID()) => {
      // Like Lambda's, its environment is made when it is called: not every run is started by it.
      start ??= launch(stack.start, 'start');
      const answer = await start.invoke(event, invocation);
      const execution = executions.byName.get(Object(answer).run);
      if (!execution)
        throw new Error('The start function answered with a run that was not started.');
      return execution;
    },
    startExecution: (name, input) => executions.start(name, input),
    notify: (event) => {
      notify ??= launch(stack.notify, 'notify');
      return notify.invoke(event, crypto.randomUUID());
    },
    told: { messages, events },
    stop: async () => {
      await Promise.all([start?.stop(), step.stop(), oracle?.stop(), notify?.stop()]);
      await Promise.all([control.stop(), bucket.stop(), hosts.stop()]);
    },
  };
};

const ORACLE_ON_SIMULATOR = fileURLToPath(
  new URL('./database/oracle-function.ts', import.meta.url),
);

/** The Oracle function as it is launched: the bundle, or what gives the bundle a simulated database. */
const simulated = (
  oracle: FunctionResource,
  database: DatabaseAccess | undefined,
): [FunctionResource, string, Record<string, string>] => {
  const ends = { STEP_SECONDS: '0' };
  if (database?.simulator === undefined) return [oracle, 'oracle', ends];
  const bundle = { ORACLE_BUNDLE: pathToFileURL(oracle.bundle).href };
  return [
    { ...oracle, bundle: ORACLE_ON_SIMULATOR },
    'oracle',
    { ...ends, ...bundle, ORACLE_SIMULATOR_URL: database.simulator },
  ];
};

/** What points the AWS SDK at this machine; by its access key a service knows the function that calls. */
const loopback = (s3: string, control: string, handler: string): Record<string, string> => ({
  AWS_REGION: REGION,
  AWS_ACCESS_KEY_ID: handler,
  AWS_SECRET_ACCESS_KEY: LOOPBACK_CREDENTIALS.secretAccessKey,
  AWS_ENDPOINT_URL_S3: s3,
  AWS_ENDPOINT_URL_SECRETS_MANAGER: control,
  AWS_ENDPOINT_URL_SFN: control,
  AWS_ENDPOINT_URL_SNS: control,
  AWS_ENDPOINT_URL_EVENTBRIDGE: control,
});
