import * as z from 'zod';

/** What happens to a request instead of, or before, what it asks for. */
const effect = z.union(
  [
    /** Answered so, and not carried out. */
    z.strictObject({
      status: z.int().min(100).max(599),
      body: z.json().optional(),
      headers: z.record(z.string(), z.string()).optional(),
    }),
    /** The socket is closed before the request is carried out, or after it was, without an answer. */
    z.strictObject({ hang_up: z.enum(['before', 'after']) }),
    /** All sessions of the array expire just before the request. */
    z.strictObject({ expire_session: z.literal(true) }),
    /** Real milliseconds that pass before the request is carried out, whether or not the client still waits. */
    z.strictObject({ delay_ms: z.int().min(0).max(600_000) }),
    /**
     * No answer at all: the socket stays open until the client gives up. So many milliseconds after it came, by the clock,
     * the request is carried out as of then, whether or not the client is there, and its session may have ended.
     */
    z.strictObject({ act_late_ms: z.int().min(0) }),
    /**
     * The first so many items of a batch are carried out; then the request is answered with 400, or the socket closed. A
     * batch is a body that is a list or else what `names` lists; any other request is one item. What the array refuses
     * by itself is answered so.
     */
    // biome-ignore lint/suspicious/noThenProperty: a word, and nothing that anybody could wait for
    z.strictObject({ apply_first: z.int().min(0), then: z.enum(['refuse', 'hang_up']) }),
  ],
  'not an effect: { status, body?, headers? }, { hang_up }, { expire_session }, { delay_ms }, { act_late_ms } or { apply_first, then }',
);

const fault = z.strictObject({
  /** Which requests it counts: those that fit all of these. Without any: every request. */
  array: z.string().optional(),
  method: z
    .string()
    .regex(/^[A-Z]+$/, 'not a method in capitals')
    .optional(),
  /** That of an endpoint, as in `/volumes`. */
  path: z
    .string()
    .regex(/^\/(?!api\/2)/, 'not a path without /api/2.N')
    .optional(),
  /** The first of these requests that is hit, counted from 1 since the fault was posted. */
  nth: z.int().min(1).optional(),
  /** How many are hit in a row; 0: all that follow. */
  times: z.int().min(0).optional(),
  effect,
});

/** The body of `POST /faults`: one fault or several. `DELETE /faults` clears them. */
export const faults = z.preprocess((body) => (Array.isArray(body) ? body : [body]), z.array(fault));

export type FaultEffect = z.infer<typeof effect>;
export type Fault = z.infer<typeof fault>;

/** The faults that wait for their request. */
export class FaultBoard {
  #armed: { fault: Fault; seen: number }[] = [];

  add(faults: readonly Fault[]): void {
    this.#armed.push(...faults.map((fault) => ({ fault, seen: 0 })));
  }

  /** What was held already is carried out nevertheless. */
  clear(): void {
    this.#armed = [];
  }

  /** The effects on this request, in the order in which the faults were posted. Counts it. */
  strike(request: { array: string; method: string; path: string }): FaultEffect[] {
    return this.#armed.flatMap((armed) => {
      const { array, method, path, nth = 1, times = 1, effect } = armed.fault;
      const isMeant =
        (array ?? request.array) === request.array &&
        (method ?? request.method) === request.method &&
        (path ?? request.path) === request.path;
      if (!isMeant) return [];
      armed.seen++;
      const isHit = armed.seen >= nth && (times === 0 || armed.seen < nth + times);
      return isHit ? effect : [];
    });
  }
}
