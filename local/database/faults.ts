import * as z from 'zod';

/** What happens to a call instead of, or before, what it asks for. */
const effect = z.union(
  [
    /** Answered with this ORA number, and not carried out. */
    z.strictObject({ refuse: z.int().min(1).max(99_999), message: z.string().optional() }),
    /** The connection is lost before the call is carried out, or after it was, without an answer. */
    z.strictObject({ drop: z.enum(['before', 'after']) }),
    /**
     * No answer, for good, whether or not the call was carried out. A database that heeds a break answers it when the
     * driver's call timeout has passed, in real milliseconds.
     */
    z.strictObject({ hang: z.enum(['before', 'after']), heeds_break: z.boolean().optional() }),
    /** Real milliseconds that pass before the call is carried out, whether or not the caller still waits. */
    z.strictObject({ delay_ms: z.int().min(0).max(600_000) }),
    /**
     * No answer at all. So many milliseconds after it came, by the clock, the call is carried out, whether or not the caller
     * is there: as a database does whose client went away in the middle of a statement.
     */
    z.strictObject({ act_late_ms: z.int().min(0) }),
  ],
  'not an effect: { refuse, message? }, { drop }, { hang, heeds_break? }, { delay_ms } or { act_late_ms }',
);

const fault = z.strictObject({
  /** Which calls it counts: those that fit all of these. Without any: every call but the end of a session. */
  kind: z.enum(['connect', 'query', 'execute']).optional(),
  /** A part of the statement, in whatever case: `begin backup`, or a view's name. */
  statement: z.string().min(1).optional(),
  /** The first of these calls that is hit, counted from 1 since the fault was added. */
  nth: z.int().min(1).optional(),
  /** How many are hit in a row; 0: all that follow. */
  times: z.int().min(0).optional(),
  effect,
});

/** One fault or several. */
export const databaseFaults = z.preprocess(
  (body) => (Array.isArray(body) ? body : [body]),
  z.array(fault),
);

export type DatabaseEffect = z.infer<typeof effect>;
export type DatabaseFault = z.infer<typeof fault>;

/** The faults that wait for their call. */
export class DatabaseFaultBoard {
  #armed: { fault: DatabaseFault; seen: number }[] = [];

  add(faults: readonly DatabaseFault[]): void {
    this.#armed.push(...faults.map((fault) => ({ fault, seen: 0 })));
  }

  clear(): void {
    this.#armed = [];
  }

  /** The effects on this call, in the order in which the faults were added. Counts it. */
  strike(call: { kind: string; statement: string }): DatabaseEffect[] {
    return this.#armed.flatMap((armed) => {
      const { kind, statement = '', nth = 1, times = 1, effect } = armed.fault;
      const isMeant =
        (kind ?? call.kind) === call.kind &&
        call.statement.toLowerCase().includes(statement.toLowerCase());
      if (!isMeant) return [];
      armed.seen++;
      const isHit = armed.seen >= nth && (times === 0 || armed.seen < nth + times);
      return isHit ? effect : [];
    });
  }
}
