import { RefreshError } from '../refresh/errors.ts';
import { type Attempt, type attemptSchema, mayLinger } from './attempt.ts';
import { type DocumentKind, findVersion, keyOf } from './documents.ts';
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
 * has not read: one that was held up in between stops.
 * @throws GuardLost
 */
export const noteAttempt = async <T>(
  { store, clock }: Pick<Ports, 'store' | 'clock'>,
  runId: string,
  document: DocumentKind<typeof attemptSchema>,
  act: (attempting: Attempting) => Promise<T>,
): Promise<T> => {
  const now = () => clock.now().toISOString();
  let attempt: Attempt = { number: 1, begun: now(), ended: null, changing: false, lost: false };
  const key = keyOf(runId, document.name);
  const created = await store.replace(key, JSON.stringify(attempt), undefined);
  const { value: earlier, version } =
    created === undefined
      ? await findVersion(store, runId, document)
      : { value: undefined, version: created };
  const written = new Note(store, key, version);
  const note = (news: Partial<Attempt>) => {
    attempt = { ...attempt, ...news };
    return written.write(JSON.stringify(attempt));
  };
  if (created === undefined) await note(earlier ? after(earlier) : {});
  try {
    return await act({ earlier, changes: () => note({ changing: true }) });
  } finally {
    // What was done, or why it failed, matters more than that this could not be noted; without the note the next attempt is
    // the more patient.
    await note({ ended: now() }).catch(() => undefined);
  }
};

const after = (earlier: Attempt): Partial<Attempt> => ({
  number: earlier.number + 1,
  changing: earlier.changing,
  lost: mayLinger(earlier),
});

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
