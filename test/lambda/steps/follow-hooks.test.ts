import { describe, expect, it } from 'vitest';
import { recordOf } from '../../../lambda/refresh/manifest.ts';
import type { HookCursor, Run } from '../../../lambda/refresh/run.ts';
import { followHooks } from '../../../lambda/steps/follow-hooks.ts';
import { FUNCTION, HOST, toHost } from '../refresh/support/hooks.ts';
import { rejectionOf } from '../support/refusals.ts';
import { manifestAt } from './support/failed-run.ts';
import {
  arriving,
  followTwice,
  noted,
  notesOf,
  recordsOf,
  throughPoint,
} from './support/hook-bench.ts';

const three = [toHost('one'), toHost('two'), toHost('three')];
const failureIn = ({ failure }: Run) => failure && recordOf(failure);
const MANIFEST = 'manifests/nightly/nightly-1.json';

describe('the hooks of a point', () => {
  it.each<HookCursor['point']>(['before_snapshot', 'after_snapshot', 'on_failure'])(
    'at %s are called one after the other, each noted before it is asked for',
    async (point) => {
      const { bench, run } = await noted({ [point]: three });

      const first = await followTwice(arriving(run, point), bench);
      expect(await recordsOf(bench.store)).toEqual([`${point} one RUNNING`]);
      expect(first.hook).toMatchObject({
        next: 'send',
        name: 'one',
        timeout_seconds: 1_800,
        instance: HOST,
        request: { DocumentName: 'AWS-RunShellScript', InstanceIds: [HOST] },
      });

      const { run: done, sent } = await throughPoint(run, point, bench);
      expect(sent).toEqual(['one', 'two', 'three']);
      expect(done).toMatchObject({ hook_count: 3, warnings: [] });
      expect(done.failure).toBeUndefined();
      expect(await recordsOf(bench.store)).toEqual(
        ['one', 'two', 'three'].map((name) => `${point} ${name} SUCCEEDED`),
      );
    },
  );

  it('are told of one by one to whoever follows the run', async () => {
    const { bench, run } = await noted({ before_snapshot: three.slice(0, 1) });
    const { run: done } = await throughPoint(run, 'before_snapshot', bench);

    expect(done.hook?.last).toEqual({ point: 'before_snapshot', name: 'one', status: 'SUCCEEDED' });
  });

  it('may call a function with what it is to know, and nothing of what it answered stays in the run', async () => {
    const { bench, run } = await noted({ before_snapshot: [{ lambda: FUNCTION }] });

    const called = await followTwice(arriving(run, 'before_snapshot'), bench);
    expect(called.hook).toMatchObject({
      next: 'call',
      function: FUNCTION,
      request: {
        run: 'nightly-1',
        point: 'before_snapshot',
        manifest: `s3://bucket/${MANIFEST}`,
        plan_hash: 'abc',
        pairs: [{ source: 'prd-data', target: 'dev-data', serial: 'A1' }],
      },
    });

    const answer = { Payload: 'canary-77f0' };
    const { hook } = called;
    const done = await followTwice(
      { ...called, ...(hook && { hook: { ...hook, answer } }) },
      bench,
    );
    expect(done.hook?.next).toBe('done');
    expect(JSON.stringify(done)).not.toContain('canary-77f0');
    expect((await notesOf(bench.store)).records[0]?.results[0]?.output).toBe('"canary-77f0"');
  });

  it('find a manifest of a run that is not over', async () => {
    const { bench, run } = await noted({ before_snapshot: three });
    await followHooks(arriving(run, 'before_snapshot'), bench.ports);

    expect(manifestAt(bench.store, MANIFEST)).toMatchObject({
      status: 'RUNNING',
      target: 'untouched',
      pairs: [{ target: { name: 'dev-data', serial: 'A1' } }],
      error: null,
    });
    expect(bench.store.objects.has('manifests/nightly/current.json')).toBe(false);
  });

  it('are none where there are none', async () => {
    const { bench, run } = await noted({});
    const { run: done, sent } = await throughPoint(run, 'before_snapshot', bench);

    expect(sent).toEqual([]);
    expect(done.hook?.next).toBe('done');
    expect(bench.store.objects.has(MANIFEST)).toBe(false);
  });
});

describe('a hook that fails', () => {
  it.each<[HookCursor['point'], string, string[]]>([
    ['before_snapshot', 'one', ['FAILED', 'SKIPPED', 'SKIPPED']],
    ['before_snapshot', 'two', ['SUCCEEDED', 'FAILED', 'SKIPPED']],
    ['before_snapshot', 'three', ['SUCCEEDED', 'SUCCEEDED', 'FAILED']],
    ['after_snapshot', 'one', ['FAILED', 'SUCCEEDED', 'SUCCEEDED']],
    ['on_failure', 'two', ['SUCCEEDED', 'FAILED', 'SUCCEEDED']],
  ])('at %s, %s: %j', async (point, failing, statuses) => {
    const { bench, run } = await noted({ [point]: three });
    const { run: done } = await throughPoint(run, point, bench, { [failing]: 'Failed' });

    const { records } = await notesOf(bench.store);
    expect(records.map(({ status }) => status)).toEqual(statuses);
    expect(done.hook_count).toBe(3);
    expect(failureIn(done)).toMatchObject({
      name: 'HookFailed',
      message: `Hook "${failing}" (${point}, document AWS-RunShellScript) failed: Failed on ${HOST}`,
      remedy: expect.stringContaining('then run again'),
    });
  });

  it.each([
    [
      { Error: 'Ssm.InvalidInstanceIdException', Cause: 'null' },
      'HookNotSent',
      'could not be begun',
    ],
    [{ Error: 'States.Timeout' }, 'HookFailed', 'Whether it was sent is not known'],
    ['InProgress', 'HookTimedOut', 'timed out'],
  ])('of %j fails the run with %s', async (end, name, text) => {
    const { bench, run } = await noted({
      before_snapshot: [toHost('one', { timeout_minutes: 1 })],
    });
    const { run: done } = await throughPoint(run, 'before_snapshot', bench, { one: end });

    expect(failureIn(done)).toMatchObject({ name, message: expect.stringContaining(text) });
  });

  it('because a person has stopped the run fails it as that', async () => {
    const { bench, run } = await noted({ before_snapshot: three });
    const one = { Error: 'Interrupted', Cause: '{"errorMessage":"Stopped."}' };
    const { run: done } = await throughPoint(run, 'before_snapshot', bench, { one });

    expect(done.failure).toEqual(one);
    expect(await recordsOf(bench.store)).toEqual([
      'before_snapshot one NOT_SENT',
      'before_snapshot two SKIPPED',
      'before_snapshot three SKIPPED',
    ]);
  });

  it('after another is told beside that one', async () => {
    const { bench, run } = await noted({ after_snapshot: three });
    const ends = { one: 'Failed', three: 'Cancelled' };
    const { run: done } = await throughPoint(run, 'after_snapshot', bench, ends);

    expect(failureIn(done)?.message).toContain('Hook "one"');
    expect(done.warnings).toEqual([
      `Hook "three" (after_snapshot, document AWS-RunShellScript) failed: Cancelled on ${HOST}`,
    ]);
  });

  it('in a run that has failed before does not hide why', async () => {
    const failure = { Error: 'ArrayUnavailable', Cause: 'No answer.' };
    const { bench, run } = await noted({ after_snapshot: three }, { failure });
    const { run: done } = await throughPoint(run, 'after_snapshot', bench, { two: 'Failed' });

    expect(done.failure).toEqual(failure);
    expect(done.warnings).toHaveLength(1);
    expect(manifestAt(bench.store, MANIFEST).error?.name).toBe('ArrayUnavailable');
  });
});

describe('what cannot be', () => {
  it.each<[string, Partial<Run>, string]>([
    ['a dry run', { execute: false }, 'dry run'],
    ['a run that is at no point', { hook: undefined }, 'at no hook point'],
  ])('%s is refused', async (_, more, text) => {
    const { bench, run } = await noted({ before_snapshot: three });
    const refused = followHooks({ ...arriving(run, 'before_snapshot'), ...more }, bench.ports);

    expect(await rejectionOf(refused)).toMatchObject({
      name: 'InvalidStepInput',
      message: expect.stringContaining(text),
    });
  });

  it('a hook under way that is not noted is refused', async () => {
    const { bench, run } = await noted({ before_snapshot: three });
    const { hook } = await followHooks(arriving(run, 'before_snapshot'), bench.ports);
    bench.store.objects.delete('runs/nightly-1/hooks.json');

    const refused = followHooks({ ...run, refresh: undefined, hook }, bench.ports);
    expect((await rejectionOf(refused)).name).toBe('InvalidStepInput');
  });
});
