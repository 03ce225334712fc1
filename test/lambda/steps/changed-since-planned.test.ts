import { afterEach, describe, expect, it } from 'vitest';
import { planSchema } from '../../../lambda/refresh/plan.ts';
import { overwriteVolumes } from '../../../lambda/steps/overwrite-volumes.ts';
import type { Fault } from '../../../local/array/simulator.ts';
import { rejectionOf } from '../support/refusals.ts';
import {
  membersNow,
  stopSimulatedArrays,
  twoDatabases,
  volume,
} from '../support/simulated-array.ts';
import { setUp } from './support/bench.ts';
import { BEGUN, PLAN, planned } from './support/planned-run.ts';

afterEach(stopSimulatedArrays);

describe('a target that is no longer what was planned', () => {
  it.each<[string, Fault, string]>([
    ['was taken out of the group', membersNow(['dev-pg', 'dev-data']), '"dev-fra"'],
    [
      'bears the name of another',
      {
        path: '/protection-groups/volumes',
        effect: {
          status: 200,
          body: {
            items: [
              { group: { name: 'dev-pg' }, member: { name: 'dev-data', id: 'id-of-dev-fra' } },
              { group: { name: 'dev-pg' }, member: { name: 'dev-fra', id: 'id-of-dev-data' } },
            ],
          },
        },
      },
      '"dev-data", "dev-fra"',
    ],
    [
      'is destroyed',
      {
        path: '/protection-groups/volumes',
        effect: {
          status: 200,
          body: {
            items: [
              { group: { name: 'dev-pg' }, member: { name: 'dev-data', id: 'id-of-dev-data' } },
              {
                group: { name: 'dev-pg' },
                member: { name: 'dev-fra', id: 'id-of-dev-fra', destroyed: true },
              },
            ],
          },
        },
      },
      '"dev-fra"',
    ],
  ])('%s: nothing is overwritten', async (_, fault, named) => {
    const { bench, run, changesSince } = await planned();
    bench.simulator.addFaults([fault]);

    expect(await rejectionOf(overwriteVolumes(run, bench.ports))).toMatchObject({
      name: 'TargetChanged',
      message: `No longer in protection group "dev-pg" as planned: ${named}.`,
      remedy: 'Start a new run; it plans from the group as it is now.',
    });
    expect(changesSince()).toEqual([]);
    expect(bench.store.objects.has(BEGUN)).toBe(false);
  });

  it('was renamed: nothing is overwritten, not even by an array that tells no ids of members', async () => {
    const { bench, run } = await planned({ restVersion: '2.8' });
    const renamed = await setUp({
      restVersion: '2.8',
      store: bench.store,
      state: {
        ...twoDatabases,
        volumes: (twoDatabases.volumes ?? []).map((found) =>
          found.name === 'dev-fra' ? volume('dev-fra', 40, { id: 'another' }) : found,
        ),
      },
    });

    expect(await rejectionOf(overwriteVolumes(run, renamed.ports))).toMatchObject({
      name: 'TargetChanged',
      message: expect.stringContaining('"dev-fra"'),
    });
    expect(renamed.changes()).toEqual([]);
  });

  it('has come into the source group: nothing is overwritten', async () => {
    const { bench, run, changesSince } = await planned();
    bench.simulator.addFaults([
      membersNow(['prd-pg', 'prd-data', 'prd-fra', 'dev-fra'], ['dev-pg', 'dev-data', 'dev-fra']),
    ]);

    expect(await rejectionOf(overwriteVolumes(run, bench.ports))).toMatchObject({
      name: 'VolumeInBothGroups',
      message: expect.stringContaining('"dev-fra"'),
    });
    expect(changesSince()).toEqual([]);
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

  it.each(Object.entries(tampered))('is not carried out: %s', async (_, change) => {
    const { bench, run, changesSince } = await planned();
    bench.store.put(PLAN, change(planSchema.parse(bench.store.json(PLAN))));

    expect(await rejectionOf(overwriteVolumes(run, bench.ports))).toMatchObject({
      name: 'TargetChanged',
      message: 'The plan in the bucket is not the one that this run made.',
    });
    expect(changesSince()).toEqual([]);
  });

  it('or not there at all is not carried out', async () => {
    const { bench, run, changesSince } = await planned();
    bench.store.objects.delete(PLAN);

    expect((await rejectionOf(overwriteVolumes(run, bench.ports))).name).toBe('InvalidStepInput');
    expect(changesSince()).toEqual([]);
  });
});
