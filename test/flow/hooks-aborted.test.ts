import { beforeEach, describe, expect, it } from 'vitest';
import { databases, definition, namesOf, volumes } from '../support/databases.ts';
import { allCases } from '../support/extent.ts';
import { call, course, hooks, outcomes } from '../support/hooks.ts';
import type { RunReport } from '../support/run-report.ts';
import { FUNCTION, NODE_1 } from '../support/target-database.ts';
import { useWorld, type World } from '../support/world.ts';

const targetDatabase = namesOf([...volumes('dev-data', 2, 120), ...volumes('dev-fra', 2, 40)]);

/** What the rule on the status of executions starts. */
const clearUp = (world: World, run: string): Promise<RunReport> =>
  world.execute({ refresh: 'nightly', trigger: 'event', execute: true, recover: run });

describe('after a run that was aborted', () => {
  const world = useWorld({ state: databases(), targetDatabase, hookFunction: () => 'done' });
  const define = (more: object = {}) =>
    world.define('nightly', { ...definition, hooks: { ...hooks, ...more } });
  beforeEach(() => define());

  /** The manifest of the run itself says how it ended, and its hooks are noted as over. */
  const expectClosed = async (run: string, target: string): Promise<void> => {
    expect(await world.object(`manifests/nightly/${run}.json`)).toMatchObject({
      status: 'FAILED',
      target,
      error: { name: 'RunEnded' },
    });
    expect(await world.object(`runs/${run}/hooks.json`)).toMatchObject({ is_over: true });
  };

  it('while the source was quiesced, that is ended', async () => {
    const dead = await world.abort('nightly', 'before', 'Look At Instance');

    const report = await clearUp(world, dead);

    expect(report.manifest).toMatchObject({ status: 'SUCCEEDED', target: 'untouched' });
    expect(outcomes(report)).toEqual([
      ['before_snapshot', 'quiesce', 'SUCCEEDED'],
      ['after_snapshot', 'resume', 'SUCCEEDED'],
      ['on_failure', 'tell', 'SUCCEEDED'],
    ]);
    // Followed, not sent again.
    expect(course(report)).toEqual(['resume', 'resume: Success', 'tell', 'tell: Success']);
    expect(report.manifest.hooks[1]?.results[0]?.output).toContain(`after_snapshot of ${dead}`);
    await expectClosed(dead, 'untouched');
    const again = await clearUp(world, dead);
    expect(again.manifest.hooks).toEqual([]);
  });

  it('while a hook stopped the database, that is waited for, and started again', async () => {
    await define({ before_snapshot: [], after_snapshot: [] });
    world.target.hosts.change(NODE_1, { state: 'hanging' });
    const dead = await world.abort('nightly', 'before', 'Look At Instance');
    world.whenWaited(200, () => world.target.hosts.change(NODE_1, { state: 'online' }));

    const report = await clearUp(world, dead);

    // What hangs is waited for until its time is over.
    expect(report.waits.reduce((sum, seconds) => sum + seconds, 0)).toBeGreaterThanOrEqual(300);
    expect(outcomes(report).slice(0, 2)).toEqual([
      ['before_overwrite', 'stop', 'TIMED_OUT'],
      ['on_abort', 'start', 'SUCCEEDED'],
    ]);
    await expectClosed(dead, 'untouched');
  });

  it('when nobody knows whether the hook was sent, its time is waited out', async () => {
    await define({ before_snapshot: [], after_snapshot: [] });
    const dead = await world.abort('nightly', 'after', 'Send Command');

    const report = await clearUp(world, dead);

    expect(report.waits).toEqual([300, ...report.waits.slice(1)]);
    expect(outcomes(report)).toEqual([
      ['before_overwrite', 'stop', 'TIMED_OUT'],
      ['on_abort', 'start', 'SUCCEEDED'],
      ['on_failure', 'tell', 'SUCCEEDED'],
    ]);
    expect(report.manifest.status).toBe('SUCCEEDED');
    expect(world.target.isOpen).toBe(true);
    await expectClosed(dead, 'untouched');
  });

  it('while it overwrote, the target is put back first', async () => {
    const dead = await world.abort('nightly', 'before', 'Overwrite Volumes');
    expect(world.target.isOpen).toBe(false);

    const report = await clearUp(world, dead);

    expect(outcomes(report)).toEqual([
      ['on_abort', 'start', 'SUCCEEDED'],
      ['on_failure', 'tell', 'SUCCEEDED'],
    ]);
    expect(world.target.isOpen).toBe(true);
    await expectClosed(dead, 'untouched');
  });

  it('after it had overwritten all, nothing is started on the copy', async () => {
    const dead = await world.abort('nightly', 'after', 'Verify Target');

    const report = await clearUp(world, dead);

    expect(report.manifest.target).toBe('refreshed');
    expect(outcomes(report)).toEqual([['on_failure', 'tell', 'SUCCEEDED']]);
    expect(world.target.isOpen).toBe(false);
    await expectClosed(dead, 'refreshed');
  });

  // As after it had overwritten all, and in hook-calls.test.ts.
  it.runIf(allCases)('while the copy was masked, nothing is started on it', async () => {
    await define({ after_overwrite: [{ lambda: FUNCTION, timeout_minutes: 20 }, call('start')] });
    const dead = await world.abort('nightly', 'before', 'Call Function');

    const report = await clearUp(world, dead);

    expect(report.waits).toEqual([900, ...report.waits.slice(1)]);
    expect(outcomes(report)).toEqual([
      ['after_overwrite', FUNCTION, 'TIMED_OUT'],
      ['on_failure', 'tell', 'SUCCEEDED'],
    ]);
    expect(world.target.isOpen).toBe(false);
    await expectClosed(dead, 'refreshed');
    expect(await world.object('manifests/nightly/current.json')).toMatchObject({ run: dead });
  });

  it('is not cleared up after while it is at work', async () => {
    let refused: RunReport | undefined;
    world.after('Plan Overwrite', async () => {
      refused = await world.execute({ refresh: 'nightly', execute: true, recover: 'run-1' });
    });
    const execution = world.deployment.startExecution('run-1', { refresh: 'nightly' });
    await execution.result;

    expect(refused?.manifest.error?.name).toBe('RunStillRunning');
  });
});

describe('a target that was left mixed', () => {
  const world = useWorld({ state: databases(), targetDatabase, restVersion: '2.26' });
  beforeEach(() => world.define('nightly', { ...definition, hooks }));

  it('is not started, but when it has been put back', async () => {
    world.addFaults({
      method: 'POST',
      path: '/volumes',
      nth: 3,
      times: 0,
      effect: { hang_up: 'before' },
    });
    world.after('Overwrite Volumes', () =>
      world.addFaults({ times: 0, effect: { hang_up: 'before' } }),
    );
    const mixed = await world.run('nightly');
    expect(mixed.manifest.target).toBe('mixed');
    expect(outcomes(mixed).slice(3)).toEqual([
      ['on_abort', 'start', 'SKIPPED'],
      ['on_failure', 'tell', 'SUCCEEDED'],
    ]);
    expect(world.target.isOpen).toBe(false);
    world.simulator.clearFaults();

    const report = await clearUp(world, mixed.run);

    expect(report.manifest).toMatchObject({ status: 'SUCCEEDED', target: 'restored' });
    expect(outcomes(report)).toEqual([['on_abort', 'start', 'SUCCEEDED']]);
    expect(world.target.isOpen).toBe(true);
  });
});
