import { countUnderWay, turn } from './requests-under-way.ts';

/** A request that waits to be let in. */
export interface Waiting {
  /** By whose door it has come: the number of a run. */
  readonly door: number;
  readonly method: string;
  /** Below `/api/2.N`. */
  readonly path: string;
  /** What is asked for; empty where that is said otherwise. */
  readonly filter: string;
}

/**
 * Lets one request in at a time, when every run has sent all that it can: which one is for `choose` to say. So each order
 * of requests can come about, and the same choices give the same order.
 */
export class Turns {
  readonly #waiting: { readonly request: Waiting; readonly letIn: () => void }[] = [];
  readonly #choose: (waiting: readonly Waiting[]) => number;

  constructor(choose: (waiting: readonly Waiting[]) => number) {
    this.#choose = choose;
  }

  /** To be asked for each request; resolves when its turn has come. */
  wait(request: Waiting): Promise<true> {
    return new Promise((resolve) => {
      this.#waiting.push({ request, letIn: () => resolve(true) });
    });
  }

  /** Lets requests in until `isOver`. */
  async take(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      await turn();
      if (this.#waiting.length === 0 || countUnderWay() > this.#waiting.length) continue;
      // Whoever has just been answered may send something more.
      await turn();
      await turn();
      if (countUnderWay() > this.#waiting.length) continue;
      // Those that were sent together come in any order; the choice must not depend on that.
      this.#waiting.sort((one, other) => (keyOf(one.request) < keyOf(other.request) ? -1 : 1));
      const requests = this.#waiting.map(({ request }) => request);
      const [chosen] = this.#waiting.splice(this.#choose(requests), 1);
      chosen?.letIn();
    }
  }
}

const keyOf = ({ door, method, path, filter }: Waiting): string =>
  `${door} ${method} ${path} ${filter}`;
