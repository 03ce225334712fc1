import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isError } from '../../../lambda/refresh/errors.ts';
import { pairVolumes } from '../../../lambda/refresh/pairing.ts';
import { runs } from '../../support/extent.ts';
import { type PairingCase, pairingCase } from './support/pairing-cases.ts';
import {
  hasCompletePairing,
  type PlainPair,
  tagAsksForSmaller,
  walkAsTheSeed,
} from './support/pairing-oracles.ts';

/** For what the product is judged by: which pairs there are, and that they are found if there are any. */
const RUNS = { numRuns: 10_000 };
const FEWER_RUNS = { numRuns: runs(10_000) };

/** Either pairs or a refusal. */
interface Outcome {
  readonly pairs?: readonly PlainPair[];
  readonly refused?: 'TargetTooSmall' | 'PairingIncomplete';
  readonly message?: string;
}

/** What comes of a case; anything but pairs and the two refusals that there are is thrown on. */
const outcomeOf = ({ sources, targets, ignoreMatch }: PairingCase): Outcome => {
  try {
    const { pairs } = pairVolumes(sources, targets, ignoreMatch);
    return { pairs: pairs.map(({ source, target, rule }) => [source.id, target.id, rule]) };
  } catch (error) {
    if (isError(error, 'TargetTooSmall')) {
      return { refused: 'TargetTooSmall', message: error.message };
    }
    if (isError(error, 'PairingIncomplete')) {
      return { refused: 'PairingIncomplete', message: error.message };
    }
    throw error;
  }
};

const pairsOf = (some: PairingCase): readonly PlainPair[] => outcomeOf(some).pairs ?? [];

const expectedOutcome = (some: PairingCase) => {
  if (tagAsksForSmaller(some)) return 'TargetTooSmall';
  return hasCompletePairing(some) ? undefined : 'PairingIncomplete';
};

describe('whatever the volumes, sizes and tags', () => {
  it('every source has one target, and no target has two', () => {
    fc.assert(
      fc.property(pairingCase, (some) => {
        const pairs = pairsOf(some);

        fc.pre(pairs.length > 0);
        expect(pairs.map(([source]) => source).toSorted()).toEqual(
          some.sources.map(({ id }) => id).toSorted(),
        );
        expect(new Set(pairs.map(([, target]) => target)).size).toBe(pairs.length);
      }),
      FEWER_RUNS,
    );
  });

  it('no source is copied onto a smaller volume, nor onto one whose tag names another', () => {
    fc.assert(
      fc.property(pairingCase, ({ sources, targets, ignoreMatch }) => {
        const { pairs = [] } = outcomeOf({ sources, targets, ignoreMatch });

        fc.pre(pairs.length > 0);
        const wrong = pairs.filter(([sourceId, targetId]) => {
          const source = sources.find(({ id }) => id === sourceId);
          const target = targets.find(({ id }) => id === targetId);
          if (!source || !target || target.size < source.size) return true;
          return !ignoreMatch && target.mapping !== null && target.mapping !== sourceId;
        });
        expect(wrong).toEqual([]);
      }),
      FEWER_RUNS,
    );
  });

  it('all are paired if there is any way to do it, and else the refusal says which case it is', () => {
    fc.assert(
      fc.property(pairingCase, (some) => {
        expect(outcomeOf(some).refused).toBe(expectedOutcome(some));
      }),
      RUNS,
    );
  });

  it('the pairs are those of the Python script wherever its walk pairs everything', () => {
    fc.assert(
      fc.property(pairingCase, (some) => {
        const walked = walkAsTheSeed(some);
        fc.pre(walked.length === some.sources.length && !tagAsksForSmaller(some));

        expect(outcomeOf(some)).toEqual({ pairs: walked });
      }),
      RUNS,
    );
  });

  it('the order in which the array lists makes no difference, not even to a message', () => {
    const withOrders = pairingCase.chain((some) =>
      fc.record({
        some: fc.constant(some),
        sources: shuffled(some.sources),
        targets: shuffled(some.targets),
      }),
    );
    fc.assert(
      fc.property(withOrders, ({ some, sources, targets }) => {
        expect(outcomeOf({ ...some, sources, targets })).toEqual(outcomeOf(some));
      }),
      FEWER_RUNS,
    );
  });
});

const shuffled = <T>(list: readonly T[]): fc.Arbitrary<T[]> =>
  fc.shuffledSubarray([...list], { minLength: list.length });

describe('the cases that the properties are tried on', () => {
  const cases = fc.sample(pairingCase, { numRuns: 5_000, seed: 1 });
  const share = (fits: (some: PairingCase) => boolean) => cases.filter(fits).length / cases.length;

  it.each<[string, (some: PairingCase) => boolean]>([
    ['all can be paired', (some) => expectedOutcome(some) === undefined],
    ['no complete pairing', (some) => expectedOutcome(some) === 'PairingIncomplete'],
    ['a tag asks for a smaller target', (some) => expectedOutcome(some) === 'TargetTooSmall'],
    [
      'a complete pairing that the script would miss',
      (some) => hasCompletePairing(some) && walkAsTheSeed(some).length < some.sources.length,
    ],
    ['pairs by tag', (some) => pairsOf(some).some(([, , rule]) => rule === 'tag')],
    ['pairs by equal size', (some) => pairsOf(some).some(([, , rule]) => rule === 'equal')],
    ['pairs by larger size', (some) => pairsOf(some).some(([, , rule]) => rule === 'larger')],
    [
      'one source on the tags of two targets',
      ({ sources, targets }) =>
        sources.some(({ id }) => targets.filter(({ mapping }) => mapping === id).length > 1),
    ],
    [
      'a tag of an excluded volume',
      ({ targets }) => targets.some(({ mapping }) => mapping?.startsWith('excluded')),
    ],
    [
      'tags that are to be ignored',
      ({ targets, ignoreMatch }) => ignoreMatch && targets.some(({ mapping }) => mapping !== null),
    ],
  ])('%s: is often among them', (_, fits) => {
    expect(share(fits)).toBeGreaterThan(0.01);
  });
});
