import type { Clock } from '../steps/ports.ts';

/** For how long a document serves before it is read again. */
const KEEP_MS = 300_000;

interface Kept {
  readonly document: Promise<unknown>;
  readonly until: number;
}

/** The documents of secrets, each read at most once in five minutes. What could not be read is not kept. */
export class SecretCache {
  readonly #readSecret: (id: string) => Promise<unknown>;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #kept = new Map<string, Kept>();

  constructor(readSecret: (id: string) => Promise<unknown>, clock: Pick<Clock, 'now'>) {
    this.#readSecret = readSecret;
    this.#clock = clock;
  }

  read(id: string): Promise<unknown> {
    const kept = this.#kept.get(id);
    return kept && this.#clock.now().getTime() < kept.until ? kept.document : this.readAgain(id);
  }

  /** For whoever has found that the document of five minutes ago no longer holds. */
  readAgain(id: string): Promise<unknown> {
    const document = this.#readSecret(id);
    const kept = { document, until: this.#clock.now().getTime() + KEEP_MS };
    this.#kept.set(id, kept);
    document.catch(() => {
      if (this.#kept.get(id) === kept) this.#kept.delete(id);
    });
    return document;
  }
}
