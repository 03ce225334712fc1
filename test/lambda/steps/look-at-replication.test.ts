import { afterEach, describe, expect, it } from 'vitest';
import { asSnapshotVolume, planSchema } from '../../../lambda/refresh/plan.ts';
import { asReplicas, findReplicas } from '../../../lambda/steps/look-at-replication.ts';
import { prepare } from '../../../lambda/steps/prepare.ts';
import type { Fault } from '../../../local/array/simulator.ts';
import { rejectionOf } from '../support/refusals.ts';
import { ARRAY, stopSimulatedArrays, volume } from '../support/simulated-array.ts';
import { begun } from './support/bench.ts';
import {
  type production,
  REPLICA,
  type ReplicationOptions,
  recovery,
  setUpReplication,
  TARGET_ARRAY,
  untilReplicated,
} from './support/replication-bench.ts';

afterEach(stopSimulatedArrays);

type Groups = NonNullable<typeof production.protection_groups>;

const GROUP = { name: 'prd-pg', volumes: ['prd-data-0', 'prd-data-1', 'prd-config'] };
const withGroup = (more: Partial<Groups[number]>) => ({
  source: { protection_groups: [{ ...GROUP, targets: [TARGET_ARRAY], ...more }] },
});
const existing = [{ suffix: 's1' }];

describe('the way to the second array', () => {
  it('is looked at before anything is done, and what is found there is noted', async () => {
    const bench = await setUpReplication();

    const run = await prepare(begun(), bench.ports);

    expect(run).toMatchObject({
      replicate: true,
      source_array: { name: ARRAY, host: bench.source.host },
      target_array: { name: TARGET_ARRAY, host: bench.target.host },
      replication: { snapshot: REPLICA, done: false, polls: 0 },
      target_protection_group: 'dev-pg',
    });
    expect(planSchema.parse(bench.store.json('runs/nightly-1/plan.json')).pairs).toMatchObject([
      {
        source: { id: 'id-of-prd-data-0', replica_id: null, snapshot: `${REPLICA}.prd-data-0` },
        target: { name: 'dev-data-0' },
      },
      { source: { snapshot: `${REPLICA}.prd-data-1` }, target: { name: 'dev-data-1' } },
    ]);
    expect(bench.changes()).toEqual([]);
  });

  it('is tried in a dry run as far as it can be', async () => {
    const bench = await setUpReplication({ definition: { execute: false } });

    await prepare(begun(), bench.ports);

    expect(bench.requests().filter(({ path }) => path.endsWith('/test'))).toMatchObject([
      {
        array: ARRAY,
        path: '/protection-group-snapshots/test',
        query: { source_names: 'prd-pg', replicate_now: 'true' },
      },
    ]);
    expect(bench.changes()).toEqual([]);
  });

  it('with the overwrite too, where the snapshot is complete there', async () => {
    const bench = await setUpReplication({ definition: { execute: false } });
    await bench.source.createGroupSnapshot('prd-pg', 's1', { replicateNow: true });
    bench.simulator.advance(10_000);

    await prepare(begun(), bench.ports);

    expect(bench.requests().filter(({ path }) => path.endsWith('/test'))).toMatchObject([
      { array: TARGET_ARRAY, path: '/volumes/batch/test' },
    ]);
  });

  it('may lead to a group that has no target volumes to overwrite', async () => {
    const bench = await setUpReplication({ definition: { target_protection_group: undefined } });

    expect(await prepare(begun(), bench.ports)).toMatchObject({
      has_target: false,
      replication: { snapshot: REPLICA },
    });
  });

  it.each<[string, ReplicationOptions, string, RegExp]>([
    [
      'the group has no target',
      withGroup({ targets: [] }),
      'ReplicationNotConfigured',
      /^Protection group "prd-pg" has no replication target\.$/,
    ],
    [
      'the group has other targets',
      { ...withGroup({ targets: ['fa-third'] }), others: [{ name: 'fa-third' }] },
      'ReplicationNotConfigured',
      /^Array "fa-dr", .*is no replication target of .*"prd-pg"; it replicates to "fa-third"\.$/,
    ],
    [
      'the second array does not let the group in',
      withGroup({ targets: [{ name: TARGET_ARRAY, allowed: false }] }),
      'ReplicationDisallowed',
      /^Array "fa-dr" does not allow protection group "prd-pg"/,
    ],
    [
      'the connection is down',
      { source: { connections: [{ name: TARGET_ARRAY, status: 'connecting' }] } },
      'ReplicationDisconnected',
      /^The connection of array 127\.0\.0\.1:\d+ to array "fa-dr" is "connecting"\.$/,
    ],
    [
      'the array cannot replicate at once',
      { restVersion: '2.3' },
      'ReplicationUnsupported',
      /^Array 127\.0\.0\.1:\d+ cannot replicate a snapshot on demand, which takes REST 2\.4\.$/,
    ],
    [
      'the array cannot send a snapshot that exists',
      { ...withGroup({ snapshots: existing }), restVersion: '2.24' },
      'ReplicationUnsupported',
      /cannot send snapshot "prd-pg\.s1", which exists already and is not on the target array; that takes REST 2\.25\.$/,
    ],
    [
      'the target group is not there',
      { target: { protection_groups: [] } },
      'ProtectionGroupNotFound',
      /^There is no protection group "dev-pg" on array/,
    ],
    [
      'the target group holds nothing',
      { target: { protection_groups: [{ name: 'dev-pg' }] } },
      'ProtectionGroupEmpty',
      /"dev-pg"/,
    ],
    [
      'the target group is destroyed',
      { target: { protection_groups: [{ name: 'dev-pg', destroyed: true }] } },
      'ProtectionGroupDestroyed',
      /"dev-pg"/,
    ],
    [
      'the target group is made of hosts',
      { target: { protection_groups: [{ name: 'dev-pg', hosts: ['dev01'] }] } },
      'TargetGroupOfHosts',
      /"dev-pg"/,
    ],
    [
      'a target volume is on a host that has the name of a productive one',
      { target: { hosts: [{ name: 'PRD01', volumes: ['dev-data-1'] }] } },
      'SharedHost',
      /"dev-data-1" are connected to "PRD01"/,
    ],
  ])('is refused where %s', async (_, options, name, message) => {
    const bench = await setUpReplication(options);

    expect(await rejectionOf(prepare(begun(), bench.ports))).toMatchObject({
      name,
      message: expect.stringMatching(message),
    });
    expect(bench.changes()).toEqual([]);
    // Nothing that a later step could go on with.
    expect([...bench.store.objects.keys()].filter((key) => key.startsWith('runs/'))).toEqual([
      'runs/nightly-1/arrays.json',
    ]);
  });

  it('names the host of the array that lacks a group', async () => {
    const bench = await setUpReplication({ target: { protection_groups: [] } });

    const { message } = await rejectionOf(prepare(begun(), bench.ports));

    expect(message).toContain(`on array ${bench.target.host}.`);
  });

  it.each<[string, Fault['effect']]>([
    ['lists none', { status: 200, body: { items: [] } }],
    [
      'refuses its name',
      { status: 400, body: { errors: [{ message: 'Array connection does not exist.' }] } },
    ],
  ])('is refused where there is no connection: the array %s', async (_, effect) => {
    const bench = await setUpReplication();
    bench.simulator.addFaults([{ path: '/array-connections', effect }]);

    expect(await rejectionOf(prepare(begun(), bench.ports))).toMatchObject({
      name: 'ReplicationDisconnected',
      message: expect.stringMatching(/to array "fa-dr" is not there\.$/),
    });
  });

  it('needs no sending, and no REST that can, where the snapshot is there already', async () => {
    const bench = await setUpReplication({ restVersion: '2.24' });
    await bench.source.createGroupSnapshot('prd-pg', 's1', { replicateNow: true });
    bench.simulator.advance(10_000);

    expect(await prepare(begun(), bench.ports)).toMatchObject({ snapshot: { reused: true } });
  });

  it('is refused where the name is taken there by a snapshot that the source has no more', async () => {
    const bench = await setUpReplication();
    await bench.source.createGroupSnapshot('prd-pg', 's1', { replicateNow: true });
    bench.simulator.advance(10_000);
    bench.simulator.addFaults([
      {
        array: ARRAY,
        path: '/protection-group-snapshots',
        effect: { status: 200, body: { items: [] } },
      },
    ]);

    expect(await rejectionOf(prepare(begun(), bench.ports))).toMatchObject({
      name: 'ReplicaOutdated',
      message: expect.stringContaining(`"${REPLICA}"`),
      remedy: expect.stringContaining('another snapshot_name'),
    });
  });
});

describe('the replicas of a snapshot', () => {
  const members = ['prd-data-0', 'prd-data-1'].map((name) =>
    asSnapshotVolume('prd-pg.s1', { id: `id-of-${name}`, name, size: 1 }),
  );

  it('are joined to the volumes that they were taken from, whose ids are others', async () => {
    const bench = await setUpReplication();
    await bench.source.createGroupSnapshot('prd-pg', 's1', { replicateNow: true });
    bench.simulator.advance(10_000);
    const onTarget = await bench.target.volumeSnapshots(REPLICA);
    const idOf = (name: string) =>
      onTarget.find((found) => found.name === `${REPLICA}.${name}`)?.source.id;

    const replicas = await findReplicas(bench.target, members, 'prd-pg.s1', REPLICA);

    expect(replicas).toEqual(
      members.map((member) => ({
        ...member,
        size: 128_849_018_880,
        replica_id: idOf(member.name),
        snapshot: `${REPLICA}.${member.name}`,
        created: expect.any(Number),
      })),
    );
    expect(replicas.map(({ replica_id }) => replica_id)).not.toContain('id-of-prd-data-0');
  });

  it('that are not all there are not copied: the volumes are named', async () => {
    const bench = await setUpReplication();
    await bench.source.createGroupSnapshot('prd-pg', 's1', { replicateNow: true });
    bench.simulator.advance(10_000);
    const more = asSnapshotVolume('prd-pg.s1', { id: 'x', name: 'prd-gone', size: 1 });
    const find = (snapshot: string) =>
      rejectionOf(findReplicas(bench.target, [...members, more], 'prd-pg.s1', snapshot));

    expect(await find(REPLICA)).toMatchObject({
      name: 'ReplicaIncomplete',
      message: `Snapshot "${REPLICA}" lacks "prd-gone" on array ${bench.target.host}.`,
    });
    expect((await find(`${ARRAY}:prd-pg.s2`)).message).toContain(
      'lacks "prd-data-0", "prd-data-1", "prd-gone"',
    );
  });

  it('are known by their names beforehand, and by the ids of an earlier one', () => {
    const ids = new Map([['prd-data-1', 'replica-1']]);

    expect(asReplicas(members, 'prd-pg.s1', { snapshot: REPLICA, ids })).toEqual([
      { ...members[0], snapshot: `${REPLICA}.prd-data-0`, replica_id: null },
      { ...members[1], snapshot: `${REPLICA}.prd-data-1`, replica_id: 'replica-1' },
    ]);
  });

  it('of a group in a pod bear the pod’s name alone', async () => {
    const inPod = (name: string) => volume(`pod::${name}`, 120, { id: `id-of-${name}` });
    const bench = await setUpReplication({
      definition: { source_protection_group: 'pod::prd-pg', excluded_volumes: [] },
      source: {
        volumes: [inPod('prd-data-0'), inPod('prd-data-1')],
        protection_groups: [
          {
            name: 'pod::prd-pg',
            volumes: ['pod::prd-data-0', 'pod::prd-data-1'],
            targets: [TARGET_ARRAY],
          },
        ],
        hosts: [],
      },
      target: recovery,
    });

    const prepared = await prepare(begun(), bench.ports);

    expect(prepared.replication?.snapshot).toBe('pod:prd-pg.s1');
    await bench.source.createGroupSnapshot('pod::prd-pg', 's1', { replicateNow: true });
    const { replication } = await untilReplicated(prepared, bench);
    expect(replication).toMatchObject({ done: true, progress: 1 });
    const inPodMembers = ['prd-data-0', 'prd-data-1'].map((name) =>
      asSnapshotVolume('pod::prd-pg.s1', { id: `id-of-${name}`, name: `pod::${name}`, size: 1 }),
    );
    expect(
      await findReplicas(bench.target, inPodMembers, 'pod::prd-pg.s1', 'pod:prd-pg.s1'),
    ).toMatchObject([
      { id: 'id-of-prd-data-0', snapshot: 'pod:prd-pg.s1.prd-data-0' },
      { id: 'id-of-prd-data-1', snapshot: 'pod:prd-pg.s1.prd-data-1' },
    ]);
  });
});
