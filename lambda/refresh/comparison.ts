/**
 * What the array tells of an overwrite when its targets are looked at. An overwrite gives a volume the `created` of the
 * snapshot (`flasharray-rest.md` §5.2: seen once, on one array), so a volume that bears it was overwritten; one whose
 * `created` had that value before tells nothing. An array may leave `created` alone, and then none tells anything.
 */

/** A volume that was to be overwritten. Times are milliseconds since epoch. */
export interface Expectation {
  readonly id: string;
  /** `created` before. */
  readonly old: number;
  /** `created` of what is copied onto it. */
  readonly next: number;
}

export interface Comparison {
  /** Every volume bears the new time, as far as it can tell. */
  readonly isNew: boolean;
  /** Every volume could tell. */
  readonly isCertain: boolean;
  /** One volume is gone, or they do not all tell the same: a new time, the old one, or one that nobody expected. */
  readonly isContradictory: boolean;
  /** Ids of those that were, or may have been, overwritten. */
  readonly touched: readonly string[];
}

/** `found` holds the present `created` by id; a volume that is not in it counts as touched. */
export const compareTarget = (
  expected: readonly Expectation[],
  found: ReadonlyMap<string, number>,
): Comparison => {
  const telling = expected.filter(({ old, next }) => old !== next);
  const moved = telling.filter(({ id, next }) => found.get(id) === next);
  const stayed = telling.filter(({ id, old }) => found.get(id) === old);
  // One that has moved proves that this array moves `created`; then one with its old time is old.
  const isOld = ({ id, old, next }: Expectation) =>
    moved.length > 0 && old !== next && found.get(id) === old;
  return {
    isNew: moved.length > 0 && expected.every(({ id, next }) => found.get(id) === next),
    isCertain: telling.length === expected.length,
    isContradictory:
      expected.some(({ id }) => !found.has(id)) ||
      ![0, telling.length].includes(moved.length) ||
      ![0, telling.length].includes(stayed.length),
    touched: expected.filter((volume) => !isOld(volume)).map(({ id }) => id),
  };
};
