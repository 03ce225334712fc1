import { afterEach, describe, expect, it } from 'vitest';
import { prepare } from '../../../lambda/steps/prepare.ts';
import { takeSnapshot } from '../../../lambda/steps/take-snapshot.ts';
import type { Fault } from '../../../local/array/simulator.ts';
import { rejectionOf } from '../support/refusals.ts';
import { ARRAY, stopSimulatedArrays } from '../support/simulated-array.ts';
import { begun } from './support/bench.ts';
import {
  REPLICA,
  type ReplicationBench,
  setUpReplication,
  TARGET_ARRAY,
  untilReplicated,
} from './support/replication-bench.ts';

afterEach(stopSimulatedArrays);

const SNAPSHOTS = '/protection-group-snapshots';
const TAKE = `${ARRAY} POST ${SNAPSHOTS}`;
const SEND = `${ARRAY} POST ${SNAPSHOTS}/replica`;
const silentAfter = (path: string): Fault => ({
  method: 'POST',
  path,
  effect: { hang_up: 'after' },
});
const refusing = (path: string): Fault => ({
  method: 'POST',
  path,
  effect: { status: 400, body: { errors: [{ message: 'No.' }] } },
});

/** Everything that was asked for, to look for what must not be in it. */
const everything = (bench: ReplicationBench) => JSON.stringify(bench.requests());

describe('a snapshot that is made', () => {
  it('is sent at once, which is asked for in the query', async () => {
    const bench = await setUpReplication();

    const run = await takeSnapshot(await prepare(begun(), bench.ports), bench.ports);

    expect(run.snapshot?.reused).toBe(false);
    expect(bench.changes()).toEqual([TAKE]);
    expect(bench.requests().find(({ method }) => method === 'POST')).toMatchObject({
      query: { source_names: 'prd-pg', replicate_now: 'true' },
      body: { suffix: 's1' },
    });
    expect((await untilReplicated(run, bench)).replication?.done).toBe(true);
    expect(everything(bench)).not.toMatch(/for_replication|"replicate"/);
  });

  it('and whose answer gets lost is not made a second time; that it is sent is asked for again', async () => {
    const bench = await setUpReplication();
    const prepared = await prepare(begun(), bench.ports);
    bench.simulator.addFaults([silentAfter(SNAPSHOTS)]);

    expect((await rejectionOf(takeSnapshot(prepared, bench.ports))).name).toBe('ArrayUnavailable');
    const run = await takeSnapshot(prepared, bench.ports);

    expect(run.snapshot?.reused).toBe(false);
    // The array refuses to make it again.
    expect(bench.changes()).toEqual([TAKE, TAKE, SEND]);
    expect((await untilReplicated(run, bench)).replication?.done).toBe(true);
  });

  it('whose answer gets lost, on an array that will not send it again, goes on', async () => {
    const bench = await setUpReplication();
    const prepared = await prepare(begun(), bench.ports);
    bench.simulator.addFaults([silentAfter(SNAPSHOTS), refusing(`${SNAPSHOTS}/replica`)]);

    expect((await rejectionOf(takeSnapshot(prepared, bench.ports))).name).toBe('ArrayUnavailable');
    const run = await takeSnapshot(prepared, bench.ports);

    expect((await untilReplicated(run, bench)).replication?.done).toBe(true);
  });

  it('without replicate is not sent', async () => {
    const bench = await setUpReplication();

    await bench.source.createGroupSnapshot('prd-pg', 's2');

    expect(bench.requests().at(-1)?.query).toEqual({ source_names: 'prd-pg' });
  });
});

describe('a snapshot that exists', () => {
  /** A run that has found the snapshot, which was sent to the target if `isSent`. */
  const found = async (isSent: boolean, elapsed = 0) => {
    const bench = await setUpReplication();
    await bench.source.createGroupSnapshot('prd-pg', 's1', { replicateNow: isSent });
    bench.simulator.advance(elapsed);
    const prepared = await prepare(begun(), bench.ports);
    const before = bench.changes().length;
    return { bench, prepared, changes: () => bench.changes().slice(before) };
  };

  it('is sent where the target does not have it, and to that target alone', async () => {
    const { bench, prepared, changes } = await found(false);

    const run = await takeSnapshot(prepared, bench.ports);

    expect(run.snapshot?.reused).toBe(true);
    expect(changes()).toEqual([SEND]);
    expect(bench.requests().find(({ path }) => path.endsWith('/replica'))?.query).toEqual({
      names: 'prd-pg.s1',
      on: TARGET_ARRAY,
    });
    expect((await untilReplicated(run, bench)).replication?.done).toBe(true);
    expect(everything(bench)).not.toContain('for_replication');
  });

  it.each([
    ['has arrived', 10_000],
    ['is on its way', 4_000],
  ])('and %s is not sent again', async (_, elapsed) => {
    const { bench, prepared, changes } = await found(true, elapsed);

    const run = await takeSnapshot(prepared, bench.ports);

    expect(run.snapshot?.reused).toBe(true);
    expect(changes()).toEqual([]);
    expect((await untilReplicated(run, bench)).replication?.done).toBe(true);
  });

  it('and whose sending got no answer is not sent again once it is on its way', async () => {
    const { bench, prepared, changes } = await found(false);
    bench.simulator.addFaults([silentAfter(`${SNAPSHOTS}/replica`)]);

    expect((await rejectionOf(takeSnapshot(prepared, bench.ports))).name).toBe('ArrayUnavailable');
    bench.simulator.advance(2_000);
    await takeSnapshot(prepared, bench.ports);

    expect(changes()).toEqual([SEND]);
  });

  it('and is refused because it is on its way already counts as sent', async () => {
    const { bench, prepared } = await found(true, 4_000);
    bench.simulator.addFaults([
      refusing(`${SNAPSHOTS}/replica`),
      { path: `${SNAPSHOTS}/transfer`, effect: { status: 200, body: { items: [] } } },
    ]);

    const run = await takeSnapshot(prepared, bench.ports);

    expect((await untilReplicated(run, bench)).replication?.done).toBe(true);
  });

  it('and is refused for another reason fails as that', async () => {
    const { bench, prepared } = await found(false);
    bench.simulator.addFaults([refusing(`${SNAPSHOTS}/replica`)]);

    expect((await rejectionOf(takeSnapshot(prepared, bench.ports))).name).toBe(
      'ArrayRequestRefused',
    );
  });
});

it('a dry run sends nothing', async () => {
  const bench = await setUpReplication({ definition: { execute: false } });
  const prepared = await prepare(begun(), bench.ports);

  expect((await rejectionOf(takeSnapshot(prepared, bench.ports))).name).toBe('InvalidStepInput');
  expect(bench.changes()).toEqual([]);
  expect(prepared.replication?.snapshot).toBe(REPLICA);
});
