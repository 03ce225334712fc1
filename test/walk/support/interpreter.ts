import type { ExecutionResult } from '../../../local/flow.ts';
import {
  type Condition,
  type Machine,
  machineSchema,
  type Rule,
  type StateOf,
  type Template,
} from './states-language.ts';

/** How a task fails, as Lambda tells Step Functions. */
export class TaskError extends Error {
  readonly error: string;
  readonly document: string;

  constructor(error: string, document: string) {
    super(`${error}: ${document}`);
    this.error = error;
    this.document = document;
  }
}

/** Of an execution, what states may ask for. */
export interface ExecutionContext {
  readonly Id: string;
  readonly Name: string;
  readonly StartTime: string;
}

/** Where an execution goes on, and with which document. */
export interface Place {
  readonly state: string;
  readonly document: unknown;
}

/** A call of a function, or of another service. */
export interface Call {
  /** `arn:aws:states:::lambda:invoke`, or that of an action of the SDK. */
  readonly resource: string;
  readonly input: unknown;
  /** How long the state waits for it. */
  readonly timeoutSeconds: number;
}

/** What an execution needs of its surroundings. */
export interface Surroundings {
  /** @returns what the service answers @throws TaskError; anything else ends the execution as it is, without a Catch */
  call(call: Call): Promise<unknown>;
  /** Lets the time pass of a Wait state, or of the pause before a retry. */
  wait(seconds: number): void;
  /** Hears of each state that is entered. */
  enter(place: Place): void;
}

/**
 * Walks through a state machine as Step Functions does, from any state on: quick enough to do it thousands of times, and
 * with nothing but what the machine itself asks for. Pauses before retries are waited in full.
 */
export class Interpreter {
  readonly #machine: Machine;

  constructor(definition: unknown) {
    this.#machine = machineSchema.parse(definition);
  }

  /** Where an execution begins. */
  begin(input: unknown): Place {
    return { state: this.#machine.StartAt, document: copy(input) };
  }

  isTask(state: string): boolean {
    return this.#machine.States[state]?.Type === 'Task';
  }

  async run(
    from: Place,
    context: ExecutionContext,
    surroundings: Surroundings,
  ): Promise<ExecutionResult> {
    let place = from;
    for (;;) {
      surroundings.enter(place);
      const { document } = place;
      const state = this.#machine.States[place.state];
      if (state === undefined) throw new Error(`There is no state ${place.state}.`);
      switch (state.Type) {
        case 'Pass':
          place = { state: state.Next, document: pass(state, document, context) };
          break;
        case 'Task':
          place = await this.#act(state, place, context, surroundings);
          break;
        case 'Choice':
          place = { state: choose(state, document), document };
          break;
        case 'Wait':
          surroundings.wait(numberAt(state.SecondsPath, document));
          place = { state: state.Next, document };
          break;
        case 'Succeed':
          return { status: 'SUCCEEDED', run: document };
        case 'Fail': {
          const { Error: own, ErrorPath: path } = state;
          const error = path === undefined ? (own ?? '') : textAt(path, document);
          const cause = textAt(state.CausePath, document);
          return { status: 'FAILED', run: document, error, cause };
        }
      }
    }
  }

  async #act(
    task: StateOf<'Task'>,
    { document }: Place,
    context: ExecutionContext,
    { call, wait }: Surroundings,
  ): Promise<Place> {
    const retries = task.Retry.map(() => 0);
    const { TimeoutSecondsPath: path } = task;
    const timeoutSeconds =
      path === undefined ? (task.TimeoutSeconds ?? 0) : numberAt(path, document);
    for (;;) {
      const input = fill(task.Parameters, document, context);
      try {
        const answer = copy(await call({ resource: task.Resource, input, timeoutSeconds }));
        return { state: task.Next, document: outputOf(task, document, answer, context) };
      } catch (error) {
        if (!(error instanceof TaskError)) throw error;
        const index = task.Retry.findIndex(({ ErrorEquals }) => matches(ErrorEquals, error));
        const [retrier, done = 0] = [task.Retry[index], retries[index]];
        if (retrier === undefined || done >= retrier.MaxAttempts) {
          return this.#catch(task, document, error);
        }
        retries[index] = done + 1;
        wait(retrier.IntervalSeconds * retrier.BackoffRate ** done);
      }
    }
  }

  #catch(task: StateOf<'Task'>, document: unknown, failure: TaskError): Place {
    const catcher = task.Catch.find(({ ErrorEquals }) => matches(ErrorEquals, failure));
    if (catcher === undefined) throw failure;
    const caught = { Error: failure.error, Cause: failure.document };
    return { state: catcher.Next, document: put(caught, catcher.ResultPath, document) };
  }
}

const pass = (
  { Parameters, Result, ResultPath = '$' }: StateOf<'Pass'>,
  document: unknown,
  context: ExecutionContext,
): unknown =>
  Parameters ? fill(Parameters, document, context) : put(copy(Result), ResultPath, document);

const outputOf = (
  { ResultSelector, ResultPath = '$', OutputPath = '$' }: StateOf<'Task'>,
  document: unknown,
  answer: unknown,
  context: ExecutionContext,
): unknown => {
  const result = ResultSelector ? fill(ResultSelector, answer, context) : answer;
  return valueAt(OutputPath, put(result, ResultPath, document));
};

/** What an optimised call of a function gives it. */
export const payloadIn = (input: unknown): unknown => Object(input).Payload;

const copy = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const matches = (names: readonly string[], { error }: TaskError): boolean =>
  names.includes('States.ALL') ||
  names.includes(error) ||
  (names.includes('States.TaskFailed') && error !== 'States.Timeout');

/** A template with what its paths point to: `"run.$": "$"`, `"id.$": "$$.Execution.Name"`. */
const fill = (template: Template, document: unknown, Execution: ExecutionContext): unknown =>
  copy(
    Object.fromEntries(
      Object.entries(template).map(([key, value]) => {
        if (typeof value === 'object') return [key, fill(value, document, Execution)];
        if (typeof value === 'number' || !key.endsWith('.$')) return [key, value];
        const isOfContext = value.startsWith('$$');
        const found = isOfContext
          ? valueAt(value.slice(1), { Execution })
          : valueAt(value, document);
        return [key.slice(0, -'.$'.length), found];
      }),
    ),
  );

/** The document with a value at that path. */
const put = (value: unknown, path: string, document: unknown): unknown => {
  const putAt = (at: unknown, [name, ...names]: readonly string[]): unknown =>
    name === undefined ? value : { ...Object(at), [name]: putAt(Object(at)[name], names) };
  return putAt(document, path.split('.').slice(1));
};

const choose = ({ Choices, Default }: StateOf<'Choice'>, document: unknown): string => {
  const next = Choices.find((candidate) => holds(candidate, document))?.Next ?? Default;
  if (next === undefined) throw new Error('States.NoChoiceMatched: no rule holds.');
  return next;
};

const holds = (rule: Rule | Condition, document: unknown): boolean => {
  if ('And' in rule) return rule.And.every((condition) => holds(condition, document));
  if ('Or' in rule) return rule.Or.some((condition) => holds(condition, document));
  if ('StringEquals' in rule) return valueAt(rule.Variable, document) === rule.StringEquals;
  if ('IsPresent' in rule) return find(rule.Variable, document) !== undefined;
  if ('BooleanEquals' in rule) return valueAt(rule.Variable, document) === rule.BooleanEquals;
  return numberAt(rule.Variable, document) > rule.NumericGreaterThan;
};

const find = (path: string, document: unknown): unknown =>
  path
    .split('.')
    .slice(1)
    .reduce<unknown>((value, name) => Object(value)[name], document);

/** Like Step Functions, which ends an execution where a path leads to nothing. */
const valueAt = (path: string, document: unknown): unknown => {
  const found = find(path, document);
  if (found === undefined) throw new Error(`States.Runtime: nothing is at ${path}.`);
  return found;
};

const numberAt = (path: string, document: unknown): number => {
  const value = valueAt(path, document);
  if (typeof value === 'number') return value;
  throw new Error(`States.Runtime: no number is at ${path}.`);
};

const textAt = (path: string, document: unknown): string => {
  const value = valueAt(path, document);
  if (typeof value === 'string') return value;
  throw new Error(`States.Runtime: no text is at ${path}.`);
};
