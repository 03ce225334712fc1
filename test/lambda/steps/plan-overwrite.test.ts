import { afterEach, describe, expect, it } from 'vitest';
import { planSchema } from '../../../lambda/refresh/plan.ts';
import { planOverwrite } from '../../../lambda/steps/plan-overwrite.ts';
import { rejectionOf } from '../support/refusals.ts';
import {
  membersNow,
  NOW,
  stopSimulatedArrays,
  twoDatabases,
  volume,
} from '../support/simulated-array.ts';
import { type Bench, begun, runUpTo, setUp } from './support/bench.ts';

afterEach(stopSimulatedArrays);

const planIn = ({ store }: Bench) => planSchema.parse(store.json('runs/nightly-1/plan.json'));
/** The plan without the time of the snapshot, which a plan that was made before it does not know. */
const timelessPlanIn = (bench: Bench) => {
  const { pairs, ...rest } = planIn(bench);
  return {
    ...rest,
    pairs: pairs.map(({ source: { created: _, ...source }, ...pair }) => ({ ...pair, source })),
  };
};
const pairsIn = (bench: Bench) =>
  planIn(bench).pairs.map(({ source, target }) => `${source.snapshot} → ${target.name}`);

describe('planning the overwrite', () => {
  it('comes to the plan of the dry run where nothing has changed', async () => {
    const bench = await setUp();
    const taken = await runUpTo('takeSnapshot', bench);
    const before = timelessPlanIn(bench);

    const run = await planOverwrite(taken, bench.ports);

    expect(run.plan_hash).toBe(taken.plan_hash);
    expect(timelessPlanIn(bench)).toEqual(before);
    expect(planIn(bench).pairs.map(({ source }) => source.created)).toEqual([NOW, NOW]);
  });

  it('takes the target group as it is now', async () => {
    const bench = await setUp();
    const taken = await runUpTo('takeSnapshot', bench);
    const grown = await setUp({
      store: bench.store,
      state: {
        ...twoDatabases,
        volumes: [...(twoDatabases.volumes ?? []), volume('dev-a', 120), volume('dev-b', 120)],
        protection_groups: [{ name: 'dev-pg', volumes: ['dev-a', 'dev-b', 'dev-fra'] }],
      },
    });

    const run = await planOverwrite(taken, grown.ports);

    expect(pairsIn(bench)).toEqual(['prd-pg.s1.prd-data → dev-a', 'prd-pg.s1.prd-fra → dev-fra']);
    expect(planIn(bench).warnings).toEqual([expect.stringContaining('"dev-b"')]);
    expect(run.plan_hash).toBe(planIn(bench).hash);
    expect(run.plan_hash).not.toBe(taken.plan_hash);
  });

  it('keeps what was excluded', async () => {
    const bench = await setUp();

    await runUpTo('planOverwrite', bench);

    expect(planIn(bench).excluded).toEqual([{ id: 'id-of-prd-config', name: 'prd-config' }]);
  });

  it.each(['prd-data', 'prd-config'])(
    'refuses a volume of the snapshot that has come into the target group: %s',
    async (name) => {
      const bench = await setUp();
      const taken = await runUpTo('takeSnapshot', bench);
      bench.simulator.addFaults([membersNow(['dev-pg', 'dev-data', 'dev-fra', name])]);

      expect(await rejectionOf(planOverwrite(taken, bench.ports))).toMatchObject({
        name: 'VolumeInBothGroups',
        message: `Volumes of the snapshot are in the target group: "${name}".`,
      });
    },
  );
});

describe('nothing is planned', () => {
  it('on a dry run', async () => {
    const bench = await setUp();
    const prepared = await runUpTo('prepare', bench, begun({ execute: false }));

    expect((await rejectionOf(planOverwrite(prepared, bench.ports))).message).toBe(
      'The run is a dry run, so nothing may be changed on the array.',
    );
  });

  it('before the snapshot is there', async () => {
    const bench = await setUp();
    const prepared = await runUpTo('prepare', bench);

    expect(await rejectionOf(planOverwrite(prepared, bench.ports))).toEqual({
      name: 'InvalidStepInput',
      message: 'The run has no object "runs/nightly-1/snapshot.json".',
      remedy: 'Start a new run; a run cannot go on without what its earlier steps wrote.',
    });
  });

  it('from a document that somebody has spoilt', async () => {
    const bench = await setUp();
    const taken = await runUpTo('takeSnapshot', bench);
    bench.store.put('runs/nightly-1/snapshot.json', [{ id: 'a' }]);

    expect(await rejectionOf(planOverwrite(taken, bench.ports))).toMatchObject({
      name: 'InvalidStepInput',
      message: expect.stringContaining('object "runs/nightly-1/snapshot.json" is not valid: [0].'),
    });
  });
});
