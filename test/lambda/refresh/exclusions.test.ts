import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  requireMatches,
  requireSomething,
  splitExcluded,
} from '../../../lambda/refresh/exclusions.ts';
import { runs } from '../../support/extent.ts';
import { refusalOf } from '../support/refusals.ts';
import { source } from './support/volumes.ts';

const RUNS = { numRuns: runs(2_000) };

const POOL = [
  source('prd-data-00', 120),
  source('prd-data-01', 120),
  source('PRD-Config', 4),
  source('pod::prd-fra', 40),
  { id: '3f2a-ABCD', name: 'prd-vm/Config-1', size: 4 },
];
const volumes = fc.shuffledSubarray(POOL);

/** As people write them: an id or a name, in any letter case. */
const written = (text: string) => fc.constantFrom(text, text.toLowerCase(), text.toUpperCase());
const matching = fc
  .constantFrom(...POOL)
  .chain(({ id, name }) => fc.constantFrom(id, name))
  .chain(written);
/** Near misses: a part of a name, a name with a star, and nothing like any. */
const missing = fc.oneof(
  fc.constantFrom('prd-data', 'prd-data-0', 'prd-*', 'data-00', '*', '3f2a', ' prd-config', ''),
  fc.string(),
);

const means = (exclusion: string, { id, name }: { id: string; name: string }) =>
  [id, name].some((key) => key.toUpperCase() === exclusion.toUpperCase());

describe('splitting off what is excluded', () => {
  it('every volume is either kept or excluded, in the order they came', () => {
    const exclusions = fc.array(fc.oneof(matching, missing));
    fc.assert(
      fc.property(volumes, exclusions, (all, some) => {
        const { kept, excluded } = splitExcluded(all, some);
        const isMeant = (volume: (typeof POOL)[number]) => some.some((e) => means(e, volume));

        expect(excluded).toEqual(all.filter(isMeant));
        expect(kept).toEqual(all.filter((volume) => !isMeant(volume)));
      }),
      RUNS,
    );
  });

  it('letter case makes no difference', () => {
    expect(splitExcluded(POOL, ['prd-CONFIG', '3F2A-abcd']).excluded).toEqual([POOL[2], POOL[4]]);
  });
});

describe('exclusions that match nothing', () => {
  it('are refused, all of them and no others', () => {
    fc.assert(
      fc.property(volumes, fc.array(matching), fc.array(missing), (all, good, bad) => {
        const exclusions = [...good, ...bad];
        const unmatched = exclusions.filter((e) => !all.some((volume) => means(e, volume)));
        if (unmatched.length === 0) {
          expect(() => requireMatches(exclusions, all, 'prd-pg')).not.toThrow();
          return;
        }
        const refusal = refusalOf(() => requireMatches(exclusions, all, 'prd-pg'));

        expect(refusal.name).toBe('ExclusionMatchesNothing');
        const named = unmatched.slice(0, 10).map((exclusion) => `"${exclusion}"`);
        const more = unmatched.length > 10 ? ` and ${unmatched.length - 10} more` : '';
        expect(refusal.message).toContain(`excluded_volumes names ${named.join(', ')}${more}, but`);
      }),
      RUNS,
    );
  });

  it('the message tells which volumes there are, each once though it is in group and snapshot', () => {
    const [first, second] = POOL;
    const all = [first, second, first, second].flatMap((volume) => volume ?? []);

    expect(refusalOf(() => requireMatches(['prd-confg'], all, 'prd-pg'))).toEqual({
      name: 'ExclusionMatchesNothing',
      message:
        'excluded_volumes names "prd-confg", but protection group "prd-pg" has no such volume. ' +
        'It has "prd-data-00", "prd-data-01".',
      remedy: 'Correct the id or name in excluded_volumes, or take the entry out.',
    });
  });
});

it('exclusions that leave nothing are refused', () => {
  const { kept } = splitExcluded(POOL.slice(0, 1), ['prd-data-00']);

  expect(refusalOf(() => requireSomething(kept, 'prd-pg'))).toMatchObject({
    name: 'ProtectionGroupEmpty',
    message: 'excluded_volumes leaves no volume of protection group "prd-pg" to copy.',
  });
  expect(() => requireSomething(POOL, 'prd-pg')).not.toThrow();
});
