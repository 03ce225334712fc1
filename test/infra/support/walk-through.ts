import { StateMachine } from 'aws-local-stepfunctions';
import * as z from 'zod';
import type { stateMachineOf } from './state-machine.ts';

/** What the steps put into the run, for the machine to route by. */
export interface Choices {
  readonly execute: boolean;
  readonly has_target?: boolean;
  readonly replicate?: boolean;
  readonly undo?: boolean;
  readonly recovers?: boolean;
  readonly ends_recovered?: boolean;
  readonly reads_database?: boolean;
  readonly backs_up?: boolean;
  readonly ends_backup?: boolean;
  /** An answer of the overwrite stayed out. */
  readonly in_doubt?: boolean;
  /** Backup mode may still begin after it was looked for. */
  readonly may_begin?: boolean;
}

const nothing: Choices = {
  execute: false,
  has_target: true,
  replicate: false,
  undo: false,
  recovers: false,
  ends_recovered: false,
  reads_database: false,
  backs_up: false,
  ends_backup: false,
};

/** The look at which a step that follows itself has come to its end. */
const LOOKS: Readonly<Record<string, number>> = {
  'Check Replication': 3,
  'Recover Target': 2,
  'Roll Back': 2,
};

/** What a step makes of the run at its `nth` time. */
const answer = (name: string, nth: number, { in_doubt, may_begin }: Choices): object => {
  const looked = { done: nth === LOOKS[name], wait_seconds: 60 };
  if (name === 'Check Replication') return { replication: looked };
  if (name === 'Recover Target') return { recovery: looked };
  if (name === 'Roll Back') return { guard: looked };
  if (name === 'Overwrite Volumes') return { guard: { wait_seconds: in_doubt ? 60 : 0 } };
  if (name === 'Note Database') return { backup: { max_seconds: 300 } };
  if (name === 'End Backup') return { backup: { done: !may_begin || nth > 1, wait_seconds: 60 } };
  if (name === 'Record Failure') return { error: { name: 'Broken' }, cause: 'Why, what to do.' };
  return {};
};

const json = z.json();

export interface Walk {
  readonly choices: Choices;
  /** The steps that fail, and the name with which they do. */
  readonly failing?: readonly string[];
  readonly error?: string;
  readonly input?: object;
}

/** Runs a machine with steps that set what Choices look at, or fail; returns the states it went through. */
export const walkThrough =
  ({ text, tasks }: ReturnType<typeof stateMachineOf>) =>
  async ({ choices, failing = [], error = 'Broken', input = { refresh: 'nightly' } }: Walk) => {
    // Step Functions looks for a timeout in the state's input, the local runner in what Parameters makes of that.
    const definition = JSON.parse(
      text.replaceAll('"TimeoutSecondsPath":"$', '"TimeoutSecondsPath":"$.Payload.run'),
    );
    const seen = new Map<string, number>();
    const handlers = tasks.map(({ name }) => [
      name,
      ({ Payload }: { Payload: { run: object } }) => {
        if (failing.includes(name)) {
          throw Object.assign(new Error(`${name} failed`), { name: error });
        }
        const nth = (seen.get(name) ?? 0) + 1;
        seen.set(name, nth);
        return {
          Payload: { ...Payload.run, ...nothing, ...choices, ...answer(name, nth, choices) },
        };
      },
    ]);
    const never = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, 0]));
    const waits = Object.keys(definition.States).filter((name) => name.startsWith('Wait '));
    const { result, eventLogs } = new StateMachine(definition).run(json.parse(input), {
      overrides: {
        taskResourceLocalHandlers: Object.fromEntries(handlers),
        waitTimeOverrides: never(waits),
        retryIntervalOverrides: never(tasks.map(({ name }) => name)),
      },
      context: { Execution: { Id: 'arn', Name: 'nightly-1', StartTime: '2026-11-24T01:00:00Z' } },
    });
    const states: string[] = [];
    const [outcome] = await Promise.allSettled([
      result,
      (async () => {
        for await (const event of eventLogs) {
          if (event.type === 'StateEntered') states.push(event.state.name);
        }
      })(),
    ]);
    return { outcome, path: states.join(' > ') };
  };
