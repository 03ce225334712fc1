import type { Clock } from '../../../lambda/steps/ports.ts';
import type { SimulatorClock } from '../../../local/array/simulator.ts';

/** One time for arrays and clients alike. It moves only when it is moved, and can be set back. */
export class WalkClock implements SimulatorClock {
  #now: number;
  #deadlines: { readonly at: number; readonly controller: AbortController }[] = [];
  /** The same as a step sees it. */
  readonly forSteps: Clock = {
    now: () => new Date(this.#now),
    deadline: (ms) => {
      const controller = new AbortController();
      this.#deadlines.push({ at: this.#now + ms, controller });
      return controller.signal;
    },
  };

  constructor(start: number) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  advance(ms: number): void {
    this.#now += ms;
    const due = this.#deadlines.filter(({ at }) => at <= this.#now);
    this.#deadlines = this.#deadlines.filter(({ at }) => at > this.#now);
    for (const { controller } of due) {
      controller.abort(new DOMException('too late', 'TimeoutError'));
    }
  }

  /** Whatever waited for a deadline is over. */
  set(now: number): void {
    this.#now = now;
    this.#deadlines = [];
  }
}
