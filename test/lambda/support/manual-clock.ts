import type { Clock } from '../../../lambda/steps/ports.ts';

/** A clock that stands still until it is moved; deadlines pass when it is moved past them. */
export class ManualClock implements Clock {
  #now: number;
  readonly #deadlines: { readonly at: number; readonly controller: AbortController }[] = [];

  constructor(start = '2026-11-24T01:00:00.000Z') {
    this.#now = Date.parse(start);
  }

  now(): Date {
    return new Date(this.#now);
  }

  deadline(ms: number): AbortSignal {
    const controller = new AbortController();
    this.#deadlines.push({ at: this.#now + ms, controller });
    return controller.signal;
  }

  advance(ms: number): void {
    this.#now += ms;
    for (const { at, controller } of this.#deadlines) {
      if (at <= this.#now) controller.abort(new DOMException('too late', 'TimeoutError'));
    }
  }
}
