import { afterEach, describe, expect, it } from 'vitest';
import { hashPairs, planSchema } from '../../../lambda/refresh/plan.ts';
import type { Run } from '../../../lambda/refresh/run.ts';
import { planOverwrite } from '../../../lambda/steps/plan-overwrite.ts';
import { takeSnapshot } from '../../../lambda/steps/take-snapshot.ts';
import type { Fault } from '../../../local/array/simulator.ts';
import { rejectionOf } from '../support/refusals.ts';
import {
  ARRAY,
  NOW,
  stopSimulatedArrays,
  twoDatabases,
  volume,
} from '../support/simulated-array.ts';
import { type Bench, begun, runUpTo, setUp } from './support/bench.ts';

afterEach(stopSimulatedArrays);

const { volumes: twoDatabaseVolumes = [] } = twoDatabases;
const missing: Fault = {
  path: '/volumes',
  effect: { status: 400, body: { errors: [{ message: 'Volume does not exist.' }] } },
};

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

  it('takes the targets as they are now: somebody may have tagged them or copied onto them', async () => {
    const bench = await setUp();
    const taken = await runUpTo('takeSnapshot', bench);
    const copyOf = async (source: string, target: string) => {
      const snapshot = `prd-pg.s1.${source}`;
      await bench.array.overwriteVolume({ target, snapshot, mapping: null });
    };
    await copyOf('prd-data', 'dev-fra');
    await bench.array.tagVolume({ target: 'dev-fra', snapshot: '', mapping: 'id-of-prd-data' });

    const run = await planOverwrite(taken, bench.ports);

    expect(pairsIn(bench)).toEqual([
      'prd-pg.s1.prd-data → dev-fra',
      'prd-pg.s1.prd-fra → dev-data',
    ]);
    expect(run.plan_hash).toBe(planIn(bench).hash);
    expect(run.plan_hash).not.toBe(taken.plan_hash);
  });

  it.each(['prd-data', 'prd-config', 'dev-new'])(
    'leaves %s out, which has come into the target group since: whoever is in it was seen by Prepare',
    async (name) => {
      const bench = await setUp({
        state: { ...twoDatabases, volumes: [...twoDatabaseVolumes, volume('dev-new', 120)] },
      });
      const taken = await runUpTo('takeSnapshot', bench);
      bench.simulator.setMembers(ARRAY, 'dev-pg', ['dev-data', 'dev-fra', name]);

      const run = await planOverwrite(taken, bench.ports);

      expect(run.plan_hash).toBe(taken.plan_hash);
      expect(planIn(bench)).toMatchObject({ unused: [], warnings: [] });
    },
  );

  it('still knows of the targets that nothing is copied to', async () => {
    const bench = await setUp({
      state: {
        ...twoDatabases,
        volumes: [...twoDatabaseVolumes, volume('dev-more', 120)],
        protection_groups: [
          { name: 'prd-pg', volumes: ['prd-fra', 'prd-data', 'prd-config'] },
          { name: 'dev-pg', volumes: ['dev-fra', 'dev-data', 'dev-more'] },
        ],
      },
    });

    await runUpTo('planOverwrite', bench);

    expect(planIn(bench)).toMatchObject({
      unused: [{ id: 'id-of-dev-more', name: 'dev-more' }],
      warnings: [expect.stringContaining('"dev-more"')],
    });
  });

  it('refuses a target that was destroyed since, also where another one would do', async () => {
    const spare = (destroyed: boolean) => ({
      ...twoDatabases,
      volumes: [
        ...twoDatabaseVolumes.filter(({ name }) => name !== 'dev-data'),
        volume('dev-data', 120, { destroyed }),
        volume('dev-more', 120),
      ],
      protection_groups: [
        { name: 'prd-pg', volumes: ['prd-fra', 'prd-data', 'prd-config'] },
        { name: 'dev-pg', volumes: ['dev-fra', 'dev-data', 'dev-more'] },
      ],
    });
    const bench = await setUp({ state: spare(false) });
    const taken = await runUpTo('takeSnapshot', bench);
    const later = await setUp({ store: bench.store, state: spare(true) });

    expect(await rejectionOf(planOverwrite(taken, later.ports))).toMatchObject({
      name: 'TargetDestroyed',
      message: 'Destroyed volumes are in target protection group "dev-pg": "dev-data".',
    });
  });

  it.each(['renamed', 'eradicated'])('refuses a target that was %s since', async (what) => {
    const bench = await setUp();
    const taken = await runUpTo('takeSnapshot', bench);
    if (what === 'renamed') bench.simulator.renameVolume(ARRAY, 'dev-fra', 'dev-old');
    else bench.simulator.addFaults([missing]);

    expect(await rejectionOf(planOverwrite(taken, bench.ports))).toMatchObject({
      name: 'TargetChanged',
      message: expect.stringContaining('Volume does not exist.'),
      remedy: 'Start a new run; it plans from the group as it is now.',
    });
  });

  it('keeps what was excluded', async () => {
    const bench = await setUp();

    await runUpTo('planOverwrite', bench);

    expect(planIn(bench).excluded).toEqual([{ id: 'id-of-prd-config', name: 'prd-config' }]);
  });
});

/** The run as it is when Prepare began so many milliseconds ago. */
const preparedAgo = (run: Run, ms: number): Run => ({
  ...run,
  steps: [{ step: 'prepare', started: new Date(NOW - ms).toISOString(), ms: 100, requests: 9 }],
});

describe('right after Prepare', () => {
  it('the pairs stay, with the times of the snapshot, and nothing is asked for again', async () => {
    const bench = await setUp();
    const taken = await runUpTo('takeSnapshot', bench);
    const before = timelessPlanIn(bench);
    const asked = bench.requests().length;

    const run = await planOverwrite(preparedAgo(taken, 30_000), bench.ports);

    expect(bench.requests()).toHaveLength(asked);
    expect(run.plan_hash).toBe(taken.plan_hash);
    expect(timelessPlanIn(bench)).toEqual(before);
    expect(planIn(bench).pairs.map(({ source }) => source.created)).toEqual([NOW, NOW]);
  });

  it.each([
    ['a moment later', (run: Run) => preparedAgo(run, 30_001)],
    [
      'after an earlier run was cleared up after',
      (run: Run) => ({ ...preparedAgo(run, 1_000), recovers: true }),
    ],
  ])('and %s the targets are looked at again', async (_, later) => {
    const bench = await setUp();
    const taken = await runUpTo('takeSnapshot', bench);
    const snapshot = 'prd-pg.s1.prd-data';
    await bench.array.overwriteVolume({ target: 'dev-fra', snapshot, mapping: null });
    await bench.array.tagVolume({ target: 'dev-fra', snapshot, mapping: 'id-of-prd-data' });

    await planOverwrite(later(taken), bench.ports);

    expect(pairsIn(bench)).toContain('prd-pg.s1.prd-data → dev-fra');
  });

  it.each([
    ['one more volume', ['prd-fra', 'prd-data', 'prd-more']],
    ['one volume less', ['prd-data']],
    ['another volume', ['prd-data', 'prd-more']],
  ])('a snapshot that holds %s is paired anew', async (_, held) => {
    const bench = await setUp({
      definition: { excluded_volumes: [] },
      state: {
        ...twoDatabases,
        volumes: [...twoDatabaseVolumes, volume('prd-more', 10), volume('dev-more', 10)],
        protection_groups: [
          { name: 'prd-pg', volumes: ['prd-fra', 'prd-data'] },
          { name: 'dev-pg', volumes: ['dev-fra', 'dev-data', 'dev-more'] },
        ],
      },
    });
    const prepared = await runUpTo('prepare', bench);
    bench.simulator.setMembers(ARRAY, 'prd-pg', held);
    const taken = await takeSnapshot(prepared, bench.ports);

    const run = await planOverwrite(preparedAgo(taken, 1_000), bench.ports);

    const paired = planIn(bench).pairs.map(({ source }) => source.name);
    expect(paired.toSorted()).toEqual(held.toSorted());
    expect(run.plan_hash).toBe(hashPairs(planIn(bench).pairs));
    expect(planIn(bench).pairs.length + planIn(bench).unused.length).toBe(3);
  });
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
