import { afterEach, describe, expect, it } from 'vitest';
import { RefreshError } from '../../../lambda/refresh/errors.ts';
import { manifestSchema } from '../../../lambda/refresh/manifest.ts';
import { recordResult } from '../../../lambda/steps/record-result.ts';
import { stopSimulatedArrays } from '../support/simulated-array.ts';
import { begun, failedWith, runUpTo, setUp } from './support/bench.ts';

afterEach(stopSimulatedArrays);

const FOLDER = 'manifests/nightly';

describe('the manifest', () => {
  it('of a refresh tells what the target holds now', async () => {
    const bench = await setUp();
    const run = await runUpTo('releaseGuard', bench);

    const recorded = await recordResult(run, bench.ports);

    expect(recorded).toMatchObject({
      status: 'SUCCEEDED',
      target: 'refreshed',
      manifest: `${FOLDER}/nightly-1.json`,
    });
    const manifest = manifestSchema.parse(bench.store.json(`${FOLDER}/nightly-1.json`));
    expect(manifest).toMatchObject({
      status: 'SUCCEEDED',
      target: 'refreshed',
      snapshot: { name: 'prd-pg.s1', created: '2026-11-24T01:00:00.000Z', reused: false },
      plan_hash: run.plan_hash,
      execute_with: null,
      verified: 'created',
      guard: 'dev-pg.before-s1',
      pairs: [{ target: { name: 'dev-data' } }, { target: { name: 'dev-fra' } }],
      excluded: [{ id: 'id-of-prd-config', name: 'prd-config' }],
      warnings: [],
      error: null,
    });
    expect(bench.store.json(`${FOLDER}/latest.json`)).toEqual(manifest);
    expect(bench.store.json(`${FOLDER}/current.json`)).toEqual(manifest);
    expect(bench.store.objects.get(`${FOLDER}/nightly-1.volumes.txt`)).toBe(
      'prd-pg.s1.prd-data\nprd-pg.s1.prd-fra\n',
    );
  });

  it('of a refresh whose guard could not be released says so, and that the target is complete', async () => {
    const bench = await setUp();
    const run = await runUpTo('verifyTarget', bench);
    const error = new RefreshError('ArrayThrottled', 'Too many.', 'Wait.');
    const { failure: release_failure } = failedWith(run, error);

    const recorded = await recordResult({ ...run, release_failure }, bench.ports);

    expect(recorded).toMatchObject({ status: 'SUCCEEDED', target: 'refreshed' });
    expect(bench.store.json(`${FOLDER}/nightly-1.json`)).toMatchObject({
      status: 'SUCCEEDED',
      guard: 'dev-pg.refresh-in-progress',
      warnings: [
        'The target is complete, but its guard "dev-pg.refresh-in-progress" could not be released; the next run does it. Too many.',
      ],
    });
  });

  it('of a dry run has the event that executes exactly what it shows', async () => {
    const bench = await setUp();
    const event = { execute: false, snapshot_name: 's2', ignore_match: true };
    const run = await runUpTo('prepare', bench, begun(event));

    await recordResult(run, bench.ports);

    expect(bench.store.json(`${FOLDER}/nightly-1.json`)).toMatchObject({
      execute_with: {
        refresh: 'nightly',
        execute: true,
        snapshot_name: 's2',
        ignore_match: true,
        expect_plan: run.plan_hash,
      },
      verified: null,
      guard: null,
    });
  });

  it('of a dry run leaves alone what tells of the target', async () => {
    const bench = await setUp();
    const run = await runUpTo('prepare', bench, begun({ execute: false }));

    expect(await recordResult(run, bench.ports)).toMatchObject({
      status: 'PLANNED',
      target: 'untouched',
    });
    expect(bench.store.objects.has(`${FOLDER}/current.json`)).toBe(false);
    expect(bench.store.objects.has(`${FOLDER}/latest.json`)).toBe(true);
    expect(bench.changes()).toEqual([]);
  });

  it.each([
    [false, 'PLANNED'],
    [true, 'SNAPSHOT_ONLY'],
  ] as const)('of a refresh without a target (execute: %j): %s', async (execute, status) => {
    const bench = await setUp({ definition: { target_protection_group: undefined, execute } });
    const run = await runUpTo(execute ? 'takeSnapshot' : 'prepare', bench);

    expect(await recordResult(run, bench.ports)).toMatchObject({ status, target: 'none' });
    expect(bench.store.objects.has(`${FOLDER}/current.json`)).toBe(false);
  });
});

describe('the manifest of a run that only cleared up', () => {
  it.each([
    ['dev-pg', 'untouched'],
    [undefined, 'none'],
  ] as const)('with the target group %j: %s', async (target_protection_group, target) => {
    const bench = await setUp({ definition: { target_protection_group } });
    const run = await runUpTo('prepare', bench, begun({ recover: 'nightly-0' }));

    expect(await recordResult(run, bench.ports)).toMatchObject({ status: 'SUCCEEDED', target });
    expect(bench.store.json(`${FOLDER}/nightly-1.json`)).toMatchObject({
      mode: 'recover',
      recovered: { run: 'nightly-0', outcome: 'nothing' },
    });
    expect(bench.changes()).toEqual([]);
  });
});

describe('the array session', () => {
  it('is ended', async () => {
    const bench = await setUp();

    await recordResult(await runUpTo('releaseGuard', bench), bench.ports);

    expect(bench.simulator.requests().at(-1)?.path).toMatch(/\/logout$/);
  });

  it('that cannot be ended does not make a failure of a success', async () => {
    const bench = await setUp();
    const run = await runUpTo('releaseGuard', bench);
    const ports = { ...bench.ports, sourceArray: () => Promise.reject(new Error('Throttled')) };

    expect(await recordResult(run, ports)).toMatchObject({ status: 'SUCCEEDED' });
  });
});
