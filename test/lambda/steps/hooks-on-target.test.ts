import { afterEach, describe, expect, it } from 'vitest';
import { RefreshError } from '../../../lambda/refresh/errors.ts';
import { hooksSchema } from '../../../lambda/refresh/hooks.ts';
import { recordOf } from '../../../lambda/refresh/manifest.ts';
import { NO_GUARD, type Run, type RunGuard } from '../../../lambda/refresh/run.ts';
import { acquireGuard } from '../../../lambda/steps/acquire-guard.ts';
import { recordFailure } from '../../../lambda/steps/record-failure.ts';
import { toHost } from '../refresh/support/hooks.ts';
import { stopSimulatedArrays } from '../support/simulated-array.ts';
import { begun, failedWith, runUpTo, setUp } from './support/bench.ts';
import { manifestAt } from './support/failed-run.ts';
import { type Ends, notesOf, recordsOf, rights, throughPoint } from './support/hook-bench.ts';

afterEach(stopSimulatedArrays);

const hooks = {
  before_overwrite: [
    { ...toHost('stop'), on_abort: toHost('start') },
    { ...toHost('unmount'), on_abort: toHost('mount') },
  ],
  after_overwrite: [toHost('rescan'), toHost('open')],
  on_failure: [toHost('page')],
};
const MANIFEST = 'manifests/nightly/nightly-1.json';

/** A run that has called what comes before its overwrite, which ended like this. */
const stopped = async (ends: Ends = {}) => {
  const array = await setUp({ definition: { hooks } });
  const bench = { ...array, ports: { ...array.ports, hookRights: rights } };
  const run = await runUpTo('planOverwrite', bench);
  return { bench, ...(await throughPoint(run, 'before_overwrite', bench, ends)) };
};
const guarded = (run: Run, target: RunGuard['target']): Run => ({
  ...run,
  guard: { ...NO_GUARD, target, done: true },
});

describe('what was stopped for an overwrite', () => {
  it.each<[string, Ends, string[]]>([
    ['all of it', {}, ['mount', 'start']],
    ['what was begun', { unmount: 'Failed' }, ['mount', 'start']],
    ['not what was never sent', { unmount: { Error: 'Ssm.InvalidInstanceId' } }, ['start']],
    ['nothing', { stop: { Error: 'Ssm.InvalidInstanceId' } }, []],
  ])('is started again, the last first: %s', async (_, ends, started) => {
    const { bench, run } = await stopped(ends);
    const { sent } = await throughPoint(guarded(run, 'untouched'), 'on_abort', bench);

    expect(sent).toEqual(started);
  });

  it('is started again to the last, and what fails of it is told beside why the run failed', async () => {
    const { bench, run } = await stopped({ unmount: 'Failed' });
    const ends = { mount: 'Failed' };
    const { run: done, sent } = await throughPoint(
      guarded(run, 'restored'),
      'on_abort',
      bench,
      ends,
    );

    expect(sent).toEqual(['mount', 'start']);
    expect(done.failure && recordOf(done.failure).message).toContain('Hook "unmount"');
    expect(done.warnings).toEqual([expect.stringContaining('Hook "mount" (on_abort')]);
  });

  it.each<RunGuard['target']>(['refreshed', null])(
    'is not started on a target that is not what it was (%s)',
    async (target) => {
      const { bench, run } = await stopped();
      const overwriting = guarded(await acquireGuard(run, bench.ports), target);
      bench.store.put('runs/nightly-1/overwrite.json', {
        number: 1,
        begun: run.started,
        ended: null,
        changing: true,
        lost: false,
      });
      const { sent } = await throughPoint(overwriting, 'on_abort', bench);

      expect(sent).toEqual([]);
      expect((await recordsOf(bench.store)).slice(2)).toEqual([
        'on_abort mount SKIPPED',
        'on_abort start SKIPPED',
      ]);
    },
  );

  it('is not started while another run holds the target, whether or not that knows of hooks', async () => {
    const { bench, run } = await stopped();
    const other = begun({ execute: true }, 'nightly-other');
    const otherBench = {
      ...bench,
      ports: { ...bench.ports, executionState: async () => 'dead' as const },
    };
    bench.store.put('refreshes/nightly.json', {
      ...Object(bench.store.json('refreshes/nightly.json')),
      hooks: {},
      snapshot_name: 's2',
    });
    await runUpTo('acquireGuard', otherBench, other);
    const { sent } = await throughPoint(guarded(run, 'untouched'), 'on_abort', bench);

    expect(sent).toEqual([]);
    expect((await notesOf(bench.store)).records.at(-1)).toMatchObject({
      status: 'SKIPPED',
      problem: 'Run "nightly-other" holds the target.',
    });
  });
});

describe('what follows on an overwrite', () => {
  it('is called in its order', async () => {
    const { bench, run } = await stopped();
    const { sent, run: done } = await throughPoint(
      guarded(run, 'refreshed'),
      'after_overwrite',
      bench,
    );

    expect(sent).toEqual(['rescan', 'open']);
    expect(done.failure).toBeUndefined();
    expect(manifestAt(bench.store, MANIFEST)).toMatchObject({
      status: 'RUNNING',
      target: 'refreshed',
    });
  });

  it('is not called where the target is another run’s by now, and the run fails of that', async () => {
    const { bench, run } = await stopped();
    for (const key of bench.store.objects.keys()) {
      if (!key.startsWith('runs/_targets/')) continue;
      const held = Object(bench.store.json(key));
      bench.store.put(key, { ...held, run: 'nightly-2', execution: 'arn:execution:nightly-2' });
    }
    const { sent, run: done } = await throughPoint(
      guarded(run, 'refreshed'),
      'after_overwrite',
      bench,
    );

    expect(sent).toEqual([]);
    expect(done.failure?.Error).toBe('RefreshInProgress');
  });
});

describe('a run that failed', () => {
  const broken = new RefreshError('ArrayUnavailable', 'No answer.', 'Look.');

  it('has in its manifest what became of the hooks that were told of it, and leaves none', async () => {
    const { bench, run } = await stopped();
    const recorded = await recordFailure(failedWith(run, broken), bench.ports);
    expect(manifestAt(bench.store, MANIFEST).hooks).toHaveLength(2);
    await throughPoint(recorded, 'on_failure', bench, { page: 'Failed' });

    const manifest = manifestAt(bench.store, MANIFEST);
    expect(manifest).toMatchObject({
      status: 'FAILED',
      error: { name: 'ArrayUnavailable' },
      warnings: [expect.stringContaining('Hook "page" (on_failure')],
    });
    expect(manifest.hooks.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'stop SUCCEEDED',
      'unmount SUCCEEDED',
      'page FAILED',
    ]);
    expect(bench.store.json('manifests/nightly/latest.json')).toEqual(bench.store.json(MANIFEST));
    expect((await notesOf(bench.store)).is_over).toBe(true);
  });

  it('with a mixed target leaves what it has stopped to who puts it back', async () => {
    const { bench, run } = await stopped();
    const mixed = failedWith(guarded(run, null), broken);
    bench.store.put('runs/nightly-1/overwrite.json', {
      number: 1,
      begun: run.started,
      ended: null,
      changing: true,
      lost: false,
    });
    const recorded = await recordFailure(mixed, bench.ports);
    await throughPoint(recorded, 'on_failure', bench);

    expect(recorded.target).toBe('mixed');
    expect((await notesOf(bench.store)).is_over).toBe(false);
  });

  it.each([
    ['before it noted any hook', true, ['page']],
    ['as a dry run', false, []],
  ])('of what Prepare refused, %s', async (_, execute, called) => {
    const array = await setUp({ definition: { hooks, execute } });
    const bench = { ...array, ports: { ...array.ports, hookRights: rights } };
    const recorded = await recordFailure(failedWith(begun(), broken), bench.ports);

    expect(recorded.has_hooks.on_failure).toBe(execute);
    if (execute) {
      const { sent } = await throughPoint(recorded, 'on_failure', bench);
      expect(sent).toEqual(called);
    }
    expect(hooksSchema.parse(hooks).on_failure).toHaveLength(1);
  });
});
