import { beforeEach, describe, expect, it } from 'vitest';
import { ownerTags } from '../../lambda/refresh/guard.ts';
import { databases, definition, volume } from '../support/databases.ts';
import { expectFailure, expectRefreshed } from '../support/expectations.ts';
import { byHand } from '../support/operator.ts';
import { callsOf, type RunReport } from '../support/run-report.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld({ state: databases({ volumes: [volume('dev-new', 120)] }) });
const LOCK = 'dev-pg.refresh-in-progress';
const ALL = ['dev-data-00', 'dev-data-01', 'dev-fra-00', 'dev-fra-01'];

beforeEach(() => world.define('nightly', definition));

const overwrites = ({ requests }: RunReport): string[] =>
  callsOf(requests).filter((call) => call === 'POST /volumes/batch');
const lockTags = () => world.array.snapshots.find(({ name }) => name === LOCK)?.volumes[0]?.tags;
const names = (prefix: string) =>
  world.array.snapshots
    .filter(({ name, destroyed }) => !destroyed && name.startsWith(prefix))
    .map(({ name }) => name);

/** Nothing was overwritten, and the guard is no lock any more. */
const expectGivenUp = (report: RunReport, error: string): void => {
  expectFailure(report, error);
  expect(report.manifest.target).toBe('untouched');
  expect(overwrites(report)).toEqual([]);
  expect(report.after.volumes.map(({ fingerprint }) => fingerprint)).toEqual(
    report.before.volumes.map(({ fingerprint }) => fingerprint),
  );
  expect(names(LOCK)).toEqual([]);
  expect(names('dev-pg.restored-')).toHaveLength(1);
};

describe('a guard', () => {
  it('tells whose it is while it is the lock, and becomes what undo puts back', async () => {
    let tags: Record<string, string> | undefined;
    world.after('Overwrite Volumes', () => {
      tags = lockTags();
    });

    const report = await world.run('nightly');

    expect(tags).toMatchObject({
      refresh_run: report.run,
      refresh_execution: expect.stringMatching(new RegExp(`:${report.run}$`)),
      refresh_name: 'nightly',
      refresh_snapshot: `prd-pg.${report.run}`,
      refresh_plan: report.manifest.plan_hash,
      refresh_phase: 'writing',
    });
    expect(report.manifest).toMatchObject({
      verified: 'created',
      guard: `dev-pg.before-${report.run}`,
    });
    const guard = report.after.snapshots.find(({ name }) => name === report.manifest.guard);
    const content = (state: RunReport['after']) =>
      state.volumes.filter(({ name }) => ALL.includes(name)).map((v) => v.fingerprint);
    expect(guard?.volumes.map(({ fingerprint }) => fingerprint)).toEqual(content(report.before));
  });

  it('leaves no tag of its own on a volume', async () => {
    const report = await world.run('nightly');

    const keys = report.after.volumes.flatMap(({ tags }) => Object.keys(tags));
    expect(new Set(keys)).toEqual(new Set(['snapshot_mapping']));
  });

  it('has a name of its own where one snapshot is used twice', async () => {
    await world.run('nightly', { snapshot_name: 'release-42' });

    const report = await world.run('nightly', { snapshot_name: 'release-42' });

    expect(report.manifest).toMatchObject({ status: 'SUCCEEDED', verified: 'answers' });
    expect(names('dev-pg.before-')).toEqual([
      'dev-pg.before-release-42',
      expect.stringMatching(/^dev-pg\.before-release-42-[0-9a-f]{8}$/),
    ]);
  });

  it('is released by name where the array has no ids for it', async () => {
    await world.define('nightly', { ...definition, flash_array_api_version: '2.25' });

    expectRefreshed(await world.run('nightly'));

    expect(names(LOCK)).toEqual([]);
  });

  it('that cannot be released is a warning, and the next run releases it', async () => {
    world.addFaults({
      method: 'PATCH',
      path: '/protection-group-snapshots',
      nth: 2,
      times: 0,
      effect: { status: 400, body: { errors: [{ context: null, message: 'Not now.' }] } },
    });

    const first = await world.run('nightly');
    world.simulator.clearFaults();
    const second = await world.run('nightly');

    expectRefreshed(first);
    expect(first.manifest.warnings.join()).toContain('could not be released');
    expectRefreshed(second);
    expect(second.manifest.recovered).toEqual({ run: first.run, outcome: 'refreshed' });
    expect(names('dev-pg.before-')).toEqual([
      `dev-pg.before-${first.run}`,
      `dev-pg.before-${second.run}`,
    ]);
  });
});

describe('while a run holds the target', () => {
  it('another takes it over: this one writes nothing any more, nor does it put anything back', async () => {
    world.after('Acquire Guard', () =>
      byHand(world.simulator, async (array) => {
        const members = await array.volumeSnapshots(LOCK);
        const other = { run: 'other', execution: 'arn:aws:states:x:1:execution:m:other' };
        await array.tagSnapshots(
          members.map(({ id }) => id),
          ownerTags(other),
          { copyable: false },
        );
      }),
    );

    const report = await world.run('nightly');

    expectFailure(report, 'GuardLost');
    expect(report.manifest).toMatchObject({ target: 'untouched' });
    expect(report.manifest.error?.message).toContain('"other"');
    expect(overwrites(report)).toEqual([]);
    expect(names(LOCK)).toEqual([LOCK]);
  });

  it('somebody takes a volume out of the group: nothing is overwritten', async () => {
    world.after('Acquire Guard', () =>
      world.simulator.setMembers('fa-prod', 'dev-pg', ALL.slice(1)),
    );

    expectGivenUp(await world.run('nightly'), 'TargetChanged');
  });

  it('somebody takes one out before the guard is there: it proves that', async () => {
    world.after('Plan Overwrite', () =>
      world.simulator.setMembers('fa-prod', 'dev-pg', ALL.slice(1)),
    );

    expectGivenUp(await world.run('nightly'), 'TargetChanged');
  });

  it('somebody puts a volume into the group: it is left alone', async () => {
    world.after('Acquire Guard', () =>
      world.simulator.setMembers('fa-prod', 'dev-pg', [...ALL, 'dev-new']),
    );

    expectRefreshed(await world.run('nightly'));
  });

  it('somebody destroys its guard before it writes: it does not', async () => {
    world.after('Acquire Guard', () =>
      byHand(world.simulator, (array) => array.destroySnapshots([LOCK])),
    );

    expectGivenUp(await world.run('nightly'), 'GuardLost');
  });

  it('somebody destroys its guard after: the copy is complete, the next run clears up', async () => {
    world.after('Overwrite Volumes', () =>
      byHand(world.simulator, (array) => array.destroySnapshots([LOCK])),
    );

    const first = await world.run('nightly');
    const second = await world.run('nightly');

    expectRefreshed(first);
    expect(first.manifest.warnings.join()).toContain('could not be released');
    expectRefreshed(second);
    expect(second.manifest.recovered?.outcome).toBe('refreshed');
  });

  it('a host begins to write: nothing is overwritten', async () => {
    world.before('Acquire Guard', () =>
      world.simulator.setPerformance('fa-prod', 'dev-fra-00', {
        reads_per_sec: 0,
        writes_per_sec: 1,
      }),
    );

    expectGivenUp(await world.run('nightly'), 'TargetInUse');
  });
});

describe('older guards', () => {
  it('are destroyed beyond those that are kept, and nothing else is', async () => {
    await world.define('nightly', { ...definition, keep_before_snapshots: 2 });
    await byHand(world.simulator, async (array) => {
      await array.createGroupSnapshot('dev-pg', 'before-upgrade');
    });
    const reports: RunReport[] = [];
    for (let run = 0; run < 4; run += 1) reports.push(await world.run('nightly'));

    expect(names('dev-pg.before-')).toEqual([
      'dev-pg.before-upgrade',
      ...reports.slice(2).map(({ manifest }) => manifest.guard),
    ]);
    expect(names('prd-pg.')).toHaveLength(4);
    // Destroyed, and pending eradication.
    expect(world.array.snapshots.map(({ name }) => name)).toContain(reports[0]?.manifest.guard);
  });

  it('that SafeMode protects are a warning', async () => {
    await world.define('nightly', { ...definition, keep_before_snapshots: 1 });
    const first = await world.run('nightly');
    world.addFaults({
      method: 'PATCH',
      path: '/protection-group-snapshots',
      nth: 3,
      effect: { status: 400, body: { errors: [{ context: null, message: 'SafeMode is on.' }] } },
    });

    const report = await world.run('nightly');

    expectRefreshed(report);
    expect(report.manifest.warnings).toEqual([
      expect.stringContaining(`"${first.manifest.guard}". Array`),
    ]);
    expect(report.manifest.warnings.join()).toContain('SafeMode is on.');
  });
});

describe('a target in use', () => {
  const load = (reads_per_sec: number, writes_per_sec: number) =>
    world.simulator.setPerformance('fa-prod', 'dev-data-01', { reads_per_sec, writes_per_sec });

  it.each([
    [0, 1],
    [6, 0],
  ])(
    'is refused before anything is done: %i reads and %i writes a second',
    async (reads, writes) => {
      load(reads, writes);

      const report = await world.run('nightly');

      expectFailure(report, 'TargetInUse');
      expect(report.manifest.error?.message).toContain(
        `"dev-data-01" ${writes} writes/s and ${reads} reads/s`,
      );
      expect(report.after).toEqual(report.before);
    },
  );

  it('is told by a dry run', async () => {
    load(0, 1);

    const report = await world.run('nightly', { execute: false });

    expect(report.manifest).toMatchObject({ status: 'PLANNED', error: null });
    expect(report.manifest.warnings.join()).toContain('would be refused');
  });

  it('is overwritten where it reads as much as monitoring does', async () => {
    load(5, 0);

    expectRefreshed(await world.run('nightly'));
  });

  it('is overwritten where the definition says so', async () => {
    await world.define('nightly', { ...definition, require_idle_target: false });
    load(0, 100);

    expectRefreshed(await world.run('nightly'));
  });
});
