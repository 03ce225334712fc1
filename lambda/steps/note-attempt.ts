import { RefreshError } from '../refresh/errors.ts';
import { type Attempt, mayLinger } from './attempt.ts';
import type { FoundVersion } from './documents.ts';
import type { ObjectStore, Ports } from './ports.ts';

/** What an attempt is told of those before it, and what it tells. */
export interface Attempting {
  /** The attempt before this one, if there was any. */
  readonly earlier: Attempt | undefined;
  /** To be called before the first volume is changed. */
  readonly changes: () => Promise<void>;
}

/**
 * Does `act` between two notes. The first comes before anything is looked at: whoever comes later sees it, and whoever
 * came before has looked already. What a lost answer leaves behind is the array's to carry out; what an attempt leaves
 * behind that was cut off is an invocation that may still send requests. No attempt writes over the note of another that it
 * has not read: one that was held up since stops.
 * @param found the note of the attempt before this one; the earlier it was read, the more is noticed
 * @throws GuardLost
 */
export const noteAttempt = async <T>(
  { store, clock }: Pick<Ports, 'store' | 'clock'>,
  { key, value: earlier, version }: FoundVersion<Attempt>,
  act: (attempting: Attempting) => Promise<T>,
): Promise<T> => {
  const written = new Note(store, key, version);
  const now = () => clock.now().toISOString();
  let attempt: Attempt = {
    number: (earlier?.number ?? 0) + 1,
    begun: now(),
    ended: null,
    changing: earlier?.changing ?? false,
    lost: earlier !== undefined && mayLinger(earlier),
  };
  const note = (news: Partial<Attempt>) => {
    attempt = { ...attempt, ...news };
    return written.write(JSON.stringify(attempt));
  };
  await note({});
  try {
    return await act({ earlier, changes: () => note({ changing: true }) });
  } finally {
    // What was done, or why it failed, matters more than that this could not be noted; without the note the next attempt is
    // the more patient.
    await note({ ended: now() }).catch(() => undefined);
  }
};

/** An object that nobody else writes meanwhile. */
class Note {
  readonly #store: ObjectStore;
  readonly #key: string;
  #version: string | undefined;
  /** What may have been written, though its answer was lost. */
  #unsure: string | undefined;

  constructor(store: ObjectStore, key: string, version: string | undefined) {
    this.#store = store;
    this.#key = key;
    this.#version = version;
  }

  /** @throws GuardLost */
  async write(text: string): Promise<void> {
    if (this.#unsure !== undefined) await this.#findOut(this.#unsure);
    this.#unsure = text;
    const version = await this.#store.replace(this.#key, text, this.#version);
    this.#unsure = undefined;
    if (version === undefined) throw another();
    this.#version = version;
  }

  async #findOut(text: string): Promise<void> {
    const found = await this.#store.readVersion(this.#key);
    if (found?.text === text) this.#version = found.version;
  }
}

const another = (): RefreshError =>
  new RefreshError(
    'GuardLost',
    'Another invocation of the same step has come in between. This one writes nothing any more.',
    'Look at the manifest; where the target is mixed, the next run repairs it.',
  );
