import type { Clock } from '../steps/ports.ts';

interface Kept {
  readonly document: Promise<unknown>;
  readonly until: number;
}

/** The documents of secrets, each of which serves for some time. What could not be read is not kept. */
export class SecretCache {
  readonly #readSecret: (id: string) => Promise<unknown>;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #keepMs: number;
  readonly #kept = new Map<string, Kept>();

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

  read(id: string): Promise<unknown> {
    const kept = this.#kept.get(id);
    return kept && this.#clock.now().getTime() < kept.until ? kept.document : this.readAgain(id);
  }

  /** For whoever has found that the document no longer holds. */
  readAgain(id: string): Promise<unknown> {
    const document = this.#readSecret(id);
    const kept = { document, until: this.#clock.now().getTime() + this.#keepMs };
    this.#kept.set(id, kept);
    document.catch(() => {
      if (this.#kept.get(id) === kept) this.#kept.delete(id);
    });
    return document;
  }
}
