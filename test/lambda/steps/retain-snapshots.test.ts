import { afterEach, describe, expect, it } from 'vitest';
import type { Manifest } from '../../../lambda/refresh/manifest.ts';
import type { Clock } from '../../../lambda/steps/ports.ts';
import { recordResult } from '../../../lambda/steps/record-result.ts';
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
