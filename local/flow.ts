import { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import * as z from 'zod';
import { executionArn } from '../lambda/aws/execution-arn.ts';
import { sdkAction } from './aws/sdk-integration.ts';

/** Something that happened in an execution, such as the entering of a state. */
export type FlowEvent =
  ReturnType<StateMachine['run']>['eventLogs'] extends AsyncGenerator<infer E> ? E : never;

export type ExecutionResult = {
  /** The document with which the last state was entered: the run as it ended. */
  readonly run: unknown;
} & (
  | { readonly status: 'SUCCEEDED' }
  | { readonly status: 'FAILED'; readonly error: string; readonly cause: string }
);

/** An execution of the state machine under way. */
export interface Execution {
  readonly name: string;
  /** What happened so far. */
  readonly history: readonly FlowEvent[];
  readonly result: Promise<ExecutionResult>;
}

/** What does a task, called as Lambda calls a handler. */
export interface StepFunction {
  /** @param awsRequestId what Lambda would put into the context */
  invoke(event: unknown, awsRequestId: string): Promise<unknown>;
}

export interface FlowOptions {
  /** Out of the synthesized template. */
  readonly definition: unknown;
  readonly stateMachineArn: string;
  /** The function with an ARN, which a task names. */
  readonly function: (arn: string) => StepFunction;
  /** Calls a service as a task's SDK integration does; a machine without such tasks needs none. */
  readonly callService?: (action: string, input: unknown) => Promise<unknown>;
  /** Factor on the pauses before retries; 0 retries at once. */
  readonly retryScale: number;
  /** Called before each task, with the run document that a step is given; what it throws is the task's error. */
  readonly beforeTask?: (state: string, run: unknown) => void;
  /** Called after each task, whether it succeeded or not. */
  readonly afterTask?: () => Promise<void>;
  readonly onEvent?: (event: FlowEvent) => void;
  /** Waits in the machine's place: a test moves a clock instead, and a person can cut it short. */
  readonly wait?: (seconds: number, state: string) => void | Promise<void>;
}

const functionInput = z.object({ FunctionName: z.string(), Payload: z.unknown() });
/** Of a step; a hook's function is given the name of the run. */
const taskInput = z.object({ Payload: z.looseObject({ run: z.record(z.string(), z.unknown()) }) });
const machineSchema = z.custom<StateMachineDefinition>(
  (value) =>
    z.object({ StartAt: z.string(), States: z.record(z.string(), z.unknown()) }).safeParse(value)
      .success,
);

/** Runs the stack's own state machine on this machine, with the bundled functions behind its tasks. */
export class LocalFlow {
  readonly #options: FlowOptions;
  readonly #machine: StateMachine;
  /** Their resources by name. */
  readonly #tasks: ReadonlyMap<string, string>;
  /** Where each Wait state that is waited in another way finds its seconds. */
  readonly #waits: ReadonlyMap<string, string>;

  constructor(options: FlowOptions) {
    this.#options = options;
    const original = machineSchema.parse(options.definition);
    this.#waits = new Map(
      Object.entries(original.States).flatMap(([name, state]) =>
        options.wait && 'SecondsPath' in state && state.SecondsPath
          ? [[name, state.SecondsPath]]
          : [],
      ),
    );
    const definition = scaleRetries(
      timeOutByPayload(waitByTask(original, this.#waits)),
      options.retryScale,
    );
    // The real definition is validated in the tests; a scaled pause need not be a whole number of seconds.
    this.#machine = new StateMachine(definition, { validationOptions: { noValidate: true } });
    this.#tasks = new Map(
      Object.entries(definition.States).flatMap(([name, state]) =>
        'Resource' in state ? [[name, state.Resource]] : [],
      ),
    );
  }

  executionArn(name: string): string {
    return executionArn(this.#options.stateMachineArn, name);
  }

  start(name: string, input: unknown): Execution {
    const handlers = [...this.#tasks.keys()].map((state) => [
      state,
      (task: unknown) => this.#doTask(state, task),
    ]);
    const { result, eventLogs } = this.#machine.run(z.json().parse(input), {
      context: { Execution: { Id: this.executionArn(name), Name: name } },
      overrides: { taskResourceLocalHandlers: Object.fromEntries(handlers) },
    });
    const history: FlowEvent[] = [];
    return { name, history, result: this.#follow(eventLogs, history, result.catch(asError)) };
  }

  async #follow(
    events: AsyncIterable<FlowEvent>,
    history: FlowEvent[],
    end: Promise<unknown>,
  ): Promise<ExecutionResult> {
    let run: unknown;
    for await (const event of events) {
      history.push(event);
      if (event.type === 'StateEntered') run = event.state.input;
      this.#options.onEvent?.(event);
    }
    const ended = await end;
    if (!(ended instanceof Error)) return { status: 'SUCCEEDED', run };
    const { name, message } = ended.cause instanceof Error ? ended.cause : ended;
    return { status: 'FAILED', run, error: name, cause: message };
  }

  async #doTask(state: string, task: unknown): Promise<unknown> {
    const { beforeTask, afterTask, wait } = this.#options;
    const seconds = this.#waits.get(state);
    if (seconds !== undefined) {
      await wait?.(z.number().parse(valueAt(seconds, task)), state);
      return task;
    }
    beforeTask?.(state, taskInput.safeParse(task).data?.Payload.run);
    try {
      return await this.#call(state, task);
    } finally {
      await afterTask?.();
    }
  }

  /** An SDK integration; or the optimised one of Lambda: `{ FunctionName, Payload }` in, `{ Payload }` out. */
  async #call(state: string, task: unknown): Promise<unknown> {
    const action = sdkAction(this.#tasks.get(state) ?? '');
    if (action !== undefined) return this.#options.callService?.(action, task);
    const { FunctionName, Payload } = functionInput.parse(task);
    return { Payload: await this.#options.function(FunctionName).invoke(Payload, state) };
  }
}

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error(String(error));

/** The value at a path of plain names, such as `$.replication.wait_seconds`. */
const valueAt = (path: string, document: unknown): unknown =>
  path
    .split('.')
    .slice(1)
    .reduce<unknown>((value, name) => Object(value)[name], document);

type State = StateMachineDefinition['States'][string];

const mapStates = (
  definition: StateMachineDefinition,
  change: (name: string, state: State) => State,
): StateMachineDefinition => ({
  ...definition,
  States: Object.fromEntries(
    Object.entries(definition.States).map(([name, state]) => [name, change(name, state)]),
  ),
});

/** The definition with a task in the place of each of these Wait states: input in, the same out. */
const waitByTask = (
  definition: StateMachineDefinition,
  waits: ReadonlyMap<string, string>,
): StateMachineDefinition =>
  mapStates(definition, (name, state) =>
    waits.has(name) && 'Next' in state
      ? { Type: 'Task', Resource: 'wait', TimeoutSeconds: 86_400, Next: state.Next }
      : state,
  );

/** Step Functions finds a timeout in what a state is given, the interpreter in what the state gives its task. */
const timeOutByPayload = (definition: StateMachineDefinition): StateMachineDefinition =>
  mapStates(definition, (_, state) =>
    'TimeoutSecondsPath' in state && state.TimeoutSecondsPath
      ? { ...state, TimeoutSecondsPath: inPayload(state.TimeoutSecondsPath) }
      : state,
  );

/** A step is given the whole run; the function of a hook how long it may take. */
const inPayload = (path: string): string =>
  path === '$.hook.timeout_seconds'
    ? '$.Payload.timeout_seconds'
    : path.replace('$', '$.Payload.run');

const scaleRetries = (definition: StateMachineDefinition, scale: number): StateMachineDefinition =>
  mapStates(definition, (_, state) => {
    if (!('Retry' in state && state.Retry)) return state;
    const Retry = state.Retry.map((retrier) => ({
      ...retrier,
      IntervalSeconds: (retrier.IntervalSeconds ?? 1) * scale,
    }));
    return { ...state, Retry };
  });
