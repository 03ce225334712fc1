import { afterEach, describe, expect, it } from 'vitest';
import { acquireGuard } from '../../../lambda/steps/acquire-guard.ts';
import { prepare } from '../../../lambda/steps/prepare.ts';
import { rejectionOf } from '../support/refusals.ts';
import { ARRAY, stopSimulatedArrays, twoDatabases, volume } from '../support/simulated-array.ts';
import { type Bench, type BenchOptions, begun, setUp } from './support/bench.ts';
import { changesAfter, planned } from './support/planned-run.ts';

afterEach(stopSimulatedArrays);

type Loads = Readonly<Record<string, readonly [reads: number, writes: number]>>;

const load = ({ simulator }: Bench, loads: Loads): void => {
  for (const [name, [reads, writes]] of Object.entries(loads)) {
    simulator.setPerformance(ARRAY, name, { reads_per_sec: reads, writes_per_sec: writes });
  }
};
const loaded = async (loads: Loads, options: BenchOptions = {}): Promise<Bench> => {
  const bench = await setUp(options);
  load(bench, loads);
  return bench;
};

describe('a target that is in use', () => {
  it.each<[string, Loads, string]>([
    ['written to', { 'dev-fra': [0, 1] }, '"dev-fra" 1 writes/s and 0 reads/s.'],
    [
      'written to ever so little',
      { 'dev-fra': [0, 0.04] },
      '"dev-fra" 0.04 writes/s and 0 reads/s.',
    ],
    ['read', { 'dev-data': [5.26, 0] }, '"dev-data" 0 writes/s and 5.3 reads/s.'],
    [
      'both',
      { 'dev-data': [812, 40], 'dev-fra': [0, 7] },
      '"dev-data" 40 writes/s and 812 reads/s, "dev-fra" 7 writes/s and 0 reads/s.',
    ],
  ])('has the run refused with the figures: %s', async (_, loads, figures) => {
    const bench = await loaded(loads);

    expect(await rejectionOf(prepare(begun(), bench.ports))).toMatchObject({
      name: 'TargetInUse',
      message: `The target is in use: ${figures}`,
      remedy: expect.stringContaining('idle_target_max_reads'),
    });
  });

  it.each<[string, Loads, BenchOptions['definition'] & object]>([
    ['a few reads are the odd look', { 'dev-fra': [5, 0] }, {}],
    ['more reads are allowed', { 'dev-fra': [80, 0] }, { idle_target_max_reads: 80 }],
    ['use is allowed', { 'dev-fra': [900, 900] }, { require_idle_target: false }],
    ['production is in use', { 'prd-fra': [900, 900] }, {}],
  ])('is none where %s', async (_, loads, definition) => {
    const bench = await loaded(loads, { definition });

    expect((await prepare(begun(), bench.ports)).warnings).toEqual([]);
  });

  it('is told of in a dry run', async () => {
    const bench = await loaded({ 'dev-fra': [0, 3] });

    const run = await prepare(begun({ execute: false }), bench.ports);

    expect(run.warnings).toEqual([
      'As it is now, an execution would be refused. The target is in use: "dev-fra" 3 writes/s and 0 reads/s.',
    ]);
  });

  it('has only ten volumes named', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `dev-${10 + index}`);
    const bench = await loaded(Object.fromEntries(names.map((name) => [name, [0, 1]])), {
      definition: { excluded_volumes: [] },
      state: {
        volumes: [volume('prd-data', 1), ...names.map((name) => volume(name, 1))],
        protection_groups: [
          { name: 'prd-pg', volumes: ['prd-data'] },
          { name: 'dev-pg', volumes: names },
        ],
      },
    });

    const { message } = await rejectionOf(prepare(begun(), bench.ports));

    expect(message).toContain('"dev-19" 1 writes/s and 0 reads/s and 2 more.');
    expect(message).not.toContain('"dev-20"');
  });

  it('is noticed once more when the guard is taken, as far as it is overwritten', async () => {
    const { bench, run } = await planned();
    const changes = changesAfter(bench);
    load(bench, { 'dev-data': [0, 2] });

    expect((await rejectionOf(acquireGuard(run, bench.ports))).message).toBe(
      'The target is in use: "dev-data" 2 writes/s and 0 reads/s.',
    );
    expect(changes()).not.toContainEqual(expect.stringMatching(/ \/volumes/));
  });

  it('costs no request where nobody wants to know', async () => {
    const bench = await setUp({ definition: { require_idle_target: false } });

    await prepare(begun(), bench.ports);

    expect(bench.requests()).not.toContain('GET /volumes/performance');
  });
});

describe('a target that cannot be written', () => {
  const withTargets = (fra: object, data: object = {}) => ({
    ...twoDatabases,
    volumes: [
      ...(twoDatabases.volumes ?? []).slice(0, 3),
      volume('dev-fra', 40, fra),
      volume('dev-data', 120, data),
    ],
  });
  const demoted = { promotion_status: 'demoted' };
  const endpoint = { subtype: 'protocol_endpoint' };

  it.each<[string, object, object, string]>([
    ['is demoted', demoted, {}, 'Not promoted, so they take no writes: "dev-fra".'],
    ['is a protocol endpoint', endpoint, {}, 'Protocol endpoints, which hold no data: "dev-fra".'],
    [
      'is one or the other',
      endpoint,
      demoted,
      'Protocol endpoints, which hold no data: "dev-fra". Not promoted, so they take no writes: "dev-data".',
    ],
  ])('%s: refused, in a dry run too', async (_, fra, data, problem) => {
    const bench = await setUp({ state: withTargets(fra, data) });

    for (const execute of [true, false]) {
      expect(await rejectionOf(prepare(begun({ execute }), bench.ports))).toMatchObject({
        name: 'TargetNotWritable',
        message: `In the target group are volumes that cannot be overwritten. ${problem}`,
      });
    }
    expect(bench.changes()).toEqual([]);
  });

  it('is found out without a request of its own, and not of an array that does not tell', async () => {
    const bench = await setUp({ restVersion: '2.2' });

    await expect(prepare(begun(), bench.ports)).resolves.toMatchObject({ warnings: [] });
    expect(bench.requests().filter((call) => call === 'GET /volumes')).toHaveLength(1);
  });
});
