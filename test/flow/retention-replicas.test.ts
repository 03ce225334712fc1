import { describe, expect, it } from 'vitest';
import type { Fault } from '../../local/array/simulator.ts';
import { group, replicatedDatabases, replicatedDefinition, volume } from '../support/databases.ts';
import { expectFailure, expectRefreshed, expectUntouched } from '../support/expectations.ts';
import {
  askedToDestroy,
  eradications,
  liveSnapshots,
  runMany,
  withSnapshots,
} from '../support/retention.ts';
import { mutations, type RunReport, requestsTo } from '../support/run-report.ts';
import { useWorld } from '../support/world.ts';

const FOREIGN = ['run-900', 'RUN-901', 'run-1x'];
const safe = [volume('safe-data', 10)];
const world = useWorld({
  state: withSnapshots(
    replicatedDatabases({
      source: {
        volumes: safe,
        protection_groups: [
          {
            ...group('safe-pg', safe),
            targets: [{ name: 'fa-dr', retention_lock: 'ratcheted' as const }],
          },
        ],
      },
    }),
    'prd-pg',
    FOREIGN,
  ),
});

const { target_protection_group: _, ...withoutTarget } = replicatedDefinition;
const keepOne = { ...withoutTarget, keep_snapshots: 1 };
const source = ({ run }: RunReport, name = 'prd-pg') => `${name}.${run}`;
const replica = (report: RunReport, name = 'prd-pg') => `fa-prod:${source(report, name)}`;
const both = (...reports: readonly RunReport[]) =>
  reports.flatMap((report) => [source(report), replica(report)]).sort();
const many = (count: number, refresh?: string) => runMany(world, count, refresh);
const three = async (refresh = 'nightly'): Promise<[RunReport, RunReport, RunReport]> => [
  await world.run(refresh),
  await world.run(refresh),
  await world.run(refresh),
];
const destroyed = ({ manifest }: RunReport) => manifest.retention?.destroyed;
const left = ({ manifest }: RunReport) => manifest.retention?.left;
const foreign = FOREIGN.map((suffix) => `prd-pg.${suffix}`);
/** Of both arrays. */
const live = () => [...liveSnapshots(world.array), ...liveSnapshots(world.targetArray)].sort();

/** What the second array lists once of one transfer. */
const transferOf = (report: RunReport, told: object, path = '/transfer'): Fault => ({
  array: 'fa-dr',
  path: `/protection-group-snapshots${path}`,
  effect: {
    status: 200,
    body: { items: [{ name: replica(report), destroyed: false, ...told }] },
  },
});

describe.each(['2.4', '2.26', '2.56'])('on REST %s', (flash_array_api_version) => {
  it('an older snapshot goes with its replica, which goes first', async () => {
    await world.define('nightly', {
      ...replicatedDefinition,
      flash_array_api_version,
      keep_snapshots: 2,
    });

    const [first, second, third] = await three();
    const planned = await world.run('nightly', { execute: false });
    const fourth = await world.run('nightly');

    expectRefreshed(third);
    expect([first, second, third, fourth].map(askedToDestroy)).toEqual([
      [],
      [],
      [replica(first), source(first)],
      [replica(second), source(second)],
    ]);
    expect(destroyed(third)).toEqual(both(first).sort());
    expectUntouched(planned);
    expect(planned.manifest.retention).toMatchObject({
      destroyed: [],
      would_destroy: [source(second), replica(second)],
    });
    expect(live()).toEqual([...foreign, ...both(third, fourth)].sort());
    for (const report of [first, second, third, fourth]) {
      expect(eradications(report)).toEqual([]);
      expect(report.manifest.warnings).toEqual([]);
    }
  });
});

describe('on two arrays', () => {
  it('one stays on both whose replica SafeMode protects', async () => {
    await world.define('nightly', { ...keepOne, source_protection_group: 'safe-pg' });

    const [first, second] = await many(2);

    const reason = 'SafeMode protects the group on the target array';
    expect(second && left(second)).toEqual([
      { name: `safe-pg.${first?.run}`, reason },
      { name: `fa-prod:safe-pg.${first?.run}`, reason },
    ]);
    expect(second?.manifest.warnings).toEqual([`Older snapshots of the source stay: ${reason}.`]);
    expect(second && askedToDestroy(second)).toEqual([]);
  });

  it.each([
    ['is under way', { started: 1, progress: 0.5, completed: null }],
    ['is all there and not complete', { started: 1, progress: 1, completed: null }],
    ['is not told of', { started: null, progress: null, completed: null }],
  ])('one stays on both whose transfer %s', async (_, told) => {
    await world.define('nightly', { ...keepOne, replicate: true });
    const first = await world.run('nightly');
    await world.define('nightly', { ...keepOne, replicate: true, snapshot_name: 'n-{run}' });
    world.before('Record Result', () => world.addFaults(transferOf(first, told)));

    const second = await world.run('nightly');
    const third = await world.run('nightly');

    const reason = 'it is still being replicated';
    expect(left(second)).toEqual([
      { name: source(first), reason },
      { name: replica(first), reason },
    ]);
    expect(destroyed(second)).toEqual([]);
    expect(destroyed(third)).toContain(replica(first));
  });

  it('one stays that waits for its turn to be sent: the array knows', async () => {
    await world.define('nightly', { ...keepOne, replication_timeout_minutes: 1 });
    world.simulator.setReplication({ start_delay_ms: 86_400_000, duration_ms: 1_000 });
    const waiting = await world.run('nightly');
    await world.define('nightly', { ...keepOne, replicate: false });

    const [, last] = await many(2);

    expectFailure(waiting, 'ReplicationTimedOut');
    expect(last && left(last)).toEqual([
      { name: source(waiting), reason: expect.stringContaining('in use by replication') },
    ]);
    expect(last?.manifest.warnings.join()).toContain('the next run tries again');
  });

  it('what bears the name of a replica and another time stays, and its namesake goes', async () => {
    await world.define('nightly', keepOne);
    const first = await world.run('nightly');
    const stranger = { id: 'x', created: 12, suffix: first.run };
    world.before('Record Result', () => world.addFaults(transferOf(first, stranger, '')));

    const second = await world.run('nightly');

    expect(askedToDestroy(second)).toEqual([source(first)]);
    expect(left(second)).toEqual([
      { name: replica(first), reason: expect.stringContaining('may be of another snapshot') },
    ]);
    expect(live()).toContain(replica(first));
  });

  it.each([
    ['is refused', { status: 400, body: { errors: [{ context: null, message: 'Not now.' }] } }],
    ['gets no answer', { hang_up: 'before' as const }],
  ])('a snapshot waits for its replica, whose end %s', async (_, effect) => {
    await world.define('nightly', keepOne);
    const first = await world.run('nightly');
    const path = '/protection-group-snapshots';
    world.addFaults({ array: 'fa-dr', method: 'PATCH', path, times: 0, effect });

    const second = await world.run('nightly');
    world.simulator.clearFaults();
    const third = await world.run('nightly');

    expect(mutations(requestsTo('fa-prod', second)).map(({ method }) => method)).toEqual(['POST']);
    expect(left(second)).toEqual([
      { name: replica(first), reason: expect.any(String) },
      { name: source(first), reason: `it stays as long as its replica "${replica(first)}" does` },
    ]);
    expect(second.manifest).toMatchObject({
      status: 'SNAPSHOT_ONLY',
      warnings: [expect.any(String)],
    });
    expect(destroyed(third)).toEqual(both(first, second).sort());
  });

  it('a step that ended between the two goes on where it was', async () => {
    await world.define('nightly', keepOne);
    const first = await world.run('nightly');
    const path = '/protection-group-snapshots';
    // Cut off after the replica: the source's snapshot is not destroyed, and no manifest written.
    world.addFaults({ array: 'fa-prod', method: 'PATCH', path, effect: { hang_up: 'before' } });
    world.after('Record Result', () => {
      throw Object.assign(new Error('in plain words'), { name: 'Sandbox.Timedout' });
    });

    const second = await world.run('nightly');

    expect(destroyed(second)).toEqual(both(first).sort());
    expect(left(second)).toEqual([]);
    expect(live()).toEqual([...foreign, ...both(second)].sort());
  });
});
