import { describe, expect, it } from 'vitest';
import type { Fault } from '../../local/array/simulator.ts';
import { production, replicatedDatabases, replicatedDefinition } from '../support/databases.ts';
import { expectFailedOnTheWay, expectRefreshed, expectRestored } from '../support/expectations.ts';
import { allCases, some } from '../support/extent.ts';
import {
  callsOf,
  copiedSnapshots,
  looksOf,
  mutations,
  type RunReport,
  requestsTo,
  statesOf,
} from '../support/run-report.ts';
import { useWorld } from '../support/world.ts';

const MINUTE = 60;
const minutes = (count: number): number => count * MINUTE;
const ms = (seconds: number): number => seconds * 1000;
/** Of the whole database. */
const ALL = production.reduce((sum, { size }) => sum + size, 0);
const TRANSFER = '/protection-group-snapshots/transfer';
const REPLICA = '/protection-group-snapshots/replica';
const world = useWorld({ state: replicatedDatabases() });

/** A transfer may stand still for seven minutes. */
const impatient = { ...replicatedDefinition, replication_stall_minutes: 7 };
const { target_protection_group: _, ...withoutTarget } = replicatedDefinition;
const waitedIn = ({ waits }: RunReport): number => waits.reduce((sum, wait) => sum + wait, 0);
const callsTo = (array: string, report: RunReport) => callsOf(requestsTo(array, report));
const thrown = (name: string) => () => {
  throw Object.assign(new Error('in plain words'), { name });
};

describe('a transfer', () => {
  it('of which the second array knows nothing for a long time is waited for', async () => {
    await world.define('nightly', replicatedDefinition);
    world.simulator.setReplication({
      start_delay_ms: ms(minutes(15)),
      duration_ms: ms(minutes(5)),
    });

    const report = await world.run('nightly');

    expectRefreshed(report);
    const unseen = looksOf(report).filter(({ seen }) => !seen);
    expect(unseen.length).toBeGreaterThan(15);
    expect(unseen.every(({ progress, bytes }) => progress === 0 && bytes === 0)).toBe(true);
    expect(waitedIn(report)).toBeGreaterThanOrEqual(minutes(20));
  });

  const patiences: [string, object, number][] = [
    ['the minutes of the definition', { replication_stall_minutes: 7 }, minutes(7)],
    ['an hour', {}, minutes(60)],
  ];
  // The hour is the default, which check-replication.test.ts tries.
  it.each(some(patiences, 1))(
    'that stands still for %s ends the run',
    async (_, limits, patience) => {
      await world.define('nightly', { ...replicatedDefinition, ...limits });
      world.simulator.setReplication({ duration_ms: ms(minutes(10)), stall_at: 0.4 });

      const report = await world.run('nightly');

      expectFailedOnTheWay(report, 'ReplicationStalled');
      expect(report.manifest.error?.message).toContain('40.0 %');
      const { replication } = report.manifest;
      expect(replication).toMatchObject({
        snapshot: `fa-prod:prd-pg.${report.run}`,
        done: false,
        seen: true,
        progress: 0.4,
        bytes: 0.4 * ALL,
      });
      expect(replication?.polls).toBeGreaterThanOrEqual(report.waits.length);
      // It came to a stop after four minutes, and was last seen to move within a minute after that.
      expect(waitedIn(report)).toBeGreaterThanOrEqual(minutes(4) + patience);
      expect(waitedIn(report)).toBeLessThanOrEqual(minutes(6) + patience);
    },
  );

  it('that goes on after standing still for less is waited for', async () => {
    await world.define('nightly', impatient);
    world.simulator.setReplication({ duration_ms: ms(minutes(10)), stall_at: 0.4 });
    world.whenWaited(minutes(10), () => world.simulator.setReplication({ stall_at: 1 }));

    const report = await world.run('nightly');

    expectRefreshed(report);
    expect(waitedIn(report)).toBeGreaterThanOrEqual(minutes(16));
  });

  // Why it ends, and when, is what check-replication.test.ts tries for each of the following.
  it.runIf(allCases)('that does not begin ends the run as one that stands still', async () => {
    await world.define('nightly', impatient);
    world.simulator.setReplication({ start_delay_ms: ms(minutes(600)) });

    const report = await world.run('nightly');

    expectFailedOnTheWay(report, 'ReplicationStalled');
    expect(report.manifest.replication).toMatchObject({ seen: false, progress: 0, bytes: 0 });
    expect(report.target.after.snapshots).toEqual([]);
  });

  it('that takes longer than the definition allows ends the run', async () => {
    await world.define('nightly', { ...replicatedDefinition, replication_timeout_minutes: 30 });
    world.simulator.setReplication({ duration_ms: ms(minutes(120)) });

    const report = await world.run('nightly');

    expectFailedOnTheWay(report, 'ReplicationTimedOut');
    expect(report.manifest.error?.message).toContain('30 minutes');
    const { replication } = report.manifest;
    expect(replication).toMatchObject({ done: false, seen: true });
    expect(replication?.progress).toBeCloseTo(0.25, 1);
    expect(replication?.bytes).toBe(Math.floor((replication?.progress ?? 0) * ALL));
    expect(replication?.polls).toBeGreaterThanOrEqual(report.waits.length);
    expect(waitedIn(report)).toBeGreaterThanOrEqual(minutes(30));
    expect(waitedIn(report)).toBeLessThanOrEqual(minutes(31));
  });

  it('that is disallowed on its way ends the run at the next look', async () => {
    await world.define('nightly', replicatedDefinition);
    world.simulator.setReplication({ duration_ms: ms(minutes(60)) });
    world.whenWaited(minutes(10), () => world.simulator.setReplication({ allowed: false }));

    const report = await world.run('nightly');

    expectFailedOnTheWay(report, 'ReplicationDisallowed');
    expect(waitedIn(report)).toBeLessThanOrEqual(minutes(11));
    expect(report.manifest.replication).toMatchObject({ done: false, seen: true });
    expect(report.manifest.replication?.progress).toBeGreaterThan(0.14);
    expect(report.target.after.snapshots).toEqual([]);
  });

  it.runIf(allCases)(
    'that is disallowed before it begins ends the run at the next look',
    async () => {
      await world.define('nightly', replicatedDefinition);
      world.simulator.setReplication({ start_delay_ms: ms(minutes(30)) });
      world.whenWaited(minutes(10), () => world.simulator.setReplication({ allowed: false }));

      const report = await world.run('nightly');

      expectFailedOnTheWay(report, 'ReplicationDisallowed');
      expect(waitedIn(report)).toBeLessThanOrEqual(minutes(11));
    },
  );

  it.runIf(allCases)(
    'that was discarded and never comes again ends the run as one that stands still',
    async () => {
      await world.define('nightly', impatient);
      world.simulator.setReplication({ duration_ms: ms(minutes(60)) });
      world.whenWaited(minutes(10), () => {
        world.simulator.setReplication({ allowed: false });
        world.simulator.setReplication({ allowed: true });
      });

      const report = await world.run('nightly');

      expectFailedOnTheWay(report, 'ReplicationStalled');
      expect(waitedIn(report)).toBeLessThanOrEqual(minutes(18));
    },
  );

  it.runIf(allCases)(
    'whose connection goes down for good ends the run as one that stands still',
    async () => {
      await world.define('nightly', impatient);
      world.simulator.setReplication({ duration_ms: ms(minutes(20)) });
      world.whenWaited(minutes(5), () => world.simulator.setReplication({ status: 'connecting' }));

      const report = await world.run('nightly');

      expectFailedOnTheWay(report, 'ReplicationStalled');
      expect(report.manifest.replication?.progress).toBeCloseTo(0.25, 2);
    },
  );

  it.runIf(allCases)('whose connection comes back is waited for', async () => {
    await world.define('nightly', impatient);
    world.simulator.setReplication({ duration_ms: ms(minutes(20)) });
    world.whenWaited(minutes(5), () => world.simulator.setReplication({ status: 'connecting' }));
    world.whenWaited(minutes(10), () => world.simulator.setReplication({ status: 'connected' }));

    const report = await world.run('nightly');

    expectRefreshed(report);
    expect(waitedIn(report)).toBeGreaterThanOrEqual(minutes(25));
  });

  // As in replication.test.ts, where it ran out of time.
  it.runIf(allCases)(
    'that failed a run is finished by the next run of the same snapshot',
    async () => {
      await world.define('nightly', { ...impatient, snapshot_name: 'release-7' });
      world.simulator.setReplication({ duration_ms: ms(minutes(10)), stall_at: 0.4 });
      const stalled = await world.run('nightly');
      world.simulator.setReplication({ stall_at: 1 });

      const report = await world.run('nightly');

      expectFailedOnTheWay(stalled, 'ReplicationStalled');
      expectRefreshed(report);
    },
  );
});

describe('while the run waits', () => {
  it('the session of the second array may expire', async () => {
    await world.define('nightly', replicatedDefinition);
    world.simulator.setReplication({ duration_ms: ms(minutes(1)) });
    // The first look is that of Prepare.
    const expiry: Fault = {
      array: 'fa-dr',
      path: TRANSFER,
      nth: 3,
      effect: { expire_session: true },
    };
    world.addFaults(expiry);

    const report = await world.run('nightly');

    expectRefreshed(report);
    expect(callsTo('fa-dr', report).filter((call) => call === 'POST /login')).toHaveLength(2);
    expect(callsTo('fa-prod', report).filter((call) => call === 'POST /login')).toHaveLength(1);
  });

  it('the token of the second array may be revoked', async () => {
    await world.define('nightly', replicatedDefinition);
    world.simulator.setReplication({ duration_ms: ms(minutes(5)) });
    world.whenWaited(minutes(2), () => world.renewToken('fa-dr'));

    const report = await world.run('nightly');

    expectFailedOnTheWay(report, 'ArrayLoginRefused');
  });

  const passing: [string, Fault['effect']][] = [
    ['503', { status: 503, body: '<html>Unavailable</html>' }],
    ['a connection that drops', { hang_up: 'after' }],
  ];
  it.each(some(passing, 1))('trouble that passes is put up with: %s', async (_, effect) => {
    await world.define('nightly', replicatedDefinition);
    world.addFaults({ array: 'fa-dr', path: TRANSFER, nth: 2, times: 3, effect });

    const report = await world.run('nightly');

    expectRefreshed(report);
  });

  const lasting: [string, Fault['effect']][] = [
    ['ArrayUnavailable', { status: 503 }],
    ['ArrayProtocolError', { status: 200, body: { items: [{ nmae: 'x' }] } }],
  ];
  it.each(lasting)('trouble that stays ends the run with %s', async (error, effect) => {
    await world.define('nightly', replicatedDefinition);
    world.addFaults({ array: 'fa-dr', path: TRANSFER, nth: 3, times: 0, effect });

    const report = await world.run('nightly');

    expectFailedOnTheWay(report, error);
    expect(report.manifest.replication).toMatchObject({ polls: 1, done: false });
  });

  const states = [
    'Take Snapshot',
    'Check Replication',
    'Acquire Guard',
    'Overwrite Volumes',
    'Verify Target',
    'Release Guard',
  ];
  it.each(some(states, 3))(
    'a step that Lambda fails after it was done comes to the same when it is done again: %s',
    async (state) => {
      await world.define('nightly', replicatedDefinition);
      world.after(state, thrown('Sandbox.Timedout'));

      const report = await world.run('nightly');

      expectRefreshed(report);
      expect(report.manifest.snapshot?.reused).toBe(false);
      expect(report.after.snapshots).toHaveLength(1);
    },
  );

  it('the target group may change, and the plan is made from what it is by then', async () => {
    await world.define('nightly', replicatedDefinition);
    const items = ['dev-data-00', 'dev-data-01', 'dev-fra-00'].map((name) => ({
      group: { name: 'dev-pg' },
      member: { id: null, name, destroyed: false },
    }));
    const effect = { status: 200, body: { items } };
    world.addFaults({ array: 'fa-dr', path: '/protection-groups/volumes', nth: 2, effect });

    const report = await world.run('nightly');

    expectFailedOnTheWay(report, 'PairingIncomplete');
    expect(statesOf(report).slice(-3)).toEqual(['Plan Overwrite', 'Record Failure', 'Failed']);
    expect(report.manifest.replication?.done).toBe(true);
  });
});

describe('a request for replication', () => {
  const losses: [string, Fault['effect']][] = [
    ['carried out, its answer lost', { hang_up: 'after' }],
    ['never received', { hang_up: 'before' }],
  ];

  it.each(some(losses, 1))(
    'with a new snapshot, %s, leaves exactly one and the run succeeds',
    async (_, effect) => {
      await world.define('nightly', replicatedDefinition);
      world.addFaults({ method: 'POST', path: '/protection-group-snapshots', effect });

      const report = await world.run('nightly');

      expectRefreshed(report);
      expect(report.after.snapshots).toHaveLength(1);
      expect(copiedSnapshots(report.target.after)).toHaveLength(1);
    },
  );

  it.each(some(losses, 1))('of an existing snapshot, %s, is made again', async (_, effect) => {
    await world.define('snap', { ...withoutTarget, replicate: false });
    await world.define('nightly', replicatedDefinition);
    await world.run('snap', { snapshot_name: 's1' });
    world.addFaults({ method: 'POST', path: REPLICA, effect });

    const report = await world.run('nightly', { snapshot_name: 's1' });

    expectRefreshed(report);
  });

  it('of an existing snapshot that is refused ends the run with what the array says', async () => {
    await world.define('snap', { ...withoutTarget, replicate: false });
    await world.define('nightly', replicatedDefinition);
    await world.run('snap', { snapshot_name: 's1' });
    const body = { errors: [{ context: 'prd-pg', message: 'Replication limit reached.' }] };
    world.addFaults({ method: 'POST', path: REPLICA, effect: { status: 400, body } });

    const report = await world.run('nightly', { snapshot_name: 's1' });

    expectFailedOnTheWay(report, 'ArrayRequestRefused');
    expect(report.manifest.error?.message).toContain('Replication limit reached.');
  });

  it('is made for a snapshot that somebody else made meanwhile', async () => {
    await world.define('snap', { ...withoutTarget, replicate: false });
    await world.define('nightly', impatient);
    await world.run('snap', { snapshot_name: 's1' });
    const missing = { errors: [{ context: null, message: 'Snapshot does not exist.' }] };
    const path = '/protection-group-snapshots';
    const effect = { status: 400, body: missing };
    // Prepare is told that there is none.
    world.addFaults({ array: 'fa-prod', method: 'GET', path, effect });

    const report = await world.run('nightly', { snapshot_name: 's1' });

    expectRefreshed(report);
  });
});

describe('a replica', () => {
  it('that is gone when it shall be copied ends the run', async () => {
    await world.define('nightly', replicatedDefinition);
    const effect = { status: 200, body: { items: [] } };
    world.addFaults({ array: 'fa-dr', path: '/volume-snapshots', effect });

    const report = await world.run('nightly');

    expectFailedOnTheWay(report, 'ReplicaIncomplete');
    expect(report.manifest.error?.message).toContain('"prd-data-00"');
  });
});

describe('an overwrite on the second array', () => {
  const refused = { status: 400, body: { errors: [{ context: null, message: 'Not now.' }] } };
  const oneByOne = { ...replicatedDefinition, flash_array_api_version: '2.26' };

  it('that is refused leaves the targets as they were', async () => {
    await world.define('nightly', replicatedDefinition);
    world.addFaults({ array: 'fa-dr', path: '/volumes/batch', effect: refused });

    const report = await world.run('nightly');

    expectRestored(report, 'ArrayRequestRefused');
  });

  const stops: [string, Omit<Fault, 'effect'>][] = [
    ['in the middle of the contents', { method: 'POST', path: '/volumes' }],
    ['in the middle of the tags', { method: 'PUT', path: '/volumes/tags/batch' }],
  ];
  it.each(some(stops, 1))(
    'that stops %s is put back, and done by the next run',
    async (_, fault) => {
      await world.define('nightly', oneByOne);
      world.addFaults({ array: 'fa-dr', ...fault, nth: 2, effect: refused });

      const report = await world.run('nightly');
      const repaired = await world.run('nightly');

      expectRestored(report, 'ArrayRequestRefused');
      expect(callsOf(mutations(requestsTo('fa-prod', report)))).toEqual([
        'POST /protection-group-snapshots',
        // Says who has made it.
        'PUT /volume-snapshots/tags/batch',
      ]);
      expectRefreshed(repaired);
    },
  );
});
