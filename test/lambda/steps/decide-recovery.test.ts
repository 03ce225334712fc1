import { afterEach, describe, expect, it } from 'vitest';
import type { ExecutionState } from '../../../lambda/steps/ports.ts';
import { prepare } from '../../../lambda/steps/prepare.ts';
import { rejectionOf } from '../support/refusals.ts';
import { stopSimulatedArrays } from '../support/simulated-array.ts';
import { arnOf, type Bench, begun, runUpTo, setUp } from './support/bench.ts';
import { changesAfter } from './support/planned-run.ts';

afterEach(stopSimulatedArrays);

const LOCK = 'dev-pg.refresh-in-progress';
const OWNER = `the guard of run "nightly-1" (${arnOf('nightly-1')}, started 2026-11-24T01:00:00.000Z)`;
/** A run that comes after `nightly-1`, with a snapshot of its own. */
const next = (event: object) =>
  begun(
    'recover' in event || 'undo' in event ? event : { snapshot_name: 's2', ...event },
    'nightly-2',
  );

/** A bench whose target group `nightly-1` holds, of which this is known. */
const held = async (state: ExecutionState) => {
  const executions = { [arnOf('nightly-1')]: state, [arnOf('clearing-1')]: state };
  const bench = await setUp({ executions });
  await runUpTo('acquireGuard', bench);
  return { bench, changesSince: changesAfter(bench) };
};
/** Gives the lock other tags, as a run does that takes over, or a person. */
const retag = async ({ array }: Bench, tags: Readonly<Record<string, string>>) => {
  const members = await array.volumeSnapshots(LOCK);
  await array.tagSnapshots(
    members.map(({ id }) => id),
    Object.entries(tags).map(([key, value]) => ({ key, value })),
    { copyable: false },
  );
};

describe('a target group that another run holds', () => {
  it.each<[string, ExecutionState, object]>([
    ['it lives', 'alive', {}],
    ['it lives, and its refresh is to be undone', 'alive', { undo: true }],
  ])('has a run refused: %s', async (_, state, event) => {
    const { bench, changesSince } = await held(state);

    expect(await rejectionOf(prepare(next(event), bench.ports))).toEqual({
      name: 'RefreshInProgress',
      message: 'Protection group "dev-pg" is being overwritten by run "nightly-1".',
      remedy: `Wait until that has ended, then run again. It holds snapshot "${LOCK}" meanwhile.`,
    });
    expect(changesSince()).toEqual([]);
  });

  it.each<[string, ExecutionState, object]>([
    ['it has ended', 'dead', {}],
    ['it has ended, and a person names it', 'dead', { recover: 'nightly-1' }],
    ['nobody can tell, but a person names it', 'unknown', { recover: 'nightly-1' }],
    ['it has ended, and its refresh is to be undone', 'dead', { undo: true }],
  ])('is cleared up first: %s', async (_, state, event) => {
    const { bench, changesSince } = await held(state);

    const run = await prepare(next(event), bench.ports);

    expect(run).toMatchObject({
      recovers: true,
      ends_recovered: 'recover' in event || 'undo' in event,
      recovery: {
        run: 'nightly-1',
        owner: arnOf('nightly-1'),
        linger_seconds: 600,
        outcome: null,
        settled: false,
        done: false,
      },
      warnings: [
        `Snapshot "${LOCK}" is the guard of run "nightly-1", which ended in the middle; that is cleared up first.`,
      ],
    });
    expect(changesSince()).toEqual([]);
  });

  it('needs a person where nobody can tell whether it is at work', async () => {
    const { bench } = await held('unknown');

    expect(await rejectionOf(prepare(next({}), bench.ports))).toEqual({
      name: 'GuardOwnerUnknown',
      message: `Snapshot "${LOCK}" is there: ${OWNER}, and nobody here can tell whether that is still at work.`,
      remedy: expect.stringContaining(
        'Make sure that nothing overwrites "dev-pg" any more; then have it cleared up with --recover nightly-1',
      ),
    });
  });

  it.each<ExecutionState>(['dead', 'unknown'])(
    'is left alone where the person names another run (%s)',
    async (state) => {
      const { bench } = await held(state);

      expect(await rejectionOf(prepare(next({ recover: 'nightly-0' }), bench.ports))).toMatchObject(
        {
          name: 'GuardOwnerUnknown',
          message: `Snapshot "${LOCK}" is ${OWNER}, not of run "nightly-0".`,
        },
      );
    },
  );

  it('has it not cleared up while it lives, whoever says that it is dead', async () => {
    const { bench, changesSince } = await held('alive');

    const refusal = await rejectionOf(prepare(next({ recover: 'nightly-1' }), bench.ports));

    // One that was aborted just now may seem to live: the machine tries again.
    expect(refusal.name).toBe('RunStillRunning');
    expect(changesSince()).toEqual([]);
  });

  it('which lives is no matter of a run that has ended: there is nothing to clear up after that', async () => {
    const { bench, changesSince } = await held('alive');

    const run = await prepare(next({ recover: 'nightly-0' }), bench.ports);

    expect(run).toMatchObject({
      recovers: true,
      ends_recovered: true,
      recovery: { run: 'nightly-0', outcome: 'nothing', done: true },
      warnings: [
        'Run "nightly-0" does not hold protection group "dev-pg", so there was nothing to clear up.',
      ],
    });
    expect(changesSince()).toEqual([]);
  });

  it('has to be named itself where nobody can tell whether it clears up still', async () => {
    const { bench } = await held('unknown');
    await retag(bench, { refresh_run: 'clearing-1', refresh_execution: arnOf('clearing-1') });

    const refusal = await rejectionOf(prepare(next({ recover: 'nightly-1' }), bench.ports));

    expect(refusal.name).toBe('GuardOwnerUnknown');
    expect(refusal.remedy).toContain('--recover clearing-1');
  });

  it('that is dead may be named by the run that was clearing up, or by that whose overwrite is undone', async () => {
    const { bench } = await held('dead');
    await retag(bench, { refresh_run: 'clearing-1', refresh_execution: arnOf('clearing-1') });

    for (const recover of ['clearing-1', 'nightly-1']) {
      expect((await prepare(next({ recover }), bench.ports)).recovery).toMatchObject({
        run: 'nightly-1',
        owner: arnOf('clearing-1'),
      });
    }
  });

  it('is its own where a run comes to itself again: nobody else is asked', async () => {
    const { bench } = await held('alive');

    const again = await prepare(begun({ snapshot_name: 's2' }), bench.ports);

    expect(again.recovery).toMatchObject({ run: 'nightly-1', owner: arnOf('nightly-1') });
  });
});

describe('a lock that does not say whose it is', () => {
  const unmarked = async () => {
    const { bench } = await held('dead');
    await retag(bench, { refresh_phase: 'spoilt' });
    return bench;
  };

  it('needs a person', async () => {
    const bench = await unmarked();

    expect(await rejectionOf(prepare(next({}), bench.ports))).toMatchObject({
      name: 'GuardOwnerUnknown',
      message: expect.stringContaining('not marked as the guard of any run'),
      remedy: expect.stringContaining('--recover unknown'),
    });
  });

  it('is cleared up when a person says so', async () => {
    const bench = await unmarked();

    expect((await prepare(next({ recover: 'unknown' }), bench.ports)).recovery).toMatchObject({
      run: null,
      owner: null,
      linger_seconds: null,
    });
  });
});

describe('a dry run', () => {
  it.each<[ExecutionState, string]>([
    [
      'alive',
      'As it is now, an execution would be refused. Protection group "dev-pg" is being overwritten by run "nightly-1".',
    ],
    [
      'unknown',
      `As it is now, an execution would be refused. Snapshot "${LOCK}" is there: ${OWNER}, and nobody here can tell whether that is still at work.`,
    ],
    [
      'dead',
      `Snapshot "${LOCK}" is the guard of run "nightly-1", which ended in the middle; an execution clears up after it first.`,
    ],
  ])('is told, and shows its plan (%s)', async (state, warning) => {
    const { bench, changesSince } = await held(state);

    const run = await prepare(next({ execute: false }), bench.ports);

    expect(run.warnings).toEqual([warning]);
    expect(run.plan_hash).toMatch(/^sha256:/);
    expect(changesSince()).toEqual([]);
  });
});

describe('a target group that nobody holds', () => {
  it('has nothing to be cleared up', async () => {
    const bench = await setUp();

    const run = await prepare(next({}), bench.ports);

    expect(run).toMatchObject({ recovers: false, warnings: [] });
    expect(run.recovery).toBeUndefined();
  });

  it('is told to the person who wants it cleared up', async () => {
    const bench = await setUp();

    const run = await prepare(next({ recover: 'nightly-1' }), bench.ports);

    expect(run).toMatchObject({
      ends_recovered: true,
      recovery: { run: 'nightly-1', outcome: 'nothing', done: true },
      warnings: [expect.stringContaining('there was nothing to clear up')],
    });
  });
});
