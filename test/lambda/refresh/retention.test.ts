import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Candidate,
  chooseGoing,
  type Locks,
  type OwnSnapshot,
  PROTECTED,
  splitKept,
} from '../../../lambda/refresh/retention.ts';

const UNLOCKED: Locks = { source: false, target: false };
const replica = { name: 'fa-prod:prd-pg.n1', isProven: true, isComplete: true };
const candidate = (more: Partial<Candidate> = {}): Candidate => ({
  name: 'prd-pg.n1',
  created: 1,
  replica: undefined,
  use: undefined,
  isUnderWay: false,
  ...more,
});

describe('of snapshots that a refresh has made', () => {
  it('the newest are kept by their time, whatever their names, and the oldest go first', () => {
    const own = [
      { name: 'pg.z', created: 1 },
      { name: 'pg.a', created: 4 },
      { name: 'pg.m', created: 2 },
      { name: 'pg.b', created: 3 },
    ];

    const { kept, older } = splitKept(own, 2);

    expect(kept.map(({ name }) => name)).toEqual(['pg.a', 'pg.b']);
    expect(older.map(({ name }) => name)).toEqual(['pg.z', 'pg.m']);
  });

  it('an older one goes, and takes its replica along', () => {
    expect(chooseGoing([candidate()], UNLOCKED)).toEqual({
      going: [{ snapshot: 'prd-pg.n1', replica: undefined }],
      left: [],
    });
    expect(chooseGoing([candidate({ replica })], UNLOCKED)).toEqual({
      going: [{ snapshot: 'prd-pg.n1', replica: replica.name }],
      left: [],
    });
  });

  it('what bears the name of a replica and is none stays by itself', () => {
    const stranger = { ...replica, isProven: false };

    const { going, left } = chooseGoing([candidate({ replica: stranger })], {
      source: false,
      target: true,
    });

    expect(going).toEqual([{ snapshot: 'prd-pg.n1', replica: undefined }]);
    expect(left).toEqual([
      { name: replica.name, reason: expect.stringContaining('may be of another snapshot') },
    ]);
  });

  it.each<[string, Partial<Candidate>, Partial<Locks>]>([
    ['the target holds it', { use: 'the target holds it' }, {}],
    ['it is still being replicated', { isUnderWay: true }, {}],
    ['it is still being replicated', { replica: { ...replica, isComplete: false } }, {}],
    [
      'it is still being replicated',
      { replica: { ...replica, isComplete: false, isProven: false } },
      {},
    ],
    [PROTECTED.source, {}, { source: true }],
    [PROTECTED.target, {}, { target: true }],
  ])('one stays with its replica where %s', (reason, more, locks) => {
    const { going, left } = chooseGoing([candidate({ replica, ...more })], {
      ...UNLOCKED,
      ...locks,
    });

    expect(going).toEqual([]);
    expect(left).toEqual([
      { name: 'prd-pg.n1', reason },
      { name: replica.name, reason },
    ]);
  });
});

describe('whatever there is', () => {
  const own = fc.uniqueArray(
    fc.record({ name: fc.string({ minLength: 1 }), created: fc.integer({ min: 0, max: 20 }) }),
    { selector: ({ name }) => name.toLowerCase(), maxLength: 30 },
  );
  const facts = fc.record({
    use: fc.option(fc.constant('somebody needs it'), { nil: undefined }),
    isUnderWay: fc.boolean(),
    replica: fc.option(
      fc.record({
        name: fc.uuid(),
        isProven: fc.boolean(),
        isComplete: fc.boolean(),
      }),
      { nil: undefined },
    ),
  });
  const locks = fc.record({ source: fc.boolean(), target: fc.boolean() });

  it('the newest stay, as many as asked for, and none is lost between both', () => {
    fc.assert(
      fc.property(own, fc.integer({ min: 1, max: 12 }), (all, keep) => {
        const { kept, older } = splitKept(all, keep);
        expect(kept).toHaveLength(Math.min(keep, all.length));
        expect(new Set<OwnSnapshot>([...kept, ...older])).toEqual(new Set(all));
        const youngest = Math.max(...older.map(({ created }) => created));
        for (const { created } of kept) expect(created).toBeGreaterThanOrEqual(youngest);
      }),
    );
  });

  it('nothing goes that is in use, under way, protected or not proven; and of the rest everything', () => {
    fc.assert(
      fc.property(fc.array(facts, { maxLength: 20 }), locks, (many, locked) => {
        const candidates = many.map((more, index) => candidate({ name: `pg.${index}`, ...more }));

        const { going, left } = chooseGoing(candidates, locked);

        const gone = going.flatMap((one) => [one.snapshot, one.replica ?? []].flat());
        const expected = candidates.flatMap(({ name, use, isUnderWay, replica: copy }) => {
          const isFree =
            use === undefined &&
            !isUnderWay &&
            !locked.source &&
            (!copy || (copy.isComplete && !(copy.isProven && locked.target)));
          return isFree ? [name, ...(copy?.isProven ? [copy.name] : [])] : [];
        });
        expect(gone).toEqual(expected);
        const all = candidates.flatMap((one) => [one.name, one.replica?.name ?? []].flat());
        expect([...gone, ...left.map(({ name }) => name)].sort()).toEqual([...all].sort());
      }),
    );
  });
});
