import type { Clock } from '../steps/ports.ts';

interface Kept {
  readonly document: unknown;
  readonly until: number;
}

/** The documents of secrets, each of which serves for some time, and for longer where it cannot be read again. */
export class SecretCache {
  readonly #readSecret: (id: string) => Promise<unknown>;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #keepMs: number;
  readonly #kept = new Map<string, Kept>();
  /** Reads under way: whoever asks meanwhile waits for the same one. */
  readonly #reads = new Map<string, Promise<unknown>>();

  /** @param seconds how long they serve */
  constructor(
    readSecret: (id: string) => Promise<unknown>,
    clock: Pick<Clock, 'now'>,
    seconds: number,
  ) {
    this.#readSecret = readSecret;
    this.#clock = clock;
    this.#keepMs = seconds * 1000;
  }

  /**
   * The document, as it was at most so many seconds ago; older, where it cannot be read.
   * @throws what reading it throws, where nothing is known of it
   */
  read(id: string): Promise<unknown> {
    const kept = this.#kept.get(id);
    const isFresh = kept !== undefined && this.#clock.now().getTime() < kept.until;
    return isFresh ? Promise.resolve(kept.document) : this.readAgain(id);
  }

  /** The same for whoever has found that what is known no longer holds. */
  readAgain(id: string): Promise<unknown> {
    const underWay = this.#reads.get(id);
    if (underWay !== undefined) return underWay;
    const read = this.#read(id).finally(() => this.#reads.delete(id));
    this.#reads.set(id, read);
    return read;
  }

  /** As if nothing had been read. */
  forget(): void {
    this.#kept.clear();
  }

  async #read(id: string): Promise<unknown> {
    try {
      const document = await this.#readSecret(id);
      this.#kept.set(id, { document, until: this.#clock.now().getTime() + this.#keepMs });
      return document;
    } catch (error) {
      const kept = this.#kept.get(id);
      if (!kept) throw error;
      return kept.document;
    }
  }
}
