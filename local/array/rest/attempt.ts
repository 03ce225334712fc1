import { ArrayError } from './errors.ts';

/** Tries what the array may refuse. Other errors are mistakes of the simulator, and thrown on. */
export function attempt<T>(action: () => T): { value?: T; error?: ArrayError } {
  try {
    return { value: action() };
  } catch (error) {
    if (error instanceof ArrayError) return { error };
    throw error;
  }
}
