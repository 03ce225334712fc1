import { beforeEach, describe, expect, it } from 'vitest';
import { databases, definition, namesOf, volumes } from '../support/databases.ts';
import { expectRefreshed } from '../support/expectations.ts';
import { allCases } from '../support/extent.ts';
import { call, hooks, outcomes } from '../support/hooks.ts';
import { byHand } from '../support/operator.ts';
import type { RunReport } from '../support/run-report.ts';
import { FUNCTION } from '../support/target-database.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld({
  state: databases(),
  targetDatabase: namesOf([...volumes('dev-data', 2, 120), ...volumes('dev-fra', 2, 40)]),
  hookFunction: () => 'masked',
});

const after_overwrite = [{ lambda: FUNCTION, name: 'mask' }, call('start')];

beforeEach(async () => {
  await world.define('nightly', { ...definition, hooks: { ...hooks, after_overwrite } });
  await world.define('plain', { ...definition, require_idle_target: false });
});

/** A run of `refresh` from beginning to end, in the middle of one that is at `state`. */
const runsDuring = async (state: string, refresh: string): Promise<[RunReport, RunReport]> => {
  let other: RunReport | undefined;
  world.after(state, async () => {
    other = await world.run(refresh);
  });
  const report = await world.run('nightly');
  if (!other) throw new Error(`The run has not come to ${state}.`);
  return [report, other];
};

describe('a target that a run has reserved for its hooks', () => {
  it.each(['nightly', 'plain'])(
    'is refused to a run of "%s" while the first one’s copy is masked',
    async (refresh) => {
      const [report, other] = await runsDuring('Call Function', refresh);

      expectRefreshed(report);
      expect(other.manifest).toMatchObject({
        status: 'FAILED',
        target: 'untouched',
        error: { name: 'RefreshInProgress', message: expect.stringContaining(report.run) },
      });
      expect(outcomes(other)).toEqual(
        refresh === 'nightly' ? [['on_failure', 'tell', 'SUCCEEDED']] : [],
      );
    },
  );

  // In hooks.test.ts one run follows another as well.
  it.runIf(allCases)('is free again when the run is over', async () => {
    await world.run('nightly');

    expectRefreshed(await world.run('plain'));
  });

  it('is free again when the run is dead', async () => {
    await world.abort('nightly', 'before', 'Acquire Guard');

    expectRefreshed(await world.run('plain'));
  });
});

it('a database is not started under another run’s overwrite', async () => {
  // Of another laptop, while the database is being stopped.
  world.after('Plan Overwrite', () => {
    world.after('Look At Instance', () =>
      byHand(world.simulator, async (array) => {
        await array.createGroupSnapshot('dev-pg', 'refresh-in-progress');
      }),
    );
  });

  const report = await world.run('nightly');

  expect(report.manifest.error?.name).toBe('RefreshInProgress');
  expect(outcomes(report).slice(2)).toEqual([
    ['before_overwrite', 'stop', 'SUCCEEDED'],
    ['on_abort', 'start', 'SKIPPED'],
    ['on_failure', 'tell', 'SUCCEEDED'],
  ]);
  expect(report.manifest.hooks[3]?.problem).toMatch(/^Run ".+" holds the target\.$/);
});
