const all = process.env['RUNBOOKS'] === 'all';

/** Some of the cases, spread over all of them; with RUNBOOKS=all every one. */
export const few = <T>(cases: readonly T[], number = 3): readonly T[] => {
  if (all || cases.length <= number) return cases;
  const chosen = new Set(
    Array.from({ length: number }, (_, index) =>
      Math.floor(((index + 0.5) * cases.length) / number),
    ),
  );
  return cases.filter((_, index) => chosen.has(index));
};

/** Worlds at once: one a core. */
export const AT_ONCE = { concurrency: 2 };
