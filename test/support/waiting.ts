import type { RunningSimulator } from '../../local/array/simulator.ts';

/** Waits in the machine's place: moves the arrays' clock by the time, and does what is planned within it. */
export class Waiting {
  readonly #simulator: Pick<RunningSimulator, 'advance'>;
  #plans: { readonly at: number; readonly act: () => unknown }[] = [];
  #waits: number[] = [];

  constructor(simulator: Pick<RunningSimulator, 'advance'>) {
    this.#simulator = simulator;
  }

  /** All waits so far, in seconds. */
  get waits(): readonly number[] {
    return this.#waits;
  }

  /** `act` happens once when the machine has waited for so many seconds in all. */
  plan(at: number, act: () => unknown): void {
    this.#plans.push({ at, act });
    this.#plans.sort((one, other) => one.at - other.at);
  }

  clear(): void {
    this.#plans = [];
    this.#waits = [];
  }

  readonly wait = (seconds: number): void => {
    let now = this.#waits.reduce((sum, waited) => sum + waited, 0);
    const end = now + seconds;
    this.#waits.push(seconds);
    for (let [next] = this.#plans; next && next.at <= end; [next] = this.#plans) {
      this.#plans.shift();
      this.#simulator.advance((next.at - now) * 1000);
      now = next.at;
      next.act();
    }
    this.#simulator.advance((end - now) * 1000);
  };
}
