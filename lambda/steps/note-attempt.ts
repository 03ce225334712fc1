import { type Attempt, type attemptSchema, mayLinger } from './attempt.ts';
import { type DocumentKind, findDocument, writeDocument } from './documents.ts';
import type { Ports } from './ports.ts';

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
 * behind that was cut off is an invocation that may still send requests.
 */
export const noteAttempt = async <T>(
  { store, clock }: Pick<Ports, 'store' | 'clock'>,
  runId: string,
  document: DocumentKind<typeof attemptSchema>,
  act: (attempting: Attempting) => Promise<T>,
): Promise<T> => {
  const earlier = await findDocument(store, runId, document);
  const now = () => clock.now().toISOString();
  let attempt: Attempt = {
    begun: now(),
    ended: null,
    changing: earlier?.changing ?? false,
    lost: earlier !== undefined && mayLinger(earlier),
  };
  const note = (news: Partial<Attempt>) => {
    attempt = { ...attempt, ...news };
    return writeDocument(store, runId, document, attempt);
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
