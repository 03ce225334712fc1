import { describe, expect, it } from 'vitest';
import {
  asideSuffixes,
  beforeSuffixes,
  type EarlierGuard,
  guardPrefix,
  guardSuffix,
  isBefore,
  isLock,
  isRestored,
  ownGuards,
  replacedSuffix,
  restoredSuffixes,
  runOf,
  suffixOf,
  surplusGuards,
  wasLock,
} from '../../../lambda/refresh/guard.ts';

const ARN = 'arn:aws:states:eu-central-1:123456789012:execution:refresh:nightly-1';
const HASH = /^[0-9a-f]{16}$/;

describe('the names of a guard', () => {
  it('while it is not the lock yet tells its execution and the attempt', () => {
    expect(guardSuffix(ARN, new Date(35))).toMatch(/^refresh-guard-[0-9a-f]{16}-z$/);
    expect(guardSuffix(ARN, new Date(35))).toBe(`${guardPrefix(ARN)}z`);
  });

  it('after a refresh is that of the snapshot, and with the execution in it for the second one', () => {
    const [plain, unique] = beforeSuffixes('s1', ARN);

    expect(plain).toBe('before-s1');
    expect(unique).toMatch(/^before-s1-[0-9a-f]{8}$/);
  });

  it.each([
    [56, 'before-'.length + 56],
    [57, 63],
    [63, 63],
  ])('of a snapshot whose suffix has %i characters has %i', (length, expected) => {
    const suffix = 's'.repeat(length);
    const [plain, unique] = beforeSuffixes(suffix, ARN);

    expect(plain).toHaveLength(expected);
    expect(unique).toHaveLength(63);
    expect(plain === unique).toBe(length > 56);
  });

  it('after a run that wrote nothing, or was put back, is that of its execution', () => {
    const [plain = '', other] = restoredSuffixes(ARN, 35);

    expect(plain.replace('restored-', '')).toMatch(HASH);
    expect(other).toBe(`${plain}-z`);
  });

  it('that never was the lock tells that, several of one instant too', () => {
    const [first = '', ...others] = asideSuffixes(ARN, 35);
    const [lock = ''] = restoredSuffixes(ARN, 35);

    expect(first).toBe(`${lock}-unused-z`);
    expect(new Set([first, ...others]).size).toBe(4);
    expect(
      [first, ...others, replacedSuffix(ARN)].map((name) => wasLock(`dev-pg.${name}`)),
    ).toEqual(Array(5).fill(false));
    expect(wasLock(`dev-pg.${lock}`)).toBe(true);
    // Whatever a snapshot is called that was copied.
    expect(wasLock('dev-pg.before-unused-1')).toBe(true);
    expect(wasLock('dev-pg.before-all-replaced')).toBe(true);
  });

  it.each([
    ['dev-pg.refresh-in-progress', [true, false, false]],
    ['dev-pg.REFRESH-in-progress', [true, false, false]],
    ['dev-pg.refresh-in-progress-2', [false, false, false]],
    ['dev-pg.before-s1', [false, true, false]],
    ['dev-pg.Before-s1', [false, true, false]],
    ['dev-pg.restored-1', [false, false, true]],
    ['before-pg.s1', [false, false, false]],
    ['dev-pg.refresh-guard-1', [false, false, false]],
  ])('%s is lock, before, restored: %j', (name, kinds) => {
    expect([isLock(name), isBefore(name), isRestored(name)]).toEqual(kinds);
  });

  it.each([
    ['dev-pg.s1', 's1'],
    ['pod1::dev-pg.s1', 's1'],
    ['fa-prod:prd-pg.s1', 's1'],
  ])('the suffix of %s is %s', (name, suffix) => {
    expect(suffixOf(name)).toBe(suffix);
  });

  it('the run of an execution is the last part of its ARN', () => {
    expect(runOf(ARN)).toBe('nightly-1');
    expect(runOf('nightly-1')).toBe('nightly-1');
  });
});

describe('guards of earlier runs', () => {
  const earlier = (name: string, created: number, guarded: string | null = ARN): EarlierGuard => ({
    name: `dev-pg.${name}`,
    created,
    guarded,
  });
  const guards = [
    earlier('before-s2', 20),
    earlier('before-theirs', 25, null),
    earlier('restored-a', 15),
    earlier('before-s1', 10),
    earlier('before-s3', 30),
    earlier('restored-theirs', 1, null),
    earlier('restored-b', 35),
  ];

  it('are the product’s own, newest first; in name order where they are of one moment', () => {
    expect(ownGuards(guards)).toEqual(
      ['restored-b', 'before-s3', 'before-s2', 'restored-a', 'before-s1'].map(
        (name) => `dev-pg.${name}`,
      ),
    );
    expect(ownGuards([earlier('before-b', 1), earlier('before-a', 1)])).toEqual([
      'dev-pg.before-a',
      'dev-pg.before-b',
    ]);
  });

  it.each([
    [1, ['before-s3', 'before-s2', 'before-s1'], ['restored-b', 'restored-a']],
    [2, ['before-s2', 'before-s1'], ['restored-a']],
    [3, ['before-s1'], []],
    [4, [], []],
    [100, [], []],
  ])(
    'of which %i are kept with that of the run at work: %j and %j are too many',
    (keep, before, restored) => {
      const named = (names: readonly string[]) => names.map((name) => `dev-pg.${name}`);

      expect(surplusGuards(guards, keep)).toEqual({
        before: named(before),
        restored: named(restored),
      });
    },
  );
});
