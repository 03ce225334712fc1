import { afterEach, describe, expect, it } from 'vitest';
import { planOverwrite } from '../../../lambda/steps/plan-overwrite.ts';
import { prepare } from '../../../lambda/steps/prepare.ts';
import { takeSnapshot } from '../../../lambda/steps/take-snapshot.ts';
import { rejectionOf } from '../support/refusals.ts';
import { stopSimulatedArrays } from '../support/simulated-array.ts';
import { type Bench, begun, runUpTo, setUp } from './support/bench.ts';

afterEach(stopSimulatedArrays);

const OTHER = `sha256:${'0'.repeat(64)}`;

/** The hash of what a dry run shows now. */
const shown = async ({ ports }: Bench): Promise<string> =>
  (await prepare(begun({ execute: false }, 'shown'), ports)).plan_hash ?? '';
/** Makes the next plan another one: sizes alone would not pair so. */
const swapTags = async ({ array }: Bench) => {
  const snapshot = await array.createGroupSnapshot('prd-pg', 'before');
  const copy = { target: 'dev-fra', snapshot: `${snapshot.name}.prd-data`, mapping: null };
  await array.overwriteVolume(copy);
  await array.tagVolume({ ...copy, mapping: 'id-of-prd-data' });
};

describe('a run that expects a plan', () => {
  it('goes on with that one', async () => {
    const bench = await setUp();
    const expect_plan = await shown(bench);

    const run = await runUpTo('planOverwrite', bench, begun({ expect_plan }));

    expect(run.plan_hash).toBe(expect_plan);
  });

  it('is refused with another one, and told what has changed', async () => {
    const bench = await setUp();
    const expect_plan = await shown(bench);
    await swapTags(bench);
    const now = await shown(bench);
    const before = bench.changes().length;

    expect(await rejectionOf(prepare(begun({ expect_plan }), bench.ports))).toEqual({
      name: 'PlanChanged',
      message:
        `The plan is not the expected one (${expect_plan}) but ${now}. ` +
        'No longer: prd-data (120 GiB) → dev-data (120 GiB), equal; prd-fra (40 GiB) → dev-fra (40 GiB), equal. ' +
        'Instead: prd-data (120 GiB) → dev-fra (120 GiB), tag; prd-fra (40 GiB) → dev-data (120 GiB), larger.',
      remedy: 'Look at the new plan in a dry run, and expect that one if it is right.',
    });
    expect(bench.changes()).toHaveLength(before);
  });

  it('is refused where it becomes another one after the snapshot', async () => {
    const bench = await setUp();
    const expect_plan = await shown(bench);
    const taken = await runUpTo('takeSnapshot', bench, begun({ expect_plan }));
    await swapTags(bench);

    expect(await rejectionOf(planOverwrite(taken, bench.ports))).toMatchObject({
      name: 'PlanChanged',
      message: expect.stringContaining('Instead: prd-data (120 GiB) → dev-fra (120 GiB), tag'),
    });
  });

  it('is refused where nobody knows what the expected one was', async () => {
    const bench = await setUp();

    expect(
      (await rejectionOf(prepare(begun({ expect_plan: OTHER }), bench.ports))).message,
    ).toContain('What it was is not on record here, so what has changed cannot be told.');
  });

  it.each(['{', '{"hash":1}', '[]'])(
    'is refused where that is spoilt in the bucket: %s',
    async (text) => {
      const bench = await setUp();
      await shown(bench);
      for (const key of [...bench.store.objects.keys()].filter((each) => each.includes('plans/'))) {
        bench.store.objects.set(key.replace(/[0-9a-f]{64}/, '0'.repeat(64)), text);
      }

      expect(await rejectionOf(prepare(begun({ expect_plan: OTHER }), bench.ports))).toMatchObject({
        name: 'PlanChanged',
        message: expect.stringContaining('not on record here'),
      });
    },
  );

  it('is refused in a dry run, too', async () => {
    const bench = await setUp();
    const event = { expect_plan: OTHER, execute: false };

    expect((await rejectionOf(prepare(begun(event), bench.ports))).name).toBe('PlanChanged');
  });
});

it('a run that is executed is not shown, and so keeps no plan to be compared with', async () => {
  const bench = await setUp();

  await takeSnapshot(await prepare(begun(), bench.ports), bench.ports);

  expect([...bench.store.objects.keys()].filter((key) => key.includes('plans/'))).toEqual([]);
});
