import { afterEach, describe, expect, it } from 'vitest';
import { RefreshError } from '../../../lambda/refresh/errors.ts';
import { manifestSchema } from '../../../lambda/refresh/manifest.ts';
import type { Run } from '../../../lambda/refresh/run.ts';
import { overwriteVolumes } from '../../../lambda/steps/overwrite-volumes.ts';
import { prepare } from '../../../lambda/steps/prepare.ts';
import { recordFailure } from '../../../lambda/steps/record-failure.ts';
import type { Fault } from '../../../local/array/simulator.ts';
import type { MemoryStore } from '../support/memory-store.ts';
import { stopSimulatedArrays, twoDatabases, volume } from '../support/simulated-array.ts';
import {
  type Bench,
  type BenchOptions,
  begun,
  failedWith,
  runUpTo,
  setUp,
} from './support/bench.ts';

afterEach(stopSimulatedArrays);

const ONE_BY_ONE = '2.31';
const FOLDER = 'manifests/nightly';

/** The error with which `underWay` fails. */
const errorOf = (underWay: Promise<unknown>): Promise<Error> =>
  underWay.then(
    () => Promise.reject(new Error('This should have failed.')),
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );

/** A run whose overwrite fails of these faults, as the machine hands it to the recording step. */
const failedOverwrite = async (
  faults: readonly Fault[],
  options: BenchOptions = {},
): Promise<{ bench: Bench; failed: Run }> => {
  const bench = await setUp(options);
  const run = await runUpTo('planOverwrite', bench);
  bench.simulator.addFaults(faults);
  const error = await errorOf(overwriteVolumes(run, bench.ports));
  bench.simulator.clearFaults();
  return { bench, failed: failedWith(run, error) };
};

const manifestAt = (store: MemoryStore, key: string) => manifestSchema.parse(store.json(key));

const refusing = (path: string, nth = 1): Fault => ({
  method: 'POST',
  path,
  nth,
  effect: { status: 400, body: { errors: [{ context: 'dev-fra', message: 'No.' }] } },
});
const silentAfter = (path: string): Fault => ({ path, effect: { hang_up: 'after' } });
const silentBefore = (path: string): Fault => ({ path, effect: { hang_up: 'before' } });

describe('the manifest of a failed run', () => {
  it('says why, and what to do', async () => {
    const { bench, failed } = await failedOverwrite([refusing('/volumes/batch')]);

    const recorded = await recordFailure(failed, bench.ports);

    expect(recorded).toMatchObject({
      status: 'FAILED',
      target: 'untouched',
      manifest: `${FOLDER}/nightly-1.json`,
      error: {
        name: 'ArrayRequestRefused',
        message: expect.stringContaining('POST /volumes/batch with 400: dev-fra: No.'),
        remedy: 'Act on what the array says, then run again.',
      },
    });
    expect(manifestAt(bench.store, `${FOLDER}/nightly-1.json`)).toMatchObject({
      status: 'FAILED',
      target: 'untouched',
      plan_hash: failed.plan_hash,
      pairs: [{ target: { name: 'dev-data' } }, { target: { name: 'dev-fra' } }],
      warnings: [],
      error: recorded.error,
    });
    expect(bench.store.json(`${FOLDER}/latest.json`)).toEqual(
      bench.store.json(`${FOLDER}/nightly-1.json`),
    );
    expect(bench.store.objects.get(`${FOLDER}/nightly-1.volumes.txt`)).toBe(
      'prd-pg.s1.prd-data\nprd-pg.s1.prd-fra\n',
    );
  });

  it('of a run that Prepare refused has what its definition says', async () => {
    const bench = await setUp({ definition: { excluded_volumes: ['nothing'] } });
    const error = await errorOf(prepare(begun({ trigger: 'schedule' }), bench.ports));

    await recordFailure(failedWith(begun({ trigger: 'schedule' }), error), bench.ports);

    expect(manifestAt(bench.store, `${FOLDER}/nightly-1.json`)).toMatchObject({
      refresh: 'nightly',
      trigger: 'schedule',
      target: 'untouched',
      source_protection_group: 'prd-pg',
      target_protection_group: 'dev-pg',
      pairs: [],
      error: { name: 'ExclusionMatchesNothing' },
    });
  });

  it.each([
    [{ refresh: 'weekly' }, 'UnknownRefresh'],
    [{ refresh: '../../elsewhere' }, 'UnknownRefresh'],
    [{ refresh: 'nightly', exclude: [] }, 'InvalidEvent'],
  ])('of nobody knows which refresh (%j) lies apart', async (event, name) => {
    const bench = await setUp();
    const error = await errorOf(prepare(begun(event), bench.ports));

    await recordFailure(failedWith(begun(event), error), bench.ports);

    expect(manifestAt(bench.store, 'manifests/_unknown/nightly-1.json')).toMatchObject({
      refresh: null,
      target: 'untouched',
      error: { name },
    });
    expect([...bench.store.objects.keys()].filter((key) => key.startsWith('manifests/'))).toEqual([
      'manifests/_unknown/nightly-1.volumes.txt',
      'manifests/_unknown/nightly-1.json',
      'manifests/_unknown/latest.json',
    ]);
  });

  it('is written without an array: its credentials may be what was wrong', async () => {
    const bench = await setUp();
    const error = new RefreshError('InvalidCredentials', 'No token.', 'Put one there.');
    const ports = { ...bench.ports, sourceArray: () => Promise.reject(error) };

    const recorded = await recordFailure(failedWith(begun(), error), ports);

    expect(recorded).toMatchObject({ target: 'untouched', error: { name: 'InvalidCredentials' } });
  });

  it('ends the array session', async () => {
    const { bench, failed } = await failedOverwrite([refusing('/volumes/batch')]);

    await recordFailure(failed, bench.ports);

    expect(bench.simulator.requests().at(-1)?.path).toMatch(/\/logout$/);
  });
});

describe('what the target holds after', () => {
  const targetOf = async ({ bench, failed }: { bench: Bench; failed: Run }) => {
    const { target } = await recordFailure(failed, bench.ports);
    const { warnings } = manifestAt(bench.store, `${FOLDER}/nightly-1.json`);
    return { target, warnings, isCurrent: bench.store.objects.has(`${FOLDER}/current.json`) };
  };

  it('a refused overwrite: what it held before', async () => {
    expect(await targetOf(await failedOverwrite([refusing('/volumes/batch')]))).toEqual({
      target: 'untouched',
      warnings: [],
      isCurrent: false,
    });
  });

  it('a failure before the overwrite: what it held before', async () => {
    const bench = await setUp();
    const run = await runUpTo('takeSnapshot', bench);
    const failed = failedWith(run, new Error('Task timed out'));

    expect(await targetOf({ bench, failed })).toMatchObject({ target: 'untouched', warnings: [] });
  });

  it('a refresh without a target: there is none', async () => {
    const bench = await setUp({ definition: { target_protection_group: undefined } });
    const failed = failedWith(await runUpTo('prepare', bench), new Error('Task timed out'));

    expect(await targetOf({ bench, failed })).toMatchObject({ target: 'none' });
  });

  it('an overwrite whose answer got lost: the snapshot', async () => {
    const lost = await failedOverwrite([silentAfter('/volumes/batch')]);

    expect(await targetOf(lost)).toEqual({ target: 'refreshed', warnings: [], isCurrent: true });
  });

  it('an overwrite that got no answer and shows no effect: what it held before, as yet', async () => {
    expect(await targetOf(await failedOverwrite([silentBefore('/volumes/batch')]))).toEqual({
      target: 'untouched',
      warnings: [expect.stringContaining('may still be carried out')],
      isCurrent: false,
    });
  });

  it('one volume of two: some of each', async () => {
    const half = await failedOverwrite([refusing('/volumes', 2)], { restVersion: ONE_BY_ONE });

    expect(await targetOf(half)).toEqual({ target: 'mixed', warnings: [], isCurrent: true });
  });

  it('contents without their tags: the snapshot', async () => {
    const untagged = await failedOverwrite(
      [{ path: '/volumes/tags/batch', effect: { status: 400 } }],
      { restVersion: ONE_BY_ONE },
    );

    expect(await targetOf(untagged)).toMatchObject({ target: 'refreshed', isCurrent: true });
  });

  it('a target that bore the snapshot’s time before: nobody can tell, so some of each', async () => {
    const created = Date.parse('2026-11-20T00:00:00Z');
    const again = await failedOverwrite([refusing('/volumes/batch')], {
      state: {
        ...twoDatabases,
        volumes: [
          ...(twoDatabases.volumes ?? []).slice(0, 3),
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
    });

    expect(await targetOf(again)).toMatchObject({ target: 'mixed' });
  });

  it.each<[string, (bench: Bench) => void]>([
    [
      'does not answer',
      ({ simulator }) => simulator.addFaults([{ times: 0, effect: { hang_up: 'before' } }]),
    ],
    [
      'does not know a target any more',
      ({ simulator }) =>
        simulator.addFaults([
          {
            path: '/volumes',
            effect: { status: 400, body: { errors: [{ message: 'Volume does not exist.' }] } },
          },
        ]),
    ],
    [
      'is one whose plan cannot be read',
      ({ store }) => store.objects.set('runs/nightly-1/plan.json', '{'),
    ],
  ])('an array that %s: taken as some of each, with a warning', async (_, spoil) => {
    const failure = await failedOverwrite([silentAfter('/volumes/batch')]);
    spoil(failure.bench);

    expect(await targetOf(failure)).toEqual({
      target: 'mixed',
      warnings: [expect.stringContaining('could not be looked at')],
      isCurrent: true,
    });
  });

  it('a bucket that does not answer: taken as some of each', async () => {
    const { bench, failed } = await failedOverwrite([silentAfter('/volumes/batch')]);
    const { store } = bench;
    const ports = {
      ...bench.ports,
      store: {
        read: (key: string) =>
          key.startsWith('runs/') ? Promise.reject(new Error('SlowDown')) : store.read(key),
        write: (key: string, text: string) => store.write(key, text),
        list: (prefix: string) => store.list(prefix),
      },
    };

    expect((await recordFailure(failed, ports)).target).toBe('mixed');
  });
});

describe('the document that flows', () => {
  it('stays small however many volumes there are and whatever is wrong with them', async () => {
    const long = (kind: string, index: number) => `${kind}-${'x'.repeat(50)}-${1_000 + index}`;
    const many = Array.from({ length: 400 }, (_, index) => index);
    const bench = await setUp({
      definition: { excluded_volumes: [] },
      state: {
        volumes: many.flatMap((index) => [
          volume(long('prd', index), 2),
          volume(long('dev', index), 1, index % 2 ? { tags: { snapshot_mapping: 'gone' } } : {}),
        ]),
        protection_groups: [
          { name: 'prd-pg', volumes: many.map((index) => long('prd', index)) },
          { name: 'dev-pg', volumes: many.map((index) => long('dev', index)) },
        ],
      },
    });
    const error = await errorOf(prepare(begun(), bench.ports));
    const failed = failedWith(begun(), error);

    const recorded = await recordFailure(failed, bench.ports);

    expect(recorded.error?.name).toBe('PairingIncomplete');
    expect(JSON.stringify(recorded).length).toBeLessThan(16 * 1024);
  });
});
