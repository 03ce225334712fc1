import { afterEach, describe, expect, it } from 'vitest';
import { planSchema } from '../../../lambda/refresh/plan.ts';
import { acquireGuard } from '../../../lambda/steps/acquire-guard.ts';
import { checkReplication } from '../../../lambda/steps/check-replication.ts';
import { overwriteVolumes } from '../../../lambda/steps/overwrite-volumes.ts';
import { planOverwrite } from '../../../lambda/steps/plan-overwrite.ts';
import { prepare } from '../../../lambda/steps/prepare.ts';
import { recordFailure } from '../../../lambda/steps/record-failure.ts';
import { recordResult } from '../../../lambda/steps/record-result.ts';
import { runArrayStep } from '../../../lambda/steps/run-array-step.ts';
import { rejectionOf } from '../support/refusals.ts';
import { ARRAY, stopSimulatedArrays, volume } from '../support/simulated-array.ts';
import { begun, failedWith } from './support/bench.ts';
import { errorOf, manifestAt, refusing, rolledBack, silentAfter } from './support/failed-run.ts';
import {
  guardedOnReplica,
  REPLICA,
  type ReplicationBench,
  sent,
  setUpReplication,
  TARGET_ARRAY,
  untilReplicated,
} from './support/replication-bench.ts';

afterEach(stopSimulatedArrays);

const MANIFEST = 'manifests/nightly/nightly-1.json';
const TARGETS = ['dev-data-0', 'dev-data-1'];

const tagged = (name: string, mapping: string) =>
  volume(name, 120, { tags: { snapshot_mapping: mapping } });
const mappingsOf = async ({ target }: ReplicationBench) =>
  Object.fromEntries(await target.mappings(TARGETS));
const pairsIn = ({ store }: ReplicationBench) =>
  planSchema
    .parse(store.json('runs/nightly-1/plan.json'))
    .pairs.map(({ source, target, rule }) => `${source.snapshot} → ${target.name} (${rule})`);
const loggedOut = ({ simulator }: ReplicationBench) =>
  simulator
    .requests()
    .filter(({ path }) => path.endsWith('/logout'))
    .map(({ array }) => array);

/** The ids that the replicas have on the target array, in the order of their names. */
const replicaIds = async (bench: ReplicationBench) => {
  await bench.source.createGroupSnapshot('prd-pg', 's0', { replicateNow: true });
  bench.simulator.advance(10_000);
  const found = await bench.target.volumeSnapshots(`${ARRAY}:prd-pg.s0`);
  return ['prd-data-0', 'prd-data-1'].map(
    (name) => found.find((each) => each.name.endsWith(`.${name}`))?.source.id ?? 'unknown',
  );
};

const crossed = [
  `${REPLICA}.prd-data-0 → dev-data-1 (tag)`,
  `${REPLICA}.prd-data-1 → dev-data-0 (tag)`,
];

describe('a refresh on the second array', () => {
  it.each(['2.31', '2.56'])(
    'overwrites from the replica and tags with the ids of the source array (REST %s)',
    async (restVersion) => {
      const bench = await setUpReplication({ restVersion });
      const before = bench.contents(ARRAY);
      const run = await guardedOnReplica(bench);
      bench.simulator.write(ARRAY, 'prd-data-0', 'written after the snapshot');

      await overwriteVolumes(run, bench.ports);

      const after = bench.contents(TARGET_ARRAY);
      expect(after.get('dev-data-0')).toBe(before.get('prd-data-0'));
      expect(after.get('dev-data-1')).toBe(before.get('prd-data-1'));
      expect(await mappingsOf(bench)).toEqual({
        'dev-data-0': 'id-of-prd-data-0',
        'dev-data-1': 'id-of-prd-data-1',
      });
      expect(JSON.stringify(bench.requests())).not.toContain('for_replication');
    },
  );

  it('follows the tags that a local run has left, before and after the replica is there', async () => {
    const bench = await setUpReplication({
      target: {
        volumes: [
          tagged('dev-data-0', 'id-of-prd-data-1'),
          tagged('dev-data-1', 'id-of-prd-data-0'),
        ],
      },
    });
    const run = await sent(bench);
    expect(pairsIn(bench)).toEqual(crossed);

    const planned = await planOverwrite(await untilReplicated(run, bench), bench.ports);
    await overwriteVolumes(await acquireGuard(planned, bench.ports), bench.ports);

    expect(pairsIn(bench)).toEqual(crossed);
    expect(await mappingsOf(bench)).toEqual({
      'dev-data-0': 'id-of-prd-data-1',
      'dev-data-1': 'id-of-prd-data-0',
    });
  });

  it('follows the tags of the Python script, and puts the ids of the source array in their place', async () => {
    const bench = await setUpReplication();
    const [first = '', second = ''] = await replicaIds(bench);
    const tag = (target: string, mapping: string) =>
      bench.target.tagVolume({ target, snapshot: '', mapping });
    await tag('dev-data-0', second);
    await tag('dev-data-1', first);

    const prepared = await prepare(begun(), bench.ports);
    expect(pairsIn(bench)).toEqual(crossed);
    const run = await guardedOnReplica(bench);
    expect(pairsIn(bench)).toEqual(crossed);
    expect(run.plan_hash).toBe(prepared.plan_hash);
    await overwriteVolumes(run, bench.ports);

    expect(await mappingsOf(bench)).toEqual({
      'dev-data-0': 'id-of-prd-data-1',
      'dev-data-1': 'id-of-prd-data-0',
    });
  });

  it('does not plan from a replica of which a part is gone', async () => {
    const bench = await setUpReplication();
    const run = await untilReplicated(await sent(bench), bench);
    bench.simulator.addFaults([
      { path: '/volume-snapshots', effect: { status: 200, body: { items: [] } } },
    ]);

    expect((await rejectionOf(planOverwrite(run, bench.ports))).name).toBe('ReplicaIncomplete');
  });

  it('does not overwrite from a plan whose snapshots are those of the source array', async () => {
    const bench = await setUpReplication();
    const run = await guardedOnReplica(bench);
    const before = bench.contents(TARGET_ARRAY);
    const text = bench.store.objects.get('runs/nightly-1/plan.json') ?? '';
    bench.store.objects.set(
      'runs/nightly-1/plan.json',
      text.replaceAll(`"${REPLICA}.`, '"prd-pg.s1.'),
    );

    expect((await rejectionOf(overwriteVolumes(run, bench.ports))).name).toBe('TargetChanged');
    expect(bench.contents(TARGET_ARRAY)).toEqual(before);
  });
});

describe('the record', () => {
  it('of a refresh names both arrays and the replicas, and both sessions end', async () => {
    const bench = await setUpReplication();
    const run = await overwriteVolumes(await guardedOnReplica(bench), bench.ports);

    expect(await recordResult(run, bench.ports)).toMatchObject({ status: 'SUCCEEDED' });

    expect(manifestAt(bench.store, MANIFEST)).toMatchObject({
      arrays: { source: { name: ARRAY }, target: { name: TARGET_ARRAY } },
      snapshot: { name: 'prd-pg.s1' },
      replication: { snapshot: REPLICA, done: true, progress: 1 },
      pairs: [
        { source: { id: 'id-of-prd-data-0' }, snapshot: `${REPLICA}.prd-data-0` },
        { source: { id: 'id-of-prd-data-1' }, snapshot: `${REPLICA}.prd-data-1` },
      ],
    });
    expect(bench.store.objects.get('manifests/nightly/nightly-1.volumes.txt')).toBe(
      `${REPLICA}.prd-data-0\n${REPLICA}.prd-data-1\n`,
    );
    expect(loggedOut(bench).toSorted()).toEqual([TARGET_ARRAY, ARRAY]);
  });

  it('of a snapshot that did not arrive says how far it came, and the target is untouched', async () => {
    const bench = await setUpReplication({ definition: { replication_stall_minutes: 1 } });
    bench.simulator.setReplication({ duration_ms: 10_000, stall_at: 0.4 });
    const before = bench.contents(TARGET_ARRAY);
    const taken = await sent(bench);
    bench.simulator.advance(30_000);
    const looked = await checkReplication(taken, bench.ports);
    const waited = looked.replication && { ...looked.replication, wait_seconds: 60 };
    const run = { ...looked, replication: waited };
    const error = await errorOf(checkReplication(run, bench.ports));

    const recorded = await recordFailure(failedWith(run, error), bench.ports);

    expect(recorded).toMatchObject({ target: 'untouched', error: { name: 'ReplicationStalled' } });
    expect(manifestAt(bench.store, MANIFEST)).toMatchObject({
      status: 'FAILED',
      replication: { done: false, progress: 0.4 },
      error: { message: expect.stringContaining('It came to 40.0 %') },
    });
    expect(bench.contents(TARGET_ARRAY)).toEqual(before);
    expect(loggedOut(bench).toSorted()).toEqual([TARGET_ARRAY, ARRAY]);
  });

  it.each([
    ['whose answer got lost', silentAfter('/volumes/batch'), '2.56'],
    ['that was refused', refusing('/volumes/batch'), '2.56'],
    ['that was refused in the middle', refusing('/volumes', 2), '2.31'],
  ])('of an overwrite %s: the second array was put back', async (_, fault, restVersion) => {
    const bench = await setUpReplication({ restVersion });
    const before = bench.contents(TARGET_ARRAY);
    const run = await guardedOnReplica(bench);
    bench.simulator.addFaults([{ ...fault, array: TARGET_ARRAY }]);
    const error = await errorOf(overwriteVolumes(run, bench.ports));
    bench.simulator.clearFaults();

    const { run: done } = await rolledBack(failedWith(run, error), bench.ports, bench);

    expect(await recordFailure(done, bench.ports)).toMatchObject({ target: 'restored' });
    expect(bench.contents(TARGET_ARRAY)).toEqual(before);
    expect(await mappingsOf(bench)).toEqual({});
    expect(loggedOut(bench).toSorted()).toEqual([TARGET_ARRAY, ARRAY]);
  });

  it('of a run that Prepare refused ends both sessions', async () => {
    const bench = await setUpReplication({
      target: { hosts: [{ name: 'prd01', volumes: ['dev-data-1'] }] },
    });
    const error = await errorOf(prepare(begun(), bench.ports));

    await recordFailure(failedWith(begun(), error), bench.ports);

    expect(error.name).toBe('SharedHost');
    expect(loggedOut(bench).toSorted()).toEqual([TARGET_ARRAY, ARRAY]);
  });

  it('of a step counts the requests to both arrays, and logs how far the snapshot has come', async () => {
    const bench = await setUpReplication();
    const lines: Readonly<Record<string, unknown>>[] = [];
    const keep = (_: string, fields: Readonly<Record<string, unknown>>) => {
      lines.push(fields);
    };

    const run = await runArrayStep({
      name: 'prepare',
      act: prepare,
      run: begun(),
      ports: bench.ports,
      log: { info: keep, error: keep },
    });

    expect(run.steps[0]?.requests).toBe(bench.simulator.requests().length);
    expect(new Set(bench.requests().map(({ array }) => array)).size).toBe(2);
    expect(lines).toMatchObject([{ replication: { snapshot: REPLICA, done: false } }]);
  });
});
