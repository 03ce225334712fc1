import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashPairs, makePlan, type Plan } from '../../../lambda/refresh/plan.ts';
import { runs } from '../../support/extent.ts';
import { refusalOf } from '../support/refusals.ts';
import { member, source, target } from './support/volumes.ts';

const RUNS = { numRuns: runs(2_000) };

type PlanPair = Plan['pairs'][number];

const id = fc.stringMatching(/^[0-9a-f]{1,3}$/);
const size = fc.constantFrom(1, 10, 100, 1_099_511_627_776);
const pair: fc.Arbitrary<PlanPair> = fc.record({
  source: fc.record({
    id,
    name: id,
    size,
    replica_id: fc.option(id),
    snapshot: id,
    created: fc.option(fc.nat()),
  }),
  target: fc.record({ id, name: id, serial: id, size, created: fc.nat(), mapping: fc.option(id) }),
  rule: fc.constantFrom('tag', 'equal', 'larger'),
  mapping: fc.option(id),
});
const pairs = fc.uniqueArray(pair, { selector: (p) => p.source.id, minLength: 1, maxLength: 6 });

/** Some of the fields that decide which bytes land where, changed to something that they were not. */
const decisive: Record<string, (changed: PlanPair) => PlanPair> = {
  'source id': (p) => ({ ...p, source: { ...p.source, id: `${p.source.id}x` } }),
  'source size': (p) => ({ ...p, source: { ...p.source, size: p.source.size + 1 } }),
  'target id': (p) => ({ ...p, target: { ...p.target, id: `${p.target.id}x` } }),
  'target size': (p) => ({ ...p, target: { ...p.target, size: p.target.size + 1 } }),
  rule: (p) => ({ ...p, rule: p.rule === 'tag' ? 'equal' : 'tag' }),
};

/** Some that do not decide it: a plan made before the snapshot exists is to be the plan that is carried out. */
const incidental: Record<string, (changed: PlanPair) => PlanPair> = {
  'id of the replica': (p) => ({ ...p, source: { ...p.source, replica_id: 'replica' } }),
  'time of the snapshot': (p) => ({ ...p, source: { ...p.source, created: -1 } }),
  'name of the snapshot': (p) => ({ ...p, source: { ...p.source, snapshot: 'pg.other.vol' } }),
  'time of the target’s content': (p) => ({ ...p, target: { ...p.target, created: -1 } }),
  'tag that the target gets': (p) => ({ ...p, mapping: 'another' }),
};

const withOneChanged = (list: readonly PlanPair[], by: (changed: PlanPair) => PlanPair) =>
  list.map((p, index) => (index === list.length - 1 ? by(p) : p));

describe('the hash over a plan', () => {
  it('does not depend on the order of the pairs', () => {
    const shuffledPairs = pairs.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    fc.assert(
      fc.property(shuffledPairs, ([list, shuffled]) => hashPairs(shuffled) === hashPairs(list)),
      RUNS,
    );
  });

  it.each(Object.entries(decisive))('changes with the %s', (_, change) => {
    fc.assert(
      fc.property(pairs, (list) => hashPairs(withOneChanged(list, change)) !== hashPairs(list)),
      RUNS,
    );
  });

  it('changes when two sources change places', () => {
    fc.assert(
      fc.property(pair, pair, (a, b) => {
        fc.pre(a.source.id !== b.source.id && a.target.id !== b.target.id);
        const swapped = [
          { ...a, target: b.target },
          { ...b, target: a.target },
        ];
        return hashPairs(swapped) !== hashPairs([a, b]);
      }),
      RUNS,
    );
  });

  it.each(Object.entries(incidental))('does not change with the %s', (_, change) => {
    fc.assert(
      fc.property(pairs, (list) => hashPairs(withOneChanged(list, change)) === hashPairs(list)),
      RUNS,
    );
  });
});

describe('a plan', () => {
  const sources = [member('prd-1', 120), member('prd-2', 40)];

  it('has every pair with its snapshot, and what stays out', () => {
    const plan = makePlan({
      sources,
      excluded: [source('prd-config', 4)],
      targets: [target('dev-1', 120), target('dev-2', 40)],
      ignoreMatch: false,
    });

    expect(plan.pairs.map((p) => [p.source.snapshot, p.target.name, p.rule])).toEqual([
      ['prd-pg.s1.prd-1', 'dev-1', 'equal'],
      ['prd-pg.s1.prd-2', 'dev-2', 'equal'],
    ]);
    expect(plan.excluded).toEqual([{ id: 'id-of-prd-config', name: 'prd-config' }]);
    expect(plan.pairs.map(({ mapping }) => mapping)).toEqual(['id-of-prd-1', 'id-of-prd-2']);
    expect(plan.hash).toBe(hashPairs(plan.pairs));
    expect(plan.unused).toEqual([]);
    expect(plan.warnings).toEqual([]);
  });

  it('without a target group pairs nothing', () => {
    expect(makePlan({ sources, excluded: [], targets: null, ignoreMatch: false })).toEqual({
      hash: null,
      pairs: [],
      unused: [],
      excluded: [],
      warnings: [],
    });
  });

  it('says which targets change their size and which keep their content', () => {
    const targets = [target('dev-1', 1536), target('dev-2', 40), target('dev-3', 40)];

    expect(makePlan({ sources, excluded: [], targets, ignoreMatch: false }).warnings).toEqual([
      'A target volume takes the size of what is copied onto it, so its hosts must rescan: "dev-1" 1.5 TiB → 120 GiB.',
      'Target volumes that no source volume is copied to keep their old content: "dev-3".',
    ]);
  });

  it.each([true, false])(
    'says where a source is on the tags of two targets (ignore_match: %j)',
    (ignoreMatch) => {
      const targets = [target('dev-1', 120, 'prd-1'), target('dev-2', 40, 'prd-2')];
      const spare = target('dev-3', 120, 'prd-1');

      expect(
        makePlan({ sources, excluded: [], targets: [...targets, spare], ignoreMatch }).warnings,
      ).toContain(
        'Target volumes that are not overwritten bear the tag of a source that is copied: "dev-3". Without ' +
          'ignore_match the next run takes the first volume, in name order, that bears the tag: remove ' +
          'snapshot_mapping from the others.',
      );
      expect(makePlan({ sources, excluded: [], targets, ignoreMatch }).warnings).toEqual([]);
    },
  );

  it('says so as well where one of the tags holds the id of the source’s replica', () => {
    const replicated = { ...member('prd-1', 120), replica_id: 'replica-of-prd-1' };
    const targets = [
      target('dev-1', 120, 'prd-1'),
      { ...target('dev-2', 120), mapping: 'replica-of-prd-1' },
    ];
    const plan = makePlan({ sources: [replicated], excluded: [], targets, ignoreMatch: false });

    expect(plan.warnings).toContainEqual(
      expect.stringMatching(/^Target volumes that are not overwritten bear the tag .*: "dev-2"\./),
    );
  });

  it('keeps its warnings short, however many volumes there are', () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => index);
    const plan = makePlan({
      sources: many(300).map((index) => member(`prd-${index}`, 1)),
      excluded: [],
      targets: many(700).map((index) => target(`dev-${index}`, 2)),
      ignoreMatch: false,
    });

    expect(plan.pairs).toHaveLength(300);
    expect(plan.warnings[0]).toMatch(/ and 290 more\.$/);
    expect(plan.warnings[1]).toMatch(/ and 390 more\.$/);
    expect(plan.warnings.join('').length).toBeLessThan(1_000);
  });

  it('that cannot be made is refused', () => {
    const act = () =>
      makePlan({ sources, excluded: [], targets: [target('dev-1', 1)], ignoreMatch: false });

    expect(refusalOf(act).name).toBe('PairingIncomplete');
  });
});
