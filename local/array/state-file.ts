import * as z from 'zod';
import { findProblems } from './state-problems.ts';
import { type ArrayState, arrayState } from './state-shape.ts';

export type { ArrayState };

/**
 * The state file: which arrays there are when the simulator starts (design §8). References go by name; ids, serials,
 * tokens and content are made where they are missing.
 */
export const stateFile = z
  .strictObject({ arrays: z.array(arrayState).min(1) })
  .superRefine((state, context) => {
    for (const problem of findProblems(state)) {
      context.addIssue({ code: 'custom', path: [...problem.path], message: problem.message });
    }
  });

export type StateFile = z.infer<typeof stateFile>;

/** The state file does not fit; the message names every field that is wrong. */
export class StateFileError extends Error {
  override name = 'StateFileError';
}

/** Checks a parsed state file. Throws `StateFileError`. */
export function parseStateFile(value: unknown): StateFile {
  const result = stateFile.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    (issue) => `${z.core.toDotPath(issue.path) || 'the file'}: ${issue.message}`,
  );
  throw new StateFileError(problems.join('\n'));
}
