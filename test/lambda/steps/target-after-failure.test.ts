import { afterEach, describe, expect, it } from 'vitest';
import { acquireGuard } from '../../../lambda/steps/acquire-guard.ts';
import { recordFailure } from '../../../lambda/steps/record-failure.ts';
import type { Fault } from '../../../local/array/simulator.ts';
import { ARRAY, stopSimulatedArrays, twoDatabases, volume } from '../support/simulated-array.ts';
import { type Bench, type BenchOptions, failedWith, runUpTo, setUp } from './support/bench.ts';
import {
  errorOf,
  failedOverwrite,
  manifestAt,
  refusing,
  rolledBack,
  silentAfter,
  silentBefore,
} from './support/failed-run.ts';
import { planned } from './support/planned-run.ts';

afterEach(stopSimulatedArrays);

const ONE_BY_ONE = '2.31';
const FOLDER = 'manifests/nightly';
const MANIFEST = `${FOLDER}/nightly-1.json`;
const LOCK = 'dev-pg.refresh-in-progress';

const { volumes = [] } = twoDatabases;
/** The time that the targets, and a snapshot from before the run, bear alike. */
const created = Date.parse('2026-11-20T00:00:00Z');
const sameTime: BenchOptions = {
  state: {
    ...twoDatabases,
    volumes: [
      ...volumes.slice(0, 3),
      volume('dev-fra', 40, { created }),
      volume('dev-data', 120, { created }),
    ],
    protection_groups: [
      {
        name: 'prd-pg',
        volumes: ['prd-fra', 'prd-data', 'prd-config'],
        snapshots: [{ suffix: 's1', created }],
      },
      { name: 'dev-pg', volumes: ['dev-fra', 'dev-data'] },
    ],
  },
};
const tagged: BenchOptions = {
  state: {
    ...twoDatabases,
    volumes: [
      ...volumes.slice(0, 3),
      volume('dev-fra', 40, { tags: { snapshot_mapping: 'id-of-prd-fra' } }),
      volume('dev-data', 120),
    ],
  },
};

/** What is on the targets, and what they are tagged with. */
const targetsOf = async ({ array, content }: Bench) => ({
  contents: [content('dev-data'), content('dev-fra')],
  mappings: Object.fromEntries(await array.mappings(['dev-data', 'dev-fra'])),
});
const guardsOf = ({ simulator }: Bench) =>
  simulator
    .state()
    .arrays[0]?.snapshots.map(({ name }) => name)
    .filter((name) => name.startsWith('dev-pg.'));

describe('what the target holds after', () => {
  it.each<[string, Fault, BenchOptions]>([
    ['a refused overwrite', refusing('/volumes/batch'), {}],
    ['an overwrite whose answer got lost', silentAfter('/volumes/batch'), {}],
    ['an overwrite that got no answer and shows no effect', silentBefore('/volumes/batch'), {}],
    ['one volume of two', refusing('/volumes', 2), { restVersion: ONE_BY_ONE }],
    [
      'contents without their tags',
      { path: '/volumes/tags/batch', effect: { status: 400 } },
      { restVersion: ONE_BY_ONE },
    ],
    ['targets of which one was tagged', silentAfter('/volumes/batch'), tagged],
    [
      'targets of which one was tagged, and one tag of two',
      { path: '/volumes/tags/batch', effect: { hang_up: 'after' } },
      { ...tagged, restVersion: ONE_BY_ONE },
    ],
    ['targets that bore the snapshot’s time before', silentAfter('/volumes/batch'), sameTime],
  ])('%s: what it held before, put back', async (_, fault, options) => {
    const fresh = await setUp(options);
    const before = await targetsOf(fresh);
    const { bench, failed } = await failedOverwrite([fault], options);

    const { run, waits } = await rolledBack(failed, bench.ports, bench);
    const { target } = await recordFailure(run, bench.ports);

    expect(await targetsOf(bench)).toEqual(before);
    expect(target).toBe('restored');
    // As long as a request may still be carried out.
    expect(waits).toEqual([60]);
    expect(guardsOf(bench)).toEqual([expect.stringMatching(/^dev-pg\.restored-[0-9a-f]{16}$/)]);
    expect(manifestAt(bench.store, MANIFEST)).toMatchObject({
      target: 'restored',
      guard: guardsOf(bench)?.[0],
      recovery_steps: [],
      warnings: [],
    });
    expect(bench.store.objects.has(`${FOLDER}/current.json`)).toBe(false);
  });

  it('a guard that could not be taken: what it held before, never touched', async () => {
    const { bench, run } = await planned();
    bench.simulator.setPerformance(ARRAY, 'dev-fra', { reads_per_sec: 0, writes_per_sec: 7 });
    const before = await targetsOf(bench);
    const failed = failedWith(run, await errorOf(acquireGuard(run, bench.ports)));

    const { run: done, waits } = await rolledBack(failed, bench.ports, bench);

    expect((await recordFailure(done, bench.ports)).target).toBe('untouched');
    expect(waits).toEqual([]);
    expect(await targetsOf(bench)).toEqual(before);
    expect(guardsOf(bench)).toEqual([expect.stringContaining('dev-pg.restored-')]);
  });

  it('a failure before that: what it held before', async () => {
    const bench = await setUp();
    const run = await runUpTo('takeSnapshot', bench);
    const failed = failedWith(run, new Error('Task timed out'));

    expect((await recordFailure(failed, bench.ports)).target).toBe('untouched');
    expect(manifestAt(bench.store, MANIFEST).warnings).toEqual([]);
  });

  it('a failure after the overwrite was found complete: the snapshot', async () => {
    const bench = await setUp();
    const run = await runUpTo('releaseGuard', bench);
    const failed = failedWith(run, new Error('Task timed out'));

    expect((await recordFailure(failed, bench.ports)).target).toBe('refreshed');
    expect(bench.store.objects.has(`${FOLDER}/current.json`)).toBe(true);
  });

  it('a refresh without a target: there is none', async () => {
    const bench = await setUp({ definition: { target_protection_group: undefined } });
    const failed = failedWith(await runUpTo('prepare', bench), new Error('Task timed out'));

    expect((await recordFailure(failed, bench.ports)).target).toBe('none');
  });
});

describe('a target that cannot be put back is taken as some of each', () => {
  const lost = silentAfter('/volumes/batch');

  it.each<[string, Fault]>([
    ['the array does not answer', { times: 0, effect: { hang_up: 'before' } }],
    [
      'the array does not know a target any more',
      { method: 'GET', path: '/volumes', effect: { status: 200, body: { items: [] } } },
    ],
    ['the array refuses it', refusing('/volumes/batch')],
  ])('%s: with why, the way out, and the lock kept', async (_, fault) => {
    const { bench, failed } = await failedOverwrite([lost]);
    bench.simulator.addFaults([fault]);
    const { run } = await rolledBack(failed, bench.ports, bench);
    bench.simulator.clearFaults();

    const { target, error } = await recordFailure(run, bench.ports);

    expect(target).toBe('mixed');
    expect(guardsOf(bench)).toEqual([LOCK]);
    expect(error?.remedy).toMatch(/^THE TARGET MAY BE MIXED; do not use it\./);
    expect(error?.remedy).toContain('"recover": "nightly-1"');
    const manifest = manifestAt(bench.store, MANIFEST);
    expect(manifest).toMatchObject({
      target: 'mixed',
      error: { name: 'ArrayUnavailable' },
      warnings: [expect.stringContaining('Putting the target back failed: ')],
      recovery_steps: [
        `purevol copy --overwrite ${LOCK}.dev-data dev-data`,
        `purevol copy --overwrite ${LOCK}.dev-fra dev-fra`,
        expect.stringContaining(`Rename protection group snapshot ${LOCK} of run nightly-1`),
      ],
    });
    expect(bench.store.json(`${FOLDER}/current.json`)).toEqual(manifest);
  });

  it('the array is silent for good: with the way out that needs no array', async () => {
    const { bench, failed } = await failedOverwrite([lost]);
    bench.simulator.addFaults([{ times: 0, effect: { hang_up: 'before' } }]);
    const { run } = await rolledBack(failed, bench.ports, bench);

    const { target, error } = await recordFailure(run, bench.ports);

    expect(target).toBe('mixed');
    expect(error?.remedy).toContain(`purevol copy --overwrite ${LOCK}.VOLUME VOLUME`);
    expect(manifestAt(bench.store, MANIFEST).recovery_steps).toEqual([]);
  });

  it('the bucket does not answer', async () => {
    const { bench, failed } = await failedOverwrite([lost]);
    const { store } = bench;
    const refuse = (key: string) =>
      key.startsWith('runs/') ? Promise.reject(new Error('SlowDown')) : undefined;
    const ports = {
      ...bench.ports,
      store: {
        read: (key: string) => refuse(key) ?? store.read(key),
        readVersion: (key: string) => refuse(key) ?? store.readVersion(key),
        write: (key: string, text: string) => store.write(key, text),
        replace: (key: string, text: string, version: string | undefined) =>
          store.replace(key, text, version),
        list: (prefix: string) => store.list(prefix),
      },
    };
    const { run } = await rolledBack(failed, ports, bench);

    expect((await recordFailure(run, ports)).target).toBe('mixed');
    expect(guardsOf(bench)).toEqual([LOCK]);
  });

  it('but its plan that cannot be read does not matter: the guard knows what to put back', async () => {
    const before = await targetsOf(await setUp());
    const { bench, failed } = await failedOverwrite([lost]);
    bench.store.objects.set('runs/nightly-1/plan.json', '{');

    const { run } = await rolledBack(failed, bench.ports, bench);

    expect((await recordFailure(run, bench.ports)).target).toBe('restored');
    expect(await targetsOf(bench)).toEqual(before);
  });
});
