import { countUnderWay, onEnded, turn } from './requests-under-way.ts';

/** For how long a client waits for an answer, in milliseconds. */
const ANSWER_MS = 30_000;

/**
 * Lets clients give up: when nothing is under way any more but requests that the simulator holds, the time passes that a
 * client waits for an answer.
 */
export class Patience {
  readonly #advance: (ms: number) => void;
  readonly #stop: () => void;
  #held = 0;

  constructor(advance: (ms: number) => void) {
    this.#advance = advance;
    this.#stop = onEnded(() => void this.#look());
  }

  /** To be called for each request that is held from now on. */
  readonly hold = (): void => {
    this.#held += 1;
    void this.#look();
  };

  stop(): void {
    this.#stop();
  }

  async #look(): Promise<void> {
    if (this.#held === 0) return;
    // Whoever has just been answered may send something more.
    await turn();
    await turn();
    if (this.#held === 0 || countUnderWay() > this.#held) return;
    this.#held = 0;
    this.#advance(ANSWER_MS);
  }
}
