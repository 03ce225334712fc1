import type { World } from './worlds.ts';

/** Numbers from 0 to below 1, always the same for a seed (mulberry32). */
export const randomFrom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** Some of the worlds: of each phase about as many as of the others, as far as it has so many. */
export const chooseWorlds = (
  worlds: readonly World[],
  count: number,
  random: () => number,
): World[] => {
  const phases = new Map<string, World[]>();
  for (const world of worlds) phases.set(world.phase, [...(phases.get(world.phase) ?? []), world]);
  const piles = [...phases.values()].map((pile) => shuffle(pile, random));
  const longest = Math.max(0, ...piles.map((pile) => pile.length));
  return Array.from({ length: longest }, (_, index) => index)
    .flatMap((index) => piles.flatMap((pile) => pile[index] ?? []))
    .slice(0, count);
};

const shuffle = <T>(items: readonly T[], random: () => number): T[] =>
  items
    .map((item) => ({ item, place: random() }))
    .toSorted((one, other) => one.place - other.place)
    .map(({ item }) => item);
