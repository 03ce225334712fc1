import { afterEach, describe, expect, it } from 'vitest';
import type { Run } from '../../../lambda/refresh/run.ts';
import { checkReplication } from '../../../lambda/steps/check-replication.ts';
import { rejectionOf } from '../support/refusals.ts';
import { stopSimulatedArrays } from '../support/simulated-array.ts';
import { begun, runUpTo, setUp } from './support/bench.ts';
import {
  REPLICA,
  type ReplicationBench,
  sent,
  setUpReplication,
  untilReplicated,
} from './support/replication-bench.ts';

afterEach(stopSimulatedArrays);

/** The run as it is after it has waited for so long since `state`. */
const having = (state: Run, waited_seconds: number): Run => ({
  ...state,
  replication: state.replication && { ...state.replication, waited_seconds, wait_seconds: 0 },
});

/** The run after one more look, for which the simulator's clock has gone on by what was to be waited. */
const nextLook = (run: Run, { simulator, ports }: ReplicationBench): Promise<Run> => {
  simulator.advance((run.replication?.wait_seconds ?? 0) * 1_000);
  return checkReplication(run, ports);
};

describe('looking how far the snapshot has come', () => {
  it('finds it unknown at first, then on its way, then complete', async () => {
    const bench = await setUpReplication();

    const first = await checkReplication(await sent(bench), bench.ports);
    const second = await nextLook(first, bench);
    const third = await nextLook(second, bench);

    expect(first.replication).toMatchObject({ seen: false, done: false, wait_seconds: 5 });
    expect(second.replication).toMatchObject({
      seen: true,
      done: false,
      progress: expect.closeTo(4 / 7, 5),
      waited_seconds: 5,
      wait_seconds: 8,
    });
    expect(second.replication?.bytes).toBeGreaterThan(0);
    expect(third.replication).toMatchObject({ done: true, progress: 1, polls: 3 });
  });

  it('takes one request of the target array, and changes nothing', async () => {
    const bench = await setUpReplication();
    const run = await sent(bench);
    const before = bench.requests().length;

    await checkReplication(run, bench.ports);

    expect(
      bench
        .requests()
        .slice(before)
        .map(({ array, method, path, query }) => ({ array, method, path, query })),
    ).toEqual([
      {
        array: 'fa-dr',
        method: 'GET',
        path: '/protection-group-snapshots/transfer',
        query: { names: REPLICA },
      },
    ]);
  });

  it('is patient with a record that appears late', async () => {
    const bench = await setUpReplication();
    bench.simulator.setReplication({ start_delay_ms: 600_000, duration_ms: 1_000 });

    const run = await untilReplicated(await sent(bench), bench);

    expect(run.replication?.waited_seconds).toBeGreaterThan(600);
    expect(run.replication).toMatchObject({ done: true, progress: 1 });
  });

  it('goes on after a session that has expired meanwhile', async () => {
    const bench = await setUpReplication();
    const run = await sent(bench);
    bench.simulator.advance(3 * 3_600_000);

    expect((await checkReplication(run, bench.ports)).replication?.done).toBe(true);
  });
});

describe('a run ends', () => {
  it('as disallowed where the target array has discarded the transfer', async () => {
    const bench = await setUpReplication();
    const first = await checkReplication(await sent(bench), bench.ports);
    const second = await nextLook(first, bench);
    bench.simulator.setReplication({ allowed: false });

    expect(await rejectionOf(nextLook(second, bench))).toMatchObject({
      name: 'ReplicationDisallowed',
      message: 'Array "fa-dr" does not allow protection group "prd-pg" to replicate to it.',
    });
  });

  it('as disallowed at the next look where the transfer never began', async () => {
    const bench = await setUpReplication();
    const first = await checkReplication(await sent(bench), bench.ports);
    bench.simulator.setReplication({ allowed: false });

    expect((await rejectionOf(nextLook(first, bench))).name).toBe('ReplicationDisallowed');
  });

  it('as stalled where it has been discarded and nobody says why, once that has lasted', async () => {
    const bench = await setUpReplication({ definition: { replication_stall_minutes: 1 } });
    const first = await checkReplication(await sent(bench), bench.ports);
    const second = await nextLook(first, bench);
    bench.simulator.setReplication({ allowed: false });
    bench.simulator.setReplication({ allowed: true });

    expect((await nextLook(second, bench)).replication).toMatchObject({ progress: 0, done: false });
    expect((await rejectionOf(untilReplicated(second, bench))).name).toBe('ReplicationStalled');
  });

  it.each([
    ['at its limit', 3_600, 'ReplicationStalled'],
    ['and not before', 3_599, undefined],
  ])('as stalled %s (%d s)', async (_, seconds, name) => {
    const bench = await setUpReplication();
    bench.simulator.setReplication({ stall_at: 0 });
    const run = await sent(bench);
    const look = checkReplication(having(run, seconds), bench.ports);

    if (name === undefined)
      await expect(look).resolves.toMatchObject({ replication: { polls: 1 } });
    else expect((await rejectionOf(look)).name).toBe(name);
  });

  it.each([
    ['at its limit', 120, 'ReplicationTimedOut'],
    ['and not before', 119, undefined],
  ])('as too late %s (%d s), though something moves', async (_, seconds, name) => {
    const bench = await setUpReplication({ definition: { replication_timeout_minutes: 2 } });
    const run = await sent(bench);
    bench.simulator.advance(4_500);
    const look = checkReplication(having(run, seconds), bench.ports);

    if (name === undefined) {
      await expect(look).resolves.toMatchObject({ replication: { seen: true, progress: 0.5 } });
    } else {
      expect(await rejectionOf(look)).toMatchObject({
        name,
        message: expect.stringContaining('after 2 minutes. It came to 50.0 %'),
      });
    }
  });

  it('well at the very limit where it is complete', async () => {
    const bench = await setUpReplication({ definition: { replication_timeout_minutes: 2 } });
    const run = await sent(bench);
    bench.simulator.advance(10_000);

    const looked = await checkReplication(having(run, 120), bench.ports);

    expect(looked.replication?.done).toBe(true);
  });
});

describe('there is nothing to look at', () => {
  it('in a dry run', async () => {
    const bench = await setUpReplication();

    expect((await rejectionOf(checkReplication(begun(), bench.ports))).message).toBe(
      'The run is a dry run, so nothing may be changed on the array.',
    );
  });

  it('in a run on one array', async () => {
    const bench = await setUp();
    const run = await runUpTo('takeSnapshot', bench);

    expect(await rejectionOf(checkReplication(run, bench.ports))).toMatchObject({
      name: 'InvalidStepInput',
      message: 'The run does not replicate its snapshot.',
    });
  });
});
