import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  asideSuffixes,
  beforeSuffixes,
  type GuardOwner,
  guardPrefix,
  guardSuffix,
  type JournalEntry,
  journalTags,
  ownerTags,
  readGuardTags,
  replacedSuffix,
  restoredSuffixes,
} from '../../../lambda/refresh/guard.ts';
import { snapshotSuffixFor } from '../../../lambda/refresh/naming.ts';
import { runs } from '../../support/extent.ts';

const RUNS = { numRuns: runs(2_000) };

const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 80 });
const owner: fc.Arbitrary<GuardOwner> = fc.record({
  run: text,
  execution: text,
  started: text,
  lingerSeconds: fc.nat(),
  guards: text,
  refresh: text,
  snapshot: text,
  planHash: text,
  phase: fc.constantFrom('acquired', 'writing'),
});

/** What may be in a tag `snapshot_mapping`: anybody can write anything there. */
const mapping = fc.oneof(
  fc.uuid(),
  fc.string({ unit: 'binary', maxLength: 256 }),
  fc.constantFrom('', '.', ',', 'p.1.2,k.3.4', '%', '%2E', 'a.b', 'null', '\n', '😀'),
);
const entry: fc.Arbitrary<JournalEntry> = fc.record({
  planned: fc.boolean(),
  old: fc.maxSafeNat(),
  next: fc.maxSafeNat(),
  mapping: fc.option(mapping),
});
const journal = fc
  .uniqueArray(fc.tuple(fc.oneof(fc.uuid(), fc.string({ minLength: 1 })), entry), {
    selector: ([id]) => id,
    minLength: 1,
    maxLength: 20,
  })
  .map((entries) => new Map(entries));

const shuffled = <T>(list: readonly T[]): fc.Arbitrary<T[]> =>
  fc.shuffledSubarray([...list], { minLength: list.length });
/** A guard, and its tags and members as an array may list them. */
const guard = fc.record({ owner, journal }).chain((written) =>
  fc.record({
    written: fc.constant(written),
    tags: shuffled([...ownerTags(written.owner), ...journalTags(written.journal)]),
    ids: shuffled([...written.journal.keys()]),
  }),
);

describe('the tags of a guard', () => {
  it('tell owner and journal again, in whatever order tags and members are listed', () => {
    fc.assert(
      fc.property(guard, ({ written, tags, ids }) => {
        expect(readGuardTags(tags, ids)).toEqual(written);
      }),
      RUNS,
    );
  });

  it('are such as the array takes: short ASCII texts under keys that are each used once', () => {
    fc.assert(
      fc.property(journal, (written) => {
        const tags = journalTags(written);

        expect(new Set(tags.map(({ key }) => key)).size).toBe(tags.length);
        for (const { key, value } of tags) {
          expect(key).toMatch(/^refresh_journal_\d+$/);
          expect(key.length).toBeLessThanOrEqual(64);
          expect(value).toMatch(/^[!-~]{1,256}$/);
        }
      }),
      RUNS,
    );
  });

  it.each([1, 449, 450, 600, 2_000])('tell of %i tagged volumes', (count) => {
    const ids = Array.from({ length: count }, (_, index) => `id-${index}`);
    const written = new Map(
      ids.map((id, index) => [
        id,
        { planned: index % 2 > 0, old: index, next: 1.8e12 + index, mapping: `${id}-`.repeat(4) },
      ]),
    );

    const read = readGuardTags([...ownerTags(someOwner), ...journalTags(written)], ids);

    expect(read?.journal).toEqual(written);
  });

  it('that are damaged tell less, but nothing that is wrong, and never fail', () => {
    const damaged = guard.chain(({ written, tags, ids }) =>
      fc.record({
        written: fc.constant(written),
        ids: fc.constant(ids),
        tags: fc.nat({ max: tags.length - 1 }).chain((at) =>
          fc.option(fc.string({ maxLength: 30 })).map((value) =>
            tags.flatMap((tag, index) => {
              if (index !== at) return tag;
              return value === null ? [] : { ...tag, value };
            }),
          ),
        ),
      }),
    );
    fc.assert(
      fc.property(damaged, ({ written, tags, ids }) => {
        const found = readGuardTags(tags, ids);

        const isJournalWhole = journalTags(written.journal).every(({ key, value }) =>
          tags.some((tag) => tag.key === key && tag.value === value),
        );
        if (found && isJournalWhole) expect(found.journal).toEqual(written.journal);
      }),
      RUNS,
    );
  });

  it('of other members than these tell no journal', () => {
    fc.assert(
      fc.property(guard, ({ tags, ids }) => {
        expect(readGuardTags(tags, ids.slice(1))?.journal).toBeUndefined();
        expect(readGuardTags(tags, [...ids, 'another'])?.journal).toBeUndefined();
      }),
      RUNS,
    );
  });
});

const someOwner: GuardOwner = {
  run: 'nightly-1',
  execution: 'arn:aws:states:eu-central-1:1:execution:refresh:nightly-1',
  started: '2026-11-24T01:00:00.000Z',
  lingerSeconds: 600,
  guards: 'arn:aws:states:eu-central-1:1:execution:refresh:nightly-1',
  refresh: 'nightly',
  snapshot: 'prd-pg.s1',
  planHash: 'sha256:0',
  phase: 'acquired',
};

describe('the suffixes of a guard', () => {
  const suffix = fc.stringMatching(/^[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/);
  const created = fc.nat({ max: 4_000_000_000_000 });
  const context = { refresh: 'nightly', run: 'nightly-1', started: new Date(0) };
  /** Throws where the array would not take it. */
  const accepted = (made: string) => snapshotSuffixFor(made, context);

  it('are such as the array takes, whatever snapshot and execution', () => {
    fc.assert(
      fc.property(suffix, text, created, (snapshot, execution, at) => {
        const all = [
          guardSuffix(execution, new Date(at)),
          ...asideSuffixes(execution, at),
          replacedSuffix(execution),
          ...beforeSuffixes(snapshot, execution),
          ...restoredSuffixes(execution, at),
        ];

        expect(all.map(accepted)).toEqual(all);
      }),
      RUNS,
    );
  });

  it('are others for another execution: for its guard, for the second run of a snapshot, for what it put back', () => {
    fc.assert(
      fc.property(suffix, text, text, created, (snapshot, one, other, at) => {
        fc.pre(one !== other);

        expect(guardPrefix(one)).not.toBe(guardPrefix(other));
        expect(beforeSuffixes(snapshot, one)[1]).not.toBe(beforeSuffixes(snapshot, other)[1]);
        expect(restoredSuffixes(one, at)[0]).not.toBe(restoredSuffixes(other, at)[0]);
      }),
      RUNS,
    );
  });

  it('are others for another guard of one execution that was put aside', () => {
    fc.assert(
      fc.property(text, created, created, (execution, one, other) => {
        fc.pre(one !== other);

        expect(restoredSuffixes(execution, one)[1]).not.toBe(restoredSuffixes(execution, other)[1]);
      }),
      RUNS,
    );
  });
});
