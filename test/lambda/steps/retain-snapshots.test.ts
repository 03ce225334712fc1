import { afterEach, describe, expect, it } from 'vitest';
import type { Manifest } from '../../../lambda/refresh/manifest.ts';
import type { Run } from '../../../lambda/refresh/run.ts';
import type { Clock, Ports } from '../../../lambda/steps/ports.ts';
import { recordResult } from '../../../lambda/steps/record-result.ts';
import { releaseGuard } from '../../../lambda/steps/release-guard.ts';
import { takeSnapshot } from '../../../lambda/steps/take-snapshot.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { NOW, stopSimulatedArrays } from '../support/simulated-array.ts';
import { arnOf, type Bench, begun, nightly, runUpTo, setUp } from './support/bench.ts';
import { manifestAt } from './support/failed-run.ts';

afterEach(stopSimulatedArrays);

const definition = {
  target_protection_group: undefined,
  excluded_volumes: [],
  snapshot_name: '{run}',
};
const RUNS = [1, 2, 3, 4, 5, 6];
const named = (...runs: number[]) => runs.map((run) => `prd-pg.nightly-${run}`);

/** What the array was asked to destroy, request by request. */
const asked = ({ simulator }: Bench): string[][] =>
  simulator
    .requests()
    .flatMap(({ method, body, query }) =>
      method === 'PATCH' && JSON.stringify(body) === '{"destroyed":true}'
        ? [String(query['names']).split(',')]
        : [],
    );

/** A clock on which nothing takes time but requests to destroy, each of them so many seconds. */
const slowlyDestroying = (bench: Bench, seconds: number): Clock => {
  const clock = new ManualClock();
  return {
    now: () => new Date(NOW + asked(bench).length * seconds * 1_000),
    deadline: (ms) => clock.deadline(ms),
  };
};

/** A snapshot a run; the clock is that of its recording. @returns the manifest */
const takeAndRecord = async (
  bench: Bench,
  run: number,
  clock: Clock = bench.ports.clock,
): Promise<Manifest> => {
  bench.simulator.advance(60_000);
  const id = `nightly-${run}`;
  const taken = await runUpTo('takeSnapshot', bench, begun({}, id));
  await recordResult(taken, { ...bench.ports, clock });
  return manifestAt(bench.store, `manifests/nightly/${id}.json`);
};

/** Five snapshots, of which the next run keeps its own alone. */
const fiveSnapshots = async (): Promise<Bench> => {
  const bench = await setUp({
    definition: { ...definition, keep_snapshots: 5 },
    // Else they might still be at work with what they have made.
    executions: Object.fromEntries(RUNS.map((run) => [arnOf(`nightly-${run}`), 'dead'])),
  });
  for (const run of [1, 2, 3, 4, 5]) await takeAndRecord(bench, run);
  bench.store.put('refreshes/nightly.json', { ...nightly, ...definition, keep_snapshots: 1 });
  return bench;
};

/** Has the array refuse them all at once, so that each is asked for by itself. */
const refuseAtOnce = ({ simulator }: Bench): void =>
  simulator.addFaults([
    {
      method: 'PATCH',
      path: '/protection-group-snapshots',
      effect: { status: 400, body: { errors: [{ context: null, message: 'Not so many.' }] } },
    },
  ]);

describe('where the array takes its time', () => {
  it('nothing more is asked for after a minute, and the manifest is written', async () => {
    const bench = await fiveSnapshots();
    refuseAtOnce(bench);

    const { status, retention, warnings } = await takeAndRecord(
      bench,
      6,
      slowlyDestroying(bench, 25),
    );

    // At 0, 25 and 50 seconds; at 75 it is over.
    expect(asked(bench)).toEqual([named(1, 2, 3, 4, 5), named(1), named(2)]);
    expect(status).toBe('SNAPSHOT_ONLY');
    expect(retention).toMatchObject({ destroyed: named(1, 2) });
    expect(retention?.left.map(({ name }) => name)).toEqual(named(3, 4, 5));
    expect(warnings).toEqual([expect.stringMatching(/^3 older snapshots .* the next run tries/)]);
  });

  it('the next run goes on with what was left', async () => {
    const bench = await fiveSnapshots();
    refuseAtOnce(bench);
    await takeAndRecord(bench, 6, slowlyDestroying(bench, 25));

    const { retention, warnings } = await takeAndRecord(bench, 7);

    expect(retention).toMatchObject({ destroyed: named(3, 4, 5, 6), left: [] });
    expect(warnings).toEqual([]);
  });

  it('a request that is under way at that time is waited for, and counts', async () => {
    const bench = await fiveSnapshots();

    const { retention, warnings } = await takeAndRecord(bench, 6, slowlyDestroying(bench, 61));

    expect(retention).toMatchObject({ destroyed: named(1, 2, 3, 4, 5), left: [] });
    expect(warnings).toEqual([]);
  });
});

describe('what was counted while the guard was released', () => {
  const keepTwo = { definition: { snapshot_name: '{run}', keep_snapshots: 2 } };
  const released = (bench: Bench, run: number) => {
    bench.simulator.advance(60_000);
    return runUpTo('releaseGuard', bench, begun({}, `nightly-${run}`));
  };
  /** What the array is asked while a run is recorded. */
  const askedToRecord = async (bench: Bench, run: Run, ports: Ports = bench.ports) => {
    const before = bench.requests().length;
    await recordResult(run, ports);
    return bench.requests().slice(before);
  };
  const TAGS = ['GET /volume-snapshots/tags', 'GET /protection-group-snapshots/tags'];
  const recorded = (bench: Bench, run: number) =>
    manifestAt(bench.store, `manifests/nightly/nightly-${run}.json`);

  it.each(['2.26', '2.44', '2.56'])(
    'on REST %s is enough as long as there are no more than are kept',
    async (restVersion) => {
      const bench = await setUp({ ...keepTwo, restVersion });
      await released(bench, 1);
      await bench.array.createGroupSnapshot('prd-pg', 'nightly-9');
      const run = await released(bench, 2);

      expect(run.own_snapshots?.count).toBe(2);
      expect(await askedToRecord(bench, run)).toEqual([]);
      expect(recorded(bench, 2).retention).toEqual({
        keep: 2,
        kept: 2,
        destroyed: [],
        would_destroy: [],
        left: [],
      });
    },
  );

  it('is looked at again where there are more', async () => {
    const bench = await setUp({
      ...keepTwo,
      executions: Object.fromEntries(RUNS.map((run) => [arnOf(`nightly-${run}`), 'dead'])),
    });
    await released(bench, 1);
    await released(bench, 2);
    const run = await released(bench, 3);

    expect(run.own_snapshots?.count).toBe(3);
    expect(await askedToRecord(bench, run)).toEqual(expect.arrayContaining(TAGS));
    expect(recorded(bench, 3).retention?.destroyed).toEqual(named(1));
  });

  it('is looked at again where that is a while ago', async () => {
    const bench = await setUp(keepTwo);
    const run = await released(bench, 1);
    const clock = new ManualClock();
    clock.advance(31_000);

    expect(await askedToRecord(bench, run, { ...bench.ports, clock })).toEqual(TAGS);
  });

  it('does not count where the array did not tell', async () => {
    const bench = await setUp(keepTwo);
    const verified = await runUpTo('verifyTarget', bench, begun({}, 'nightly-1'));
    bench.simulator.addFaults([
      { method: 'GET', path: TAGS[1]?.slice(4) ?? '', effect: { status: 400, body: {} } },
    ]);
    const run = await releaseGuard(verified, bench.ports);

    expect(run).toMatchObject({ own_snapshots: undefined, warnings: [] });
    expect(await askedToRecord(bench, run)).toEqual(TAGS);
    expect(recorded(bench, 1)).toMatchObject({ retention: { keep: 2, kept: 1 }, warnings: [] });
  });

  it('is not asked for where the refresh keeps all', async () => {
    const bench = await setUp();
    const verified = await runUpTo('verifyTarget', bench);
    const before = bench.requests().length;

    expect((await releaseGuard(verified, bench.ports)).own_snapshots).toBeUndefined();
    expect(bench.requests().slice(before)).toEqual(['PATCH /protection-group-snapshots']);
  });
});

describe('the first two runs of a refresh at once', () => {
  it('are of one owner, so that later ones know the snapshots of both', async () => {
    const bench = await setUp({
      definition: { ...definition, keep_snapshots: 1 },
      executions: { [arnOf('nightly-1')]: 'dead', [arnOf('nightly-2')]: 'dead' },
    });
    const both = await Promise.all(
      ['nightly-1', 'nightly-2'].map((id) => runUpTo('prepare', bench, begun({}, id))),
    );
    await Promise.all(both.map((run) => takeSnapshot(run, bench.ports)));

    const { retention } = await takeAndRecord(bench, 3);

    expect(retention?.destroyed).toEqual(named(1, 2));
  });
});
