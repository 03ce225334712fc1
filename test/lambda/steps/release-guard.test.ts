import { afterEach, describe, expect, it } from 'vitest';
import { acquireGuard } from '../../../lambda/steps/acquire-guard.ts';
import { planOverwrite } from '../../../lambda/steps/plan-overwrite.ts';
import { prepare } from '../../../lambda/steps/prepare.ts';
import { releaseGuard } from '../../../lambda/steps/release-guard.ts';
import { takeSnapshot } from '../../../lambda/steps/take-snapshot.ts';
import { rejectionOf } from '../support/refusals.ts';
import { stopSimulatedArrays } from '../support/simulated-array.ts';
import { type Bench, begun, runUpTo, setUp } from './support/bench.ts';

afterEach(stopSimulatedArrays);

const LOCK = 'dev-pg.refresh-in-progress';
const RENAME = 'PATCH /protection-group-snapshots';

const snapshotsOf = ({ simulator }: Bench) =>
  simulator
    .state()
    .arrays[0]?.snapshots.map(({ name }) => name)
    .filter((name) => name.startsWith('dev-pg.'));
const lostAnswer = {
  method: 'PATCH',
  path: '/protection-group-snapshots',
  effect: { hang_up: 'after' },
} as const;

describe.each(['2.8', '2.56'])('releasing the guard (REST %s)', (restVersion) => {
  const verified = async () => {
    const bench = await setUp({ restVersion });
    return { bench, run: await runUpTo('verifyTarget', bench) };
  };

  it('gives it the name of the snapshot that was copied', async () => {
    const { bench, run } = await verified();
    const before = bench.requests().length;

    const { guard } = await releaseGuard(run, bench.ports);

    expect(guard?.snapshot).toBe('dev-pg.before-s1');
    expect(snapshotsOf(bench)).toEqual(['dev-pg.before-s1']);
    expect(bench.requests().slice(before)).toEqual([RENAME]);
  });

  it('is done once, also where its answer was lost', async () => {
    const { bench, run } = await verified();
    bench.simulator.addFaults([lostAnswer]);

    expect((await rejectionOf(releaseGuard(run, bench.ports))).name).toBe('ArrayUnavailable');
    const { guard } = await releaseGuard(run, bench.ports);

    expect(guard?.snapshot).toBe('dev-pg.before-s1');
    expect(snapshotsOf(bench)).toEqual(['dev-pg.before-s1']);
  });

  it('whose answer was lost leaves the lock alone that another run has taken since', async () => {
    const { bench, run } = await verified();
    bench.simulator.addFaults([lostAnswer]);
    await rejectionOf(releaseGuard(run, bench.ports));
    let other = begun({ snapshot_name: 's2' }, 'nightly-2');
    for (const step of [prepare, takeSnapshot, planOverwrite, acquireGuard]) {
      other = await step(other, bench.ports);
    }

    const { guard } = await releaseGuard(run, bench.ports);

    expect(guard?.snapshot).toBe('dev-pg.before-s1');
    expect(snapshotsOf(bench)).toEqual(['dev-pg.before-s1', LOCK]);
  });

  it('is refused where somebody else has taken it over meanwhile', async () => {
    const { bench, run } = await verified();
    const members = await bench.array.volumeSnapshots(LOCK);
    await bench.array.tagSnapshots(
      members.map(({ id }) => id),
      [{ key: 'refresh_execution', value: 'arn:execution:another' }],
      { copyable: false },
    );
    const longAgo = run.guard && { ...run.guard, seen: '2026-11-24T00:00:00.000Z' };

    const refusal = await rejectionOf(releaseGuard({ ...run, guard: longAgo }, bench.ports));

    expect(refusal).toMatchObject({
      name: 'GuardLost',
      message: expect.stringContaining('has been taken over by run "another"'),
    });
    expect(snapshotsOf(bench)).toEqual([LOCK]);
  });
});

it('the overwrite must have been verified', async () => {
  const bench = await setUp();
  const run = await runUpTo('overwriteVolumes', bench);

  expect(await rejectionOf(releaseGuard(run, bench.ports))).toMatchObject({
    name: 'InvalidStepInput',
    message: 'The overwrite has not been verified.',
  });
  expect(snapshotsOf(bench)).toEqual([LOCK]);
});
