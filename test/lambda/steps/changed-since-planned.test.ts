import { afterEach, describe, expect, it } from 'vitest';
import { planSchema } from '../../../lambda/refresh/plan.ts';
import { acquireGuard } from '../../../lambda/steps/acquire-guard.ts';
import { overwriteVolumes } from '../../../lambda/steps/overwrite-volumes.ts';
import { rejectionOf } from '../support/refusals.ts';
import { ARRAY, stopSimulatedArrays } from '../support/simulated-array.ts';
import type { Bench } from './support/bench.ts';
import { guarded, hasBegun, PLAN, planned } from './support/planned-run.ts';

afterEach(stopSimulatedArrays);

const MAKE_GUARD = 'POST /protection-group-snapshots';

/** What somebody does to the targets, and the planned ones that are no longer what they were. */
const changes: [string, (bench: Bench) => void | Promise<void>, string][] = [
  [
    'was taken out of the group',
    ({ simulator }) => simulator.setMembers(ARRAY, 'dev-pg', ['dev-data']),
    '"dev-fra"',
  ],
  [
    'was renamed',
    ({ simulator }) => simulator.renameVolume(ARRAY, 'dev-fra', 'dev-old'),
    '"dev-fra"',
  ],
  [
    'bears the name of another',
    ({ simulator }) => {
      simulator.renameVolume(ARRAY, 'dev-fra', 'between');
      simulator.renameVolume(ARRAY, 'dev-data', 'dev-fra');
      simulator.renameVolume(ARRAY, 'between', 'dev-data');
    },
    '"dev-data", "dev-fra"',
  ],
];

const noLongerThere = (named: string) => ({
  name: 'TargetChanged',
  message: `No longer in protection group "dev-pg" as planned: ${named}.`,
  remedy: 'Start a new run; it plans from the group as it is now.',
});

describe.each(['2.8', '2.56'])(
  'a target that is no longer what was planned (REST %s)',
  (restVersion) => {
    it.each([
      ...changes,
      [
        'was given another size',
        async ({ array }: Bench) => {
          await array.overwriteVolume({
            target: 'dev-fra',
            snapshot: 'prd-pg.s1.prd-data',
            mapping: null,
          });
        },
        '"dev-fra"',
      ],
    ] satisfies typeof changes)(
      '%s before the guard is taken: the lock stays free',
      async (_, change, named) => {
        const { bench, run } = await planned({ restVersion });
        await change(bench);
        const before = bench.changes().length;

        expect(await rejectionOf(acquireGuard(run, bench.ports))).toEqual(noLongerThere(named));
        expect(bench.changes().slice(before)).toEqual([MAKE_GUARD]);
      },
    );

    it.each(changes)('%s after that: nothing is overwritten', async (_, change, named) => {
      const { bench, run, changesSince } = await guarded({ restVersion });
      await change(bench);

      expect(await rejectionOf(overwriteVolumes(run, bench.ports))).toEqual(noLongerThere(named));
      expect(changesSince()).toEqual([]);
      expect(hasBegun(bench)).toBe(false);
    });
  },
);

it('a target that is destroyed is not overwritten', async () => {
  const { bench, run, changesSince } = await guarded();
  const member = (name: string, destroyed: boolean) => ({
    group: { name: 'dev-pg' },
    member: { name, id: `id-of-${name}`, destroyed },
  });
  const items = [member('dev-data', false), member('dev-fra', true)];
  bench.simulator.addFaults([
    { path: '/protection-groups/volumes', effect: { status: 200, body: { items } } },
  ]);

  expect(await rejectionOf(overwriteVolumes(run, bench.ports))).toEqual(noLongerThere('"dev-fra"'));
  expect(changesSince()).toEqual([]);
});

describe('groups that share a volume since', () => {
  it.each([
    ['a target', 'prd-pg', ['prd-data', 'prd-fra', 'dev-fra'], 'dev-fra'],
    ['a source', 'dev-pg', ['dev-data', 'dev-fra', 'prd-data'], 'prd-data'],
    ['an excluded one', 'dev-pg', ['dev-data', 'dev-fra', 'prd-config'], 'prd-config'],
  ])('%s: nothing is overwritten', async (_, group, members, named) => {
    const { bench, run, changesSince } = await guarded();
    bench.simulator.setMembers(ARRAY, group, members);

    expect(await rejectionOf(overwriteVolumes(run, bench.ports))).toMatchObject({
      name: 'VolumeInBothGroups',
      message: `In the source group and in the target group at once: "${named}".`,
    });
    expect(changesSince()).toEqual([]);
    expect(hasBegun(bench)).toBe(false);
  });
});

describe('a plan that is not the one that was made', () => {
  const tampered: Record<string, (plan: ReturnType<typeof planSchema.parse>) => unknown> = {
    'another hash': (plan) => ({ ...plan, hash: 'sha256:0' }),
    'targets that changed places': (plan) => ({
      ...plan,
      pairs: plan.pairs.map((pair, index, all) => ({
        ...pair,
        target: all.at(index - 1)?.target,
      })),
    }),
    'another snapshot': (plan) => ({
      ...plan,
      pairs: plan.pairs.map((pair) => ({
        ...pair,
        source: { ...pair.source, snapshot: `prd-pg.s0.${pair.source.name}` },
      })),
    }),
    'no pairs': (plan) => ({ ...plan, pairs: [] }),
  };

  describe.each([
    ['before the guard is taken', planned, acquireGuard],
    ['before the overwrite', guarded, overwriteVolumes],
  ] as const)('%s', (_, begin, step) => {
    it.each(Object.entries(tampered))('is not carried out: %s', async (__, change) => {
      const { bench, run, changesSince } = await begin();
      bench.store.put(PLAN, change(planSchema.parse(bench.store.json(PLAN))));

      expect(await rejectionOf(step(run, bench.ports))).toMatchObject({
        name: 'TargetChanged',
        message: 'The plan in the bucket is not the one that this run made.',
      });
      expect(changesSince()).toEqual([]);
    });

    it('or not there at all is not carried out', async () => {
      const { bench, run, changesSince } = await begin();
      bench.store.objects.delete(PLAN);

      expect((await rejectionOf(step(run, bench.ports))).name).toBe('InvalidStepInput');
      expect(changesSince()).toEqual([]);
    });
  });
});
