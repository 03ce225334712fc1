import type { Surroundings } from '../rest/router.ts';

/** A request that is held, and carried out later on. */
interface LateRequest {
  /** When, in milliseconds since the epoch. */
  readonly due: number;
  readonly carryOut: (surroundings: Surroundings) => void;
}

/** The requests that are held, in the order in which they are due. */
export class LateRequests {
  #held: LateRequest[] = [];

  hold(request: LateRequest): void {
    this.#held = [...this.#held, request].toSorted((left, right) => left.due - right.due);
  }

  /** Those that are due; they are held no longer. */
  takeDue(now: number): LateRequest[] {
    const due = this.#held.filter((request) => request.due <= now);
    this.#held = this.#held.slice(due.length);
    return due;
  }

  clear(): void {
    this.#held = [];
  }
}
