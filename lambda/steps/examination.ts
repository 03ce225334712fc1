import { type Check, type Judgement, judgeError, withHidden } from '../refresh/doctor.ts';
import { RefreshError } from '../refresh/errors.ts';

/** What a look has seen, and what is to be thought of it. */
export interface Seen<T> {
  readonly judgement: Judgement;
  readonly seen: T;
}

/**
 * Makes a check of that name.
 * @returns what the look has seen; rejected where it was refused, for those to await that cannot do without
 */
export type MakeCheck = <T>(check: string, look: Look<T>) => Promise<T>;
type Look<T> = () => Seen<T> | Promise<Seen<T>>;

/** Of a look that nobody else awaits. */
export const judged = (judgement: Judgement): Seen<undefined> => ({ seen: undefined, judgement });

/** A check could not be made, because that one failed. */
class Hidden extends Error {
  readonly by: string;

  constructor(by: string) {
    super(`Hidden by ${by}`);
    this.by = by;
  }
}

/**
 * Checks that are made at once, each as soon as those that it awaits have been made. What was refused is what the check has
 * found; whoever awaits it is then not made, and named there instead.
 */
export class Examination {
  readonly #made: { readonly check: string; readonly judgement: Promise<Judgement> }[] = [];

  readonly check: MakeCheck = <T>(check: string, look: Look<T>): Promise<T> => {
    const looked = (async () => await look())();
    this.#made.push({
      check,
      judgement: looked.then(
        ({ judgement }) => judgement,
        (error: unknown) => {
          if (error instanceof RefreshError) return judgeError(error);
          throw error;
        },
      ),
    });
    const seen = looked.then(
      (found) => found.seen,
      (error: unknown) => {
        throw error instanceof RefreshError ? new Hidden(check) : error;
      },
    );
    // Nobody may be awaiting it.
    seen.catch(() => {});
    return seen;
  };

  /** All checks that could be made, in the order in which they were asked for. Throws what is no finding. */
  async checks(): Promise<Check[]> {
    const outcomes = await Promise.allSettled(this.#made.map(({ judgement }) => judgement));
    const found: Check[] = [];
    const hidden: { readonly check: string; readonly by: string }[] = [];
    for (const [index, { check }] of this.#made.entries()) {
      const outcome = outcomes[index];
      if (outcome?.status === 'fulfilled') found.push({ check, ...outcome.value });
      else if (outcome?.reason instanceof Hidden) hidden.push({ check, by: outcome.reason.by });
      else throw outcome?.reason;
    }
    return found.map((check) =>
      withHidden(
        check,
        hidden.flatMap((other) => (other.by === check.check ? [other.check] : [])),
      ),
    );
  }
}
