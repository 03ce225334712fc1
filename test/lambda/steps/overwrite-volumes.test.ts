import { afterEach, describe, expect, it } from 'vitest';
import { overwriteVolumes } from '../../../lambda/steps/overwrite-volumes.ts';
import { rejectionOf } from '../support/refusals.ts';
import { ARRAY, stopSimulatedArrays, twoDatabases, volume } from '../support/simulated-array.ts';
import { type Bench, begun, runUpTo, setUp } from './support/bench.ts';
import { changesAfter, guarded, hasBegun } from './support/planned-run.ts';

afterEach(stopSimulatedArrays);

/** The last version without `POST /volumes/batch`, and the first with it but without its trial. */
const ONE_BY_ONE = '2.31';
const UNTRIED = '2.32';

const mappingsOf = async ({ array }: Bench) =>
  Object.fromEntries(await array.mappings(['dev-data', 'dev-fra']));

const refreshed = { 'dev-data': 'id-of-prd-data', 'dev-fra': 'id-of-prd-fra' };

describe.each(['2.4', ONE_BY_ONE, UNTRIED, '2.33', '2.56'])(
  'overwriting by REST %s',
  (restVersion) => {
    it('gives each target the content of the snapshot and its source as a tag', async () => {
      const { bench, run } = await guarded({ restVersion });
      const [data, fra] = [bench.content('prd-data'), bench.content('prd-fra')];
      bench.simulator.write(ARRAY, 'prd-data', 'written after the snapshot');

      await overwriteVolumes(run, bench.ports);

      expect([bench.content('dev-data'), bench.content('dev-fra')]).toEqual([data, fra]);
      expect(await mappingsOf(bench)).toEqual(refreshed);
      expect(hasBegun(bench)).toBe(true);
    });

    it('twice comes to the same, but that the array may still be at work is waited for', async () => {
      const { bench, run } = await guarded({ restVersion });

      const first = await overwriteVolumes(run, bench.ports);
      const state = bench.simulator.state();
      const second = await overwriteVolumes(run, bench.ports);

      expect(second).toEqual({
        ...first,
        guard: { ...first.guard, in_doubt: true, wait_seconds: 60 },
      });
      expect(bench.simulator.state()).toEqual(state);
    });
  },
);

/** The lock says from then on that volumes may have been overwritten. */
const NOTE = 'PUT /volume-snapshots/tags/batch';

describe('how many requests', () => {
  it.each<[string, string[]]>([
    ['2.56', ['POST /volumes/batch/test', NOTE, 'POST /volumes/batch']],
    [UNTRIED, [NOTE, 'POST /volumes/batch']],
    [
      ONE_BY_ONE,
      [
        NOTE,
        'POST /volumes',
        'POST /volumes',
        'PUT /volumes/tags/batch',
        'PUT /volumes/tags/batch',
      ],
    ],
  ])('by REST %s: %j', async (restVersion, expected) => {
    const { bench, run } = await guarded({ restVersion });
    const before = bench.requests().length;

    await overwriteVolumes(run, bench.ports);

    expect(
      bench
        .requests()
        .slice(before)
        .filter((call) => !call.startsWith('GET')),
    ).toEqual(expected);
  });

  it('one by one, tags that are right already are not written', async () => {
    const tagged = (name: string, gib: number, source: string) =>
      volume(name, gib, { tags: { snapshot_mapping: `id-of-${source}` } });
    const { bench, run, changesSince } = await guarded({
      restVersion: ONE_BY_ONE,
      state: {
        ...twoDatabases,
        volumes: [
          ...(twoDatabases.volumes ?? []).slice(0, 3),
          tagged('dev-fra', 40, 'prd-fra'),
          volume('dev-data', 120),
        ],
      },
    });

    await overwriteVolumes(run, bench.ports);

    expect(changesSince()).toEqual([
      NOTE,
      'POST /volumes',
      'POST /volumes',
      'PUT /volumes/tags/batch',
    ]);
    expect(await mappingsOf(bench)).toEqual(refreshed);
  });
});

describe('an array that refuses', () => {
  const refused = { status: 400, body: { errors: [{ context: 'dev-fra', message: 'No.' }] } };

  it('in the trial: nothing was begun', async () => {
    const { bench, run, changesSince } = await guarded();
    bench.simulator.addFaults([
      {
        path: '/volumes/batch/test',
        effect: {
          status: 200,
          body: {
            items: [{ success: false, result_details: 'No.', resource: { name: 'dev-fra' } }],
          },
        },
      },
    ]);

    expect((await rejectionOf(overwriteVolumes(run, bench.ports))).message).toContain(
      '"dev-fra": No.',
    );
    expect(changesSince()).toEqual([]);
    expect(hasBegun(bench)).toBe(false);
  });

  it('one volume of several: no further one is begun, and none is tagged', async () => {
    const names = Array.from({ length: 20 }, (_, index) => String(10 + index));
    const { bench, run, changesSince } = await guarded({
      restVersion: ONE_BY_ONE,
      definition: { excluded_volumes: [] },
      state: {
        volumes: names.flatMap((n) => [volume(`prd-${n}`, 1), volume(`dev-${n}`, 1)]),
        protection_groups: [
          { name: 'prd-pg', volumes: names.map((n) => `prd-${n}`) },
          { name: 'dev-pg', volumes: names.map((n) => `dev-${n}`) },
        ],
      },
    });
    bench.simulator.addFaults([{ method: 'POST', path: '/volumes', nth: 5, effect: refused }]);

    expect(await rejectionOf(overwriteVolumes(run, bench.ports))).toMatchObject({
      name: 'ArrayRequestRefused',
      message: expect.stringContaining('dev-fra: No.'),
    });
    // The fifth is refused; with it at most three others were under way.
    expect(changesSince().filter((call) => call === 'POST /volumes').length).toBeLessThanOrEqual(8);
    expect(changesSince()).not.toContain('PUT /volumes/tags/batch');
    expect(hasBegun(bench)).toBe(true);
  });
});

describe('nothing is overwritten', () => {
  it('on a dry run', async () => {
    const bench = await setUp();
    const run = await runUpTo('prepare', bench, begun({ execute: false }));

    expect(await rejectionOf(overwriteVolumes(run, bench.ports))).toMatchObject({
      name: 'InvalidStepInput',
      message: 'The run is a dry run, so nothing may be changed on the array.',
    });
    expect(bench.changes()).toEqual([]);
  });

  it('without the guard', async () => {
    const bench = await setUp();
    const run = await runUpTo('planOverwrite', bench);
    const changes = changesAfter(bench);

    expect(await rejectionOf(overwriteVolumes(run, bench.ports))).toMatchObject({
      name: 'InvalidStepInput',
      message: 'The run holds no guard.',
    });
    expect(changes()).toEqual([]);
  });

  it('without a target group', async () => {
    const bench = await setUp({ definition: { target_protection_group: undefined } });
    const run = await runUpTo('takeSnapshot', bench);
    const changes = changesAfter(bench);

    expect((await rejectionOf(overwriteVolumes(run, bench.ports))).name).toBe('InvalidStepInput');
    expect(changes()).toEqual([]);
  });
});
