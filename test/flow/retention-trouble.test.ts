import { describe, expect, it } from 'vitest';
import { madeTags } from '../../lambda/refresh/made-tags.ts';
import { databases, definition } from '../support/databases.ts';
import { expectFailure } from '../support/expectations.ts';
import {
  amongForeign,
  askedToDestroy,
  eradications,
  FOREIGN,
  liveSnapshots,
  runMany,
} from '../support/retention.ts';
import type { RunReport } from '../support/run-report.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld({ state: amongForeign });

const { target_protection_group: _, ...snapshotOnly } = definition;
const named = (...reports: readonly RunReport[]) => reports.map(({ run }) => `prd-pg.${run}`);
const foreign = FOREIGN.map((suffix) => `prd-pg.${suffix}`);
const live = () => liveSnapshots(world.array);
const many = (count: number, refresh?: string) => runMany(world, count, refresh);
const retentionOf = ({ manifest }: RunReport) => manifest.retention;

/** A snapshot a run and no target, the newest kept. */
const keepOne = { ...snapshotOnly, keep_snapshots: 1 };
const left = (report: RunReport) => retentionOf(report)?.left;
const destroyed = (report: RunReport) => retentionOf(report)?.destroyed;
const names = (...reports: readonly RunReport[]) => [...foreign, ...named(...reports)].sort();

describe('where the array does not destroy', () => {
  it('nothing is asked of a group under SafeMode, and the manifest says so', async () => {
    await world.define('safe', { ...keepOne, source_protection_group: 'safe-pg' });

    const [first, second] = await many(2, 'safe');

    expect(second?.result.status).toBe('SUCCEEDED');
    expect(second && askedToDestroy(second)).toEqual([]);
    expect(second?.manifest).toMatchObject({
      status: 'SNAPSHOT_ONLY',
      retention: {
        destroyed: [],
        left: [
          {
            name: `safe-pg.${first?.run}`,
            reason: 'SafeMode protects the group on the source array',
          },
        ],
      },
      warnings: [
        'Older snapshots of the source stay: SafeMode protects the group on the source array.',
      ],
    });
  });

  it('the others go where it refuses one, and the next run tries that again', async () => {
    await world.define('nightly', { ...keepOne, keep_snapshots: 3 });
    const [first, second, third] = await many(3);
    await world.define('nightly', keepOne);
    const no = { status: 400, body: { errors: [{ context: null, message: 'Not this one.' }] } };
    const path = '/protection-group-snapshots';
    world.addFaults({ method: 'PATCH', path, times: 2, effect: no });

    const refused = await world.run('nightly');
    const next = await world.run('nightly');

    expect(refused.manifest.warnings).toEqual([
      expect.stringMatching(/An older snapshot of the source could not be destroyed.*Not this one/),
    ]);
    expect(destroyed(refused)).toEqual([second, third].map((one) => `prd-pg.${one?.run}`));
    expect(left(refused)).toEqual([
      { name: `prd-pg.${first?.run}`, reason: expect.stringContaining('Not this one.') },
    ]);
    expect(destroyed(next)).toEqual([first, refused].map((one) => `prd-pg.${one?.run}`));
    expect(live()).toEqual(names(next));
  });

  it.each([
    ['GET', '/volume-snapshots/tags', { hang_up: 'before' as const }],
    ['PATCH', '/protection-group-snapshots', { hang_up: 'before' as const }],
  ])('the run has succeeded all the same: no answer to %s %s', async (method, path, effect) => {
    await world.define('nightly', keepOne);
    const first = await world.run('nightly');
    world.addFaults({ method, path, times: 0, effect });

    const second = await world.run('nightly');
    world.simulator.clearFaults();
    const third = await world.run('nightly');

    expect(second.manifest).toMatchObject({ status: 'SNAPSHOT_ONLY' });
    expect(second.manifest.warnings).toHaveLength(1);
    expect(destroyed(third)).toEqual(named(first, second));
  });

  it('what was done although no answer came is told', async () => {
    await world.define('nightly', keepOne);
    const first = await world.run('nightly');
    const path = '/protection-group-snapshots';
    world.addFaults({ method: 'PATCH', path, effect: { hang_up: 'after' } });

    const second = await world.run('nightly');

    expect(destroyed(second)).toEqual(named(first));
    expect(second.manifest.warnings).toEqual([]);
  });
});

describe('a step that is done again', () => {
  const failing = () => {
    throw Object.assign(new Error('in plain words'), { name: 'Sandbox.Timedout' });
  };

  it('comes to the same, and tells the same', async () => {
    await world.define('nightly', keepOne);
    const first = await world.run('nightly');
    world.after('Record Result', failing);

    const second = await world.run('nightly');

    expect(askedToDestroy(second)).toEqual(named(first));
    expect(destroyed(second)).toEqual(named(first));
    expect(live()).toEqual(names(second));
  });

  it('marks the snapshot that the first attempt has made in one request with it', async () => {
    await world.define('nightly', keepOne);
    world.after('Take Snapshot', failing);

    const first = await world.run('nightly');
    const second = await world.run('nightly');

    expect(destroyed(second)).toEqual(named(first));
  });
});

describe('what cannot be proven to be its own stays', () => {
  it('a snapshot without marks, as below REST 2.44 one whose request got no answer', async () => {
    await world.define('nightly', { ...keepOne, flash_array_api_version: '2.26' });
    const path = '/protection-group-snapshots';
    world.addFaults({ method: 'POST', path, effect: { hang_up: 'after' } });

    const reports = await many(3);

    expect(reports.map(destroyed)).toEqual([[], [], named(...reports.slice(1, 2))]);
    expect(live()).toEqual(names(...reports.slice(0, 1), ...reports.slice(2)));
  });

  it('one that cannot be marked, of which the manifest says so', async () => {
    await world.define('nightly', { ...keepOne, flash_array_api_version: '2.26' });
    const effect = { status: 400, body: { errors: [{ context: null, message: 'No tags.' }] } };
    world.addFaults({ method: 'PUT', path: '/volume-snapshots/tags/batch', effect });

    const reports = await many(3);

    expect(reports[0]?.manifest.warnings).toEqual([
      `Snapshot "prd-pg.${reports[0]?.run}" could not be marked, so no later run destroys it. Array ${world.simulator.arrays[0]?.host} answered PUT /volume-snapshots/tags/batch with 400: No tags.`,
    ]);
    expect(live()).toEqual(names(...reports.slice(0, 1), ...reports.slice(2)));
  });

  it('those of before, where the bucket does not know them any more', async () => {
    await world.define('nightly', keepOne);
    const earlier = await many(1);
    await world.deployment.bucket.empty();
    await world.define('nightly', keepOne);

    const reports = await many(2);

    expect(reports.map(destroyed)).toEqual([[], named(...reports.slice(0, 1))]);
    expect(live()).toEqual(names(...earlier, ...reports.slice(1)));
  });

  it('all of them after a run that failed, undid or cleared up', async () => {
    await world.define('nightly', { ...definition, keep_snapshots: 1 });
    const first = await world.run('nightly');
    const effect = { status: 400, body: { errors: [{ context: null, message: 'No.' }] } };
    world.addFaults({ path: '/volumes/batch', times: 0, effect });

    const failed = await world.run('nightly');
    world.simulator.clearFaults();
    const undone = await world.run('nightly', { undo: true });

    expectFailure(failed, 'ArrayRequestRefused');
    for (const report of [failed, undone]) {
      expect(retentionOf(report)).toBeNull();
      expect(askedToDestroy(report)).toEqual([]);
    }
    expect(live()).toEqual(names(first, failed));
  });
});

describe('of hundreds', () => {
  const OLD = Date.parse('2026-01-01T00:00:00Z');
  const marks = (suffix: string) =>
    madeTags({
      refresh: 'nightly',
      owner: 'arn:first',
      execution: `arn:execution:${suffix}`,
      snapshot: `prd-pg.${suffix}`,
    });
  const snapshots = Array.from({ length: 300 }, (_, index) => ({
    suffix: `old-${String(index).padStart(3, '0')}`,
    created: OLD + index,
  }));
  const crowd = useWorld({
    state: {
      arrays: databases().arrays.map((array) => ({
        ...array,
        protection_groups: (array.protection_groups ?? []).map((given) =>
          given.name !== 'prd-pg'
            ? given
            : {
                ...given,
                snapshots: snapshots.map(({ suffix, created }) => ({
                  suffix,
                  created,
                  tags: Object.fromEntries(marks(suffix).map(({ key, value }) => [key, value])),
                })),
              },
        ),
      })),
    },
  });

  it('the fifty oldest go in one run, with few requests', async () => {
    await crowd.define('nightly', { ...snapshotOnly, keep_snapshots: 7 });
    const owner = JSON.stringify({ owner: 'arn:first' });
    await crowd.deployment.bucket.write('manifests/nightly/owner.json', owner, 'application/json');

    const report = await crowd.run('nightly');

    const oldest = snapshots.slice(0, 50).map(({ suffix }) => `prd-pg.${suffix}`);
    expect(askedToDestroy(report)).toEqual(oldest);
    expect(report.manifest.retention).toEqual({
      keep: 7,
      kept: 7,
      destroyed: oldest,
      would_destroy: [],
      left: [],
    });
    expect(report.requests.length).toBeLessThan(30);
    expect(eradications(report)).toEqual([]);
  });
});
