import * as z from 'zod';

type States = Readonly<Record<string, unknown>>;

const step = z.looseObject({ Next: z.string() });
const leading = z.looseObject({
  Next: z.string().optional(),
  Default: z.string().optional(),
  Choices: z.array(step).default([]),
  Catch: z.array(step).default([]),
});

/** The states to which a state leads, whatever comes of it. */
const nextOf = (state: unknown): string[] => {
  const { Next, Default, Choices, Catch } = leading.parse(state);
  return [Next, Default, ...[...Choices, ...Catch].map((it) => it.Next)].flatMap((it) => it ?? []);
};

/** All states that can be reached from `start`, with it, on ways that end at the first of `ends`. */
export const waysOf = (
  states: States,
  start: string,
  ends: readonly string[] = [],
): ReadonlySet<string> => {
  const reached = new Set([start]);
  // A set is gone through in the order in which it grows.
  for (const name of reached) {
    if (ends.includes(name)) continue;
    for (const next of nextOf(states[name])) reached.add(next);
  }
  return reached;
};

/** The states that lead to this one. */
export const waysTo = (states: States, name: string): string[] =>
  Object.keys(states).filter((from) => nextOf(states[from]).includes(name));
