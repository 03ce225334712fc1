import { describe, expect, it } from 'vitest';
import { definition } from '../support/databases.ts';
import { expectRefreshed, expectUntouched } from '../support/expectations.ts';
import { byHand } from '../support/operator.ts';
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

describe.each(['2.2', '2.26', '2.56'])('on REST %s', (flash_array_api_version) => {
  const nightly = { ...definition, flash_array_api_version, keep_snapshots: 2 };

  it('what a refresh has made goes when it is old, and nothing else', async () => {
    await world.define('nightly', nightly);
    await world.define('hourly', { ...nightly, target_protection_group: undefined });

    const other = await many(2, 'hourly');
    const [first, second, third, fourth] = await many(4);
    if (!first || !second || !third || !fourth) throw new Error('There are four.');
    const literal = await world.run('nightly', { snapshot_name: 'release-42' });
    const last = await world.run('nightly');

    expectRefreshed(fourth);
    expect([first, second, third, fourth, last].map(askedToDestroy)).toEqual([
      [],
      [],
      named(first),
      named(second),
      named(third),
    ]);
    expect(retentionOf(last)).toEqual({
      keep: 2,
      kept: 2,
      destroyed: named(third),
      would_destroy: [],
      left: [],
    });
    expect(retentionOf(literal)).toBeNull();
    expect(live()).toEqual(
      [...foreign, ...named(...other, fourth, last), 'prd-pg.release-42'].sort(),
    );
    expect(
      [first, second, third, fourth, last].flatMap(({ manifest }) => manifest.warnings),
    ).toEqual([]);
    for (const report of [first, second, third, fourth, literal, last]) {
      expect(eradications(report)).toEqual([]);
    }
  });

  it('a dry run tells what would go, and an execution does it', async () => {
    await world.define('nightly', nightly);
    const first = (await many(2)).slice(0, 1);

    const planned = await world.run('nightly', { execute: false });
    const executed = await world.run('nightly');

    expectUntouched(planned);
    expect(retentionOf(planned)).toMatchObject({
      kept: 2,
      destroyed: [],
      would_destroy: named(...first),
    });
    expect(retentionOf(executed)?.destroyed).toEqual(retentionOf(planned)?.would_destroy);
  });
});

/** A snapshot a run and no target, the newest kept. */
const keepOne = { ...snapshotOnly, keep_snapshots: 1 };
const left = (report: RunReport) => retentionOf(report)?.left;
const destroyed = (report: RunReport) => retentionOf(report)?.destroyed;
const names = (...reports: readonly RunReport[]) => [...foreign, ...named(...reports)].sort();

describe('an older snapshot that somebody needs', () => {
  it('is that of a run that is still at work, until it is not', async () => {
    await world.define('nightly', keepOne);
    const within: RunReport[] = [];
    world.after('Take Snapshot', async () => {
      within.push(...(await many(2)));
    });

    const slow = await world.run('nightly');
    const last = await world.run('nightly');

    expect(within.map(left)).toEqual([
      [{ name: named(slow)[0], reason: `run "${slow.run}" may be at work with it` }],
      [{ name: named(slow)[0], reason: `run "${slow.run}" may be at work with it` }],
    ]);
    expect(within.map(destroyed)).toEqual([[], named(...within.slice(0, 1))]);
    expect(destroyed(last)).toEqual(named(slow, ...within.slice(1)).sort());
    expect(live()).toEqual(names(last));
  });

  it('is one that a run of another refresh has found and uses', async () => {
    await world.define('nightly', keepOne);
    await world.define('qa', snapshotOnly);
    const first = await world.run('nightly');
    const reports: RunReport[] = [];
    world.after('Take Snapshot', async () => {
      reports.push(await world.run('nightly'));
    });

    const user = await world.run('qa', { snapshot_name: first.run });
    const last = await world.run('nightly');

    expect(user.manifest.snapshot?.reused).toBe(true);
    expect(reports.map(left)).toEqual([
      [{ name: named(first)[0], reason: `run "${user.run}" may be at work with it` }],
    ]);
    expect(destroyed(last)).toEqual(named(first, ...reports));
  });

  it('is one that a guard names, of whatever group and deployment', async () => {
    await world.define('nightly', keepOne);
    const first = await world.run('nightly');
    await byHand(world.simulator, async (array) => {
      await array.createGroupSnapshot('qa-pg', 'refresh-in-progress');
      const [member] = await array.volumeSnapshots('qa-pg.refresh-in-progress');
      const tags = [{ key: 'refresh_snapshot', value: `prd-pg.${first.run}` }];
      await array.tagSnapshots([member?.id ?? ''], tags, { copyable: false });
    });

    const second = await world.run('nightly');

    expect(left(second)).toEqual([
      { name: named(first)[0], reason: expect.stringContaining('guard of a target') },
    ]);
    expect(live()).toEqual(names(first, second));
  });

  it('is one that the target still holds, though the refresh has none any more', async () => {
    await world.define('nightly', definition);
    const copied = await world.run('nightly');
    await world.define('nightly', keepOne);

    const reports = await many(2);

    expect(reports.map(destroyed)).toEqual([[], named(...reports.slice(0, 1))]);
    expect(left(reports[1] ?? copied)).toEqual([
      { name: named(copied)[0], reason: 'the target holds it' },
    ]);
  });

  it('is one that got another name, by which somebody has made it theirs', async () => {
    await world.define('nightly', keepOne);
    const first = await world.run('nightly');
    await byHand(world.simulator, (array) =>
      array.renameSnapshot(`prd-pg.${first.run}`, 'prd-pg.keep-me'),
    );

    const [second, third] = await many(2);

    expect(third && destroyed(third)).toEqual(second && named(second));
    expect(live()).toContain('prd-pg.keep-me');
  });
});
