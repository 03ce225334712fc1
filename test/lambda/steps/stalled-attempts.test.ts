import { afterEach, describe, expect, it } from 'vitest';
import type { Run } from '../../../lambda/refresh/run.ts';
import { acquireGuard } from '../../../lambda/steps/acquire-guard.ts';
import { overwriteVolumes } from '../../../lambda/steps/overwrite-volumes.ts';
import type { ObjectStore, Ports } from '../../../lambda/steps/ports.ts';
import type { Fault } from '../../../local/array/simulator.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { rejectionOf } from '../support/refusals.ts';
import { stopSimulatedArrays } from '../support/simulated-array.ts';
import type { Bench } from './support/bench.ts';
import { changesAfter, guarded, planned } from './support/planned-run.ts';

afterEach(stopSimulatedArrays);

/** Where an invocation is held up: before it makes a note, before it reads that of another, before it writes over it. */
type Point = 'create' | 'read' | 'take';

/** Begins a step whose invocation is held up. */
const stall = async (
  step: (run: Run, ports: Ports) => Promise<Run>,
  run: Run,
  { ports, store }: Bench,
  at: Point,
): Promise<{ goOn: () => Promise<unknown> }> => {
  const waits = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const hold = async (point: Point) => {
    if (point !== at) return;
    asked.resolve();
    await waits.promise;
  };
  const slow: ObjectStore = {
    read: (key) => store.read(key),
    readVersion: (key) => hold('read').then(() => store.readVersion(key)),
    write: (key, text) => store.write(key, text),
    replace: (key, text, version) =>
      hold(version === undefined ? 'create' : 'take').then(() => store.replace(key, text, version)),
    list: (prefix) => store.list(prefix),
  };
  const result = step(run, { ...ports, store: slow }).catch((error: unknown) => error);
  await asked.promise;
  return {
    goOn: () => {
      waits.resolve();
      return result;
    },
  };
};

const LOCK = 'dev-pg.refresh-in-progress';
const inBetween = expect.stringContaining('has come in between');
const refusal = { status: 400, body: { errors: [{ context: null, message: 'Not now.' }] } };

/** An attempt that the array does not take up, before any other. */
const refusedOnce = async (
  step: (run: Run, ports: Ports) => Promise<Run>,
  run: Run,
  { simulator, ports }: Bench,
  fault: Pick<Fault, 'method' | 'path'>,
): Promise<void> => {
  simulator.addFaults([{ ...fault, effect: { status: 429, body: {} } }]);
  await rejectionOf(step(run, ports));
};
const SNAPSHOT = { method: 'POST', path: '/protection-group-snapshots' } as const;
const MEMBERS = { method: 'GET', path: '/protection-groups/volumes' } as const;

/** Leaves the note of an attempt that never came to its end. */
const cutOff = ({ store }: Bench, step: 'acquire' | 'overwrite'): void =>
  store.put(`runs/nightly-1/${step}.json`, {
    number: 1,
    begun: '2026-11-24T01:00:00.000Z',
    ended: null,
    changing: false,
    lost: false,
  });

/** An attempt that fails when some volumes are new. */
const failedHalfway = async (run: Run, { simulator, ports }: Bench): Promise<void> => {
  simulator.addFaults([{ method: 'POST', path: '/volumes', nth: 2, effect: refusal }]);
  await rejectionOf(overwriteVolumes(run, ports));
};

describe('an invocation that was held up while the next one was at work', () => {
  it('before it had noted anything comes after it, and knows that volumes may have been overwritten', async () => {
    const { bench, run } = await guarded({ restVersion: '2.31' });
    const first = await stall(overwriteVolumes, run, bench, 'create');
    await failedHalfway(run, bench);

    expect(await first.goOn()).toMatchObject({ guard: { in_doubt: true, wait_seconds: 60 } });
    expect(bench.store.json('runs/nightly-1/overwrite.json')).toMatchObject({
      number: 2,
      changing: true,
    });
  });

  it('does not forget what it has not read', async () => {
    const { bench, run } = await guarded({ restVersion: '2.31' });
    await refusedOnce(overwriteVolumes, run, bench, MEMBERS);
    const first = await stall(overwriteVolumes, run, bench, 'take');
    await failedHalfway(run, bench);
    const changesSince = changesAfter(bench);

    expect(await first.goOn()).toMatchObject({ name: 'GuardLost', message: inBetween });
    expect(changesSince()).toEqual([]);
    expect(bench.store.json('runs/nightly-1/overwrite.json')).toMatchObject({ changing: true });
  });

  it.each([
    ['makes a note', 'create', 'has begun to overwrite already'],
    ['reads that of another', 'read', 'has begun to overwrite already'],
    ['writes over it', 'take', 'has come in between'],
  ] as const)(
    'before it %s does not set the guard aside under which volumes are overwritten',
    async (_, at, message) => {
      const { bench, run } = await planned();
      if (at !== 'create') await refusedOnce(acquireGuard, run, bench, SNAPSHOT);
      const first = await stall(acquireGuard, run, bench, at);
      const holding = await acquireGuard(run, bench.ports);
      const overwritten = await overwriteVolumes(holding, bench.ports);
      const changesSince = changesAfter(bench);

      expect(await first.goOn()).toMatchObject({ message: expect.stringContaining(message) });
      expect(changesSince()).toEqual([]);
      expect(overwritten.guard?.snapshot).toBe(LOCK);
    },
  );

  it('does not set it aside either when nothing has been overwritten yet', async () => {
    const { bench, run } = await planned();
    await refusedOnce(acquireGuard, run, bench, SNAPSHOT);
    const first = await stall(acquireGuard, run, bench, 'take');
    const holding = await acquireGuard(run, bench.ports);
    const changesSince = changesAfter(bench);

    expect(await first.goOn()).toMatchObject({ name: 'GuardLost', message: inBetween });
    expect(changesSince()).toEqual([]);
    await overwriteVolumes(holding, bench.ports);
  });

  it('is not forgotten over attempts that came to their end', async () => {
    const { bench, run } = await guarded({ restVersion: '2.31' });
    cutOff(bench, 'overwrite');
    await failedHalfway(run, bench);

    const { guard } = await overwriteVolumes(run, bench.ports);

    // As long as the array may take, and an invocation may go on.
    expect(guard).toMatchObject({ in_doubt: true, wait_seconds: 60 + 600 });
  });

  it('does not make good that the guard is old', async () => {
    const { bench, run, changesSince } = await guarded();
    cutOff(bench, 'overwrite');
    const clock = new ManualClock();
    clock.advance(16 * 60_000);

    expect(await rejectionOf(overwriteVolumes(run, { ...bench.ports, clock }))).toMatchObject({
      name: 'TargetChanged',
      message: expect.stringContaining('was taken long ago'),
    });
    expect(changesSince()).toEqual([]);
  });

  it('keeps the run from overwriting as long as it may set the guard aside', async () => {
    const { bench, run, changesSince } = await guarded();
    cutOff(bench, 'acquire');

    expect(await rejectionOf(overwriteVolumes(run, bench.ports))).toMatchObject({
      name: 'GuardLost',
      message: expect.stringContaining('may still be at work'),
    });
    expect(changesSince()).toEqual([]);
  });

  it('does not get volumes overwritten under another guard that it has taken', async () => {
    const { bench, run } = await guarded({ restVersion: '2.31' });
    const { array } = bench;
    const clock = new ManualClock();
    const tag = array.tagSnapshots.bind(array);
    array.tagSnapshots = async (...tags) => {
      await tag(...tags);
      await array.renameSnapshot(LOCK, 'dev-pg.restored-aside');
      await array.createGroupSnapshot('dev-pg', 'refresh-in-progress');
      const owner = { key: 'refresh_execution', value: run.execution };
      const ids = (await array.volumeSnapshots(LOCK)).map(({ id }) => id);
      await tag(ids, [owner], { copyable: false });
      clock.advance(60_000);
    };
    const changesSince = changesAfter(bench);

    const refused = await rejectionOf(overwriteVolumes(run, { ...bench.ports, clock }));

    expect(refused.name).toBe('GuardLost');
    expect(changesSince()).not.toContain('POST /volumes');
  });
});
