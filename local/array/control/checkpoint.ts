import type { Restore } from '../store/save.ts';

/** What a simulator was like at one moment, for that simulator to go back to. */
export class Checkpoint {
  /** When it was made, by the simulator's clock. */
  readonly madeAt: number;
  readonly #owner: object;
  readonly #restore: Restore;

  constructor(owner: object, madeAt: number, restore: Restore) {
    this.#owner = owner;
    this.madeAt = madeAt;
    this.#restore = restore;
  }

  /** Throws a `RangeError` for the checkpoint of another simulator. */
  restore(owner: object): void {
    if (owner !== this.#owner) throw new RangeError('The checkpoint is of another simulator.');
    this.#restore();
  }
}
