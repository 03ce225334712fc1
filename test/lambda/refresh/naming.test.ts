import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareNames,
  groupSnapshotName,
  isObjectName,
  refreshName,
  replicaGroupName,
  type SuffixContext,
  sameName,
  snapshotSuffixFor,
  volumeSnapshotName,
} from '../../../lambda/refresh/naming.ts';
import { runs } from '../../support/extent.ts';
import { asRefusal, type Refusal, refusalOf } from '../support/refusals.ts';

const RUNS = { numRuns: runs(2_000) };

/** The rule that a client of real arrays checks suffixes by, as it stands there (flasharray-rest.md §4). */
const ARRAY_RULE = /^(?=.*[a-zA-Z-])[a-zA-Z0-9]([a-zA-Z0-9-]{0,63}[a-zA-Z0-9])?$/;
const MOST_CHARACTERS = 63;

const run = { refresh: 'nightly', run: 'nightly-1', started: new Date('2026-11-24T01:02:03.456Z') };

const suffixOrRefusal = (template: string, context: SuffixContext): string | Refusal => {
  try {
    return snapshotSuffixFor(template, context);
  } catch (error) {
    return asRefusal(error);
  }
};

/** What has a meaning of its own in a name, a list of names, a filter or a URL. */
const MEANINGFUL = [...`'"*,/\\:.%&?=#()[]{} \t\n\0`];

describe('the suffix of a snapshot', () => {
  const piece = fc.oneof(
    fc.constantFrom('{date}', '{time}', '{refresh}', '{run}', '{unknown}', '{}', '-', '_', '.'),
    fc.constantFrom(...MEANINGFUL),
    fc.stringMatching(/^[a-zA-Z0-9-]{1,20}$/),
    fc.stringMatching(/^[0-9]{1,8}$/),
    fc.string(),
  );
  const template = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(''));
  const context = fc.record({
    refresh: fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/),
    run: fc.oneof(fc.stringMatching(/^[a-zA-Z0-9-]{1,80}$/), fc.string({ minLength: 1 })),
    started: fc.date({
      min: new Date('2000-01-01T00:00:00Z'),
      max: new Date('2100-01-01T00:00:00Z'),
      noInvalidDate: true,
    }),
  });

  it('is what the array takes, whatever the template, or is refused as part of the definition', () => {
    let taken = 0;
    fc.assert(
      fc.property(template, context, (text, about) => {
        const suffix = suffixOrRefusal(text, about);
        if (typeof suffix !== 'string') {
          expect(suffix.name).toBe('InvalidDefinition');
          return;
        }
        taken += 1;
        expect(suffix).toMatch(ARRAY_RULE);
        expect(suffix.length).toBeLessThanOrEqual(MOST_CHARACTERS);
      }),
      RUNS,
    );
    expect(taken).toBeGreaterThan(RUNS.numRuns / 20);
  });

  it('whatever the array takes is taken as it is', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9-]{0,61}[a-zA-Z0-9]$/), (name) => {
        fc.pre(ARRAY_RULE.test(name));
        expect(snapshotSuffixFor(name, run)).toBe(name);
      }),
      RUNS,
    );
  });

  it.each([
    ['{refresh}-{date}-{time}', 'nightly-20261124-010203'],
    ['{run}', 'nightly-1'],
    ['before-release-{date}', 'before-release-20261124'],
    ['s{date}{date}', 's2026112420261124'],
    ['S1', 'S1'],
    ['1-1', '1-1'],
    [`a${'b'.repeat(62)}`, `a${'b'.repeat(62)}`],
  ])('%s becomes %s', (text, suffix) => {
    expect(snapshotSuffixFor(text, run)).toBe(suffix);
  });

  it.each([
    ['digits alone belong to the array', '{date}'],
    ['17', '17'],
    ['64 characters', 'a'.repeat(64)],
    ['an underscore', 's_1'],
    ['a hyphen at the end', 's1-'],
    ['a hyphen at the beginning', '-s1'],
    ['an open brace', '{date'],
    ['nested braces', '{{date}}'],
    ['a line break at the end', 's1\n'],
  ])('%s: refused', (_, text) => {
    expect(refusalOf(() => snapshotSuffixFor(text, run))).toMatchObject({
      name: 'InvalidDefinition',
      message: expect.stringContaining('does not take as a snapshot suffix'),
    });
  });

  it('an unknown placeholder: names it, and those that there are', () => {
    expect(refusalOf(() => snapshotSuffixFor('{refresh}-{day}', run))).toEqual({
      name: 'InvalidDefinition',
      message: 'snapshot_name has the unknown placeholder "{day}".',
      remedy: 'Use {date}, {time}, {refresh}, {run} or a literal name.',
    });
  });
});

describe('names from outside', () => {
  const dangerous = fc
    .tuple(fc.string(), fc.constantFrom(...MEANINGFUL), fc.string())
    .map((parts) => parts.join(''));

  it('with what means something elsewhere are never the name of a refresh or a suffix', () => {
    fc.assert(
      fc.property(dangerous, (name) => {
        expect(refreshName.test(name)).toBe(false);
        // Braces are the template's own: the placeholder in them is replaced or refused.
        fc.pre(!/\{(?:date|time|refresh|run)\}/.test(name));
        expect(() => snapshotSuffixFor(name, run)).toThrow();
      }),
      RUNS,
    );
  });

  it('with quotes, stars, commas, blanks or a second slash are never the name of an object', () => {
    const part = fc.stringMatching(/^[a-zA-Z0-9]{0,5}$/);
    const marked = fc
      .tuple(part, fc.constantFrom(...MEANINGFUL), part)
      .map((parts) => parts.join(''));
    // What these hold besides the one separator is letters, digits, - and _.
    const isQualified = (text: string) => /^[\w-]+(?:::|\/)[\w-]+$/.test(text);
    fc.assert(
      fc.property(fc.oneof(dangerous, marked), (text) => isQualified(text) || !isObjectName(text)),
      RUNS,
    );
  });

  it.each([
    'prd-pg',
    'PRD_pg',
    'a',
    'pod::pg',
    'vgroup/vol',
    'vvol-vm-1-vg/Data-0a1b',
    `p${'o'.repeat(62)}::${'g'.repeat(63)}`,
  ])('%s: the name of an object', (name) => {
    expect(isObjectName(name)).toBe(true);
  });

  it.each([
    '',
    '-a',
    'a-',
    'a b',
    'a,b',
    'a*',
    "a'b",
    'a/b/c',
    'pod::vgroup::a',
    '/a',
    'a/',
    '::a',
    'pod:a',
    'a.s1',
    'a\n',
    'ä',
    'a'.repeat(64),
  ])('%j: no name of an object', (name) => {
    expect(isObjectName(name)).toBe(false);
  });
});

describe('comparing names', () => {
  it('is an order in which letter case does not count', () => {
    const name = fc.stringMatching(/^[a-cA-C0-1_-]{1,4}$/);
    fc.assert(
      fc.property(name, name, name, (a, b, c) => {
        expect(Math.sign(compareNames(a, b))).toBe(-Math.sign(compareNames(b, a)) + 0);
        expect(compareNames(a.toUpperCase(), a.toLowerCase())).toBe(0);
        expect(sameName(a, b)).toBe(compareNames(a, b) === 0);
        if (compareNames(a, b) < 0 && compareNames(b, c) < 0) {
          expect(compareNames(a, c)).toBeLessThan(0);
        }
      }),
    );
  });
});

describe('names of replicas', () => {
  it.each([
    ['fa-prod', 'prd-pg', 'fa-prod:prd-pg'],
    ['fa-prod', 'vgroup/prd-pg', 'fa-prod:vgroup/prd-pg'],
    ['fa-prod', 'pod-1::prd-pg', 'pod-1:prd-pg'],
  ])('of a group of %s, %s: %s', (array, group, name) => {
    expect(replicaGroupName(array, group)).toBe(name);
  });
});

describe('names of snapshots', () => {
  it.each([
    ['prd-pg', 's1', 'prd-data-00', 'prd-pg.s1.prd-data-00'],
    ['pod::prd-pg', 's1', 'pod::prd-data-00', 'pod::prd-pg.s1.prd-data-00'],
    ['prd-pg', 's1', 'vvol-vm-1-vg/Data-0a1b', 'prd-pg.s1.vvol-vm-1-vg/Data-0a1b'],
  ])('of %s, %s and %s: %s', (group, suffix, volume, name) => {
    expect(volumeSnapshotName(groupSnapshotName(group, suffix), volume)).toBe(name);
  });
});
