import type { ArrayStore } from '../store/array-store.ts';
import type { Lane } from '../store/lane.ts';
import type { Json, JsonObject } from './json.ts';
import type { Query } from './query.ts';

/** A request as an action sees it: known, allowed, and with its query parsed. */
export interface Call {
  /** The N of the REST version 2.N in the path. */
  readonly version: number;
  readonly query: Query;
  readonly body: unknown;
  readonly now: number;
  /** What replicates between the arrays, from each group to each of its targets. */
  readonly lanes: readonly Lane[];
  readonly apiToken: string | undefined;
  readonly sessionToken: string | undefined;
}

export interface Answer {
  /** Null: no body at all. */
  readonly body: JsonObject | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What an endpoint does: a function of the array and the call. It throws `ArrayError` before it changes anything. */
export type Action = (array: ArrayStore, call: Call) => Answer;

/** The answer of an endpoint that has nothing to say. */
export const noAnswer: Answer = { body: null };

/** The answer of an endpoint that changes something. */
export const answerItems = (items: readonly Json[]): Answer => ({ body: { items } });
