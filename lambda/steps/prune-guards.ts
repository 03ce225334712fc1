import { listNames, RefreshError, splitMessage } from '../refresh/errors.ts';
import type { FlashArray } from './ports.ts';

/**
 * Destroys guards of earlier runs; nothing is eradicated. What cannot be destroyed today, as where SafeMode protects it,
 * is tried again by the next run.
 * @returns warnings
 */
export const pruneGuards = async (
  array: FlashArray,
  surplus: readonly string[],
): Promise<string[]> => {
  if (surplus.length === 0) return [];
  try {
    await array.destroySnapshots(surplus);
    return [];
  } catch (error) {
    if (!(error instanceof RefreshError)) throw error;
    const { message } = splitMessage(error.message);
    return [
      `Older guards of the target could not be destroyed, so they stay: ${listNames(surplus, 5)}. ${message}`,
    ];
  }
};
