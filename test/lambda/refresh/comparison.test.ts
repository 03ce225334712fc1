import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareTarget, type Expectation } from '../../../lambda/refresh/comparison.ts';
import { runs } from '../../support/extent.ts';

const RUNS = { numRuns: runs(5_000) };

/** The volume of this id, which bore the time 1 and shall bear 2. */
const moving = (id: string): Expectation => ({ id, old: 1, next: 2 });
/** One that bore the time of the snapshot before. */
const mute = (id: string): Expectation => ({ id, old: 2, next: 2 });

const verdicts: [string, Expectation[], Record<string, number>, object][] = [
  [
    'all moved: new',
    [moving('a'), moving('b')],
    { a: 2, b: 2 },
    { isNew: true, isCertain: true, isContradictory: false, touched: ['a', 'b'] },
  ],
  [
    'none moved: nothing was done, or this array moves no time, so all may have been',
    [moving('a'), moving('b')],
    { a: 1, b: 1 },
    { isNew: false, isCertain: true, isContradictory: false, touched: ['a', 'b'] },
  ],
  [
    'one moved: the array moves times, so the other one is old',
    [moving('a'), moving('b')],
    { a: 2, b: 1 },
    { isNew: false, isCertain: true, isContradictory: true, touched: ['a'] },
  ],
  [
    'one cannot tell: it may be either',
    [moving('a'), mute('b')],
    { a: 2, b: 2 },
    {
      isNew: true,
      isCertain: false,
      isContradictory: false,
      touched: ['a', 'b'],
    },
  ],
  [
    'one moved, one is old, one cannot tell',
    [moving('a'), moving('b'), mute('c')],
    { a: 2, b: 1, c: 2 },
    {
      isNew: false,
      isCertain: false,
      isContradictory: true,
      touched: ['a', 'c'],
    },
  ],
  [
    'none can tell',
    [mute('a'), mute('b')],
    { a: 2, b: 2 },
    {
      isNew: false,
      isCertain: false,
      isContradictory: false,
      touched: ['a', 'b'],
    },
  ],
  [
    'one bears a time of its own: somebody else has copied onto it',
    [moving('a'), moving('b')],
    { a: 2, b: 7 },
    { isNew: false, isCertain: true, isContradictory: true, touched: ['a', 'b'] },
  ],
  [
    'one is gone',
    [moving('a'), moving('b')],
    { a: 2 },
    { isNew: false, isCertain: true, isContradictory: true, touched: ['a', 'b'] },
  ],
];

const unexpected = { a: 7, b: 8 };

describe('what the times of the volumes tell', () => {
  it('is no contradiction where all bear a time that nobody expected', () => {
    const found = new Map(Object.entries(unexpected));
    const { isContradictory, isNew } = compareTarget([moving('a'), moving('b')], found);

    expect([isContradictory, isNew]).toEqual([false, false]);
  });

  it.each(verdicts)('%s', (_, expected, found, comparison) => {
    expect(compareTarget(expected, new Map(Object.entries(found)))).toMatchObject(comparison);
  });
});

describe('whatever was expected and was overwritten', () => {
  const time = fc.nat({ max: 3 });
  /** Volumes, which of them were overwritten, and whether the array gives them the time of what is copied. */
  const overwrite = fc.record({
    volumes: fc.array(fc.record({ old: time, next: time, isDone: fc.boolean() }), {
      minLength: 1,
      maxLength: 8,
    }),
    movesTimes: fc.boolean(),
  });
  const compared = overwrite.map(({ volumes, movesTimes }) => {
    const expected = volumes.map(({ old, next }, index) => ({ id: `v${index}`, old, next }));
    const found = volumes.map(
      ({ old, next, isDone }, index) => [`v${index}`, isDone && movesTimes ? next : old] as const,
    );
    const done = volumes.flatMap(({ isDone }, index) => (isDone ? `v${index}` : []));
    return { expected, done, movesTimes, comparison: compareTarget(expected, new Map(found)) };
  });

  it('no volume that was overwritten is left out', () => {
    fc.assert(
      fc.property(compared, ({ done, comparison }) => {
        expect(comparison.touched).toEqual(expect.arrayContaining(done));
      }),
      RUNS,
    );
  });

  it('it is never taken for complete for certain where it is not', () => {
    fc.assert(
      fc.property(compared, ({ expected, done, comparison }) => {
        if (comparison.isNew && comparison.isCertain) expect(done).toHaveLength(expected.length);
      }),
      RUNS,
    );
  });

  it('a complete one is found so where the array moves times and one volume can tell', () => {
    fc.assert(
      fc.property(compared, ({ expected, done, movesTimes, comparison }) => {
        fc.pre(movesTimes && done.length === expected.length);
        expect(comparison.isNew).toBe(expected.some(({ old, next }) => old !== next));
      }),
      RUNS,
    );
  });

  it('one that did nothing, or that no time tells of, neither looks new nor contradicts itself', () => {
    fc.assert(
      fc.property(compared, ({ done, movesTimes, comparison }) => {
        fc.pre(done.length === 0 || !movesTimes);
        expect(comparison).toMatchObject({ isNew: false, isContradictory: false });
      }),
      RUNS,
    );
  });
});
