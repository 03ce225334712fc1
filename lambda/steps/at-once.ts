/**
 * Waits for looks that were begun at once, for each to its end, and not only for the first that fails. What
 * failed counts where it is awaited: the first refusal is the same one, whichever answer was faster.
 */
export const atOnce = async <T extends Readonly<Record<string, Promise<unknown>>>>(
  looks: T,
): Promise<T> => {
  await Promise.allSettled(Object.values(looks));
  return looks;
};

/** The same of what is written: one that fails must not leave another to land later, in the next attempt. */
export const allAtOnce = async (writes: readonly (Promise<void> | undefined)[]): Promise<void> => {
  await Promise.allSettled(writes);
  await Promise.all(writes);
};
