import { describe, expect, it } from 'vitest';
import {
  databasePairs,
  databases,
  definition,
  group,
  namesOf,
  pairUp,
  volumes,
} from '../support/databases.ts';
import { expectRefreshed, expectUntouched } from '../support/expectations.ts';
import { some } from '../support/extent.ts';
import { callsOf, guardsOn, type RunReport } from '../support/run-report.ts';
import { useWorld } from '../support/world.ts';

const fifty = [...volumes('prd50-data', 40, 8), ...volumes('prd50-fra', 10, 4)];
const copies = [...volumes('dev50-data', 40, 8), ...volumes('dev50-fra', 10, 4)];
const world = useWorld({
  state: databases({
    volumes: [...fifty, ...copies],
    hosts: [
      { name: 'prd50', volumes: namesOf(fifty) },
      { name: 'dev50', volumes: namesOf(copies) },
    ],
    protection_groups: [group('prd50-pg', fifty), group('dev50-pg', copies)],
  }),
});

/** What the run sent to the array, with the request for its versions, which a warm function does not repeat. */
const requestsOf = ({ requests }: RunReport): number =>
  requests.length + (callsOf(requests).includes('GET /api/api_version') ? 0 : 1);
const trialsOf = ({ requests }: RunReport): string[] =>
  callsOf(requests).filter((call) => call.endsWith('/test'));

/** What an array of a version can do: try a snapshot, overwrite all volumes in one request, try that. */
const versions = [
  { version: '2.2', snapshotTrial: false, batch: false, batchTrial: false },
  { version: '2.26', snapshotTrial: true, batch: false, batchTrial: false },
  { version: '2.32', snapshotTrial: true, batch: true, batchTrial: false },
  { version: '2.33', snapshotTrial: true, batch: true, batchTrial: true },
  { version: '2.56', snapshotTrial: true, batch: true, batchTrial: true },
];

describe.each(versions)('on REST $version', ({ version, ...can }) => {
  const nightly = { ...definition, flash_array_api_version: version };

  it('a dry run shows the whole plan of the run that would use an existing snapshot', async () => {
    await world.define('snap', { ...nightly, target_protection_group: undefined });
    await world.define('nightly', nightly);
    await world.run('snap', { snapshot_name: 's1' });

    const planned = await world.run('nightly', { snapshot_name: 's1', execute: false });
    const executed = await world.run('nightly', { snapshot_name: 's1' });

    expectUntouched(planned);
    expectRefreshed(executed);
    expect(planned.manifest).toMatchObject({
      status: 'PLANNED',
      target: 'untouched',
      snapshot: executed.manifest.snapshot,
      pairs: executed.manifest.pairs,
      plan_hash: executed.manifest.plan_hash,
    });
    expect(planned.snapshotVolumes).toEqual(executed.snapshotVolumes);
    expect(trialsOf(planned)).toEqual(can.batchTrial ? ['POST /volumes/batch/test'] : []);
  });
});

describe.each(some(versions, 3))('on REST $version', ({ version, snapshotTrial, batch }) => {
  const nightly = { ...definition, flash_array_api_version: version };
  /** The most that a whole refresh may send. */
  const allowed = (volumes: number, changedTags: number): number =>
    batch ? 30 : 30 + volumes + changedTags;

  it('a dry run shows the whole plan of the run that would take the snapshot', async () => {
    await world.define('nightly', { ...nightly, snapshot_name: 's1' });

    const planned = await world.run('nightly', { execute: false });
    const executed = await world.run('nightly');

    expectUntouched(planned);
    expectRefreshed(executed);
    expect(planned.result.status).toBe('SUCCEEDED');
    expect(planned.manifest).toMatchObject({
      status: 'PLANNED',
      target: 'untouched',
      snapshot: { name: 'prd-pg.s1', created: null, reused: false },
      pairs: executed.manifest.pairs,
      plan_hash: executed.manifest.plan_hash,
      warnings: executed.manifest.warnings,
    });
    expect(planned.manifest.arrays.source?.rest_version).toBe(version);
    expect(trialsOf(planned)).toEqual(
      snapshotTrial ? ['POST /protection-group-snapshots/test'] : [],
    );
  });

  it.each(
    some(
      [
        [50, 'prd50-pg', 'dev50-pg', pairUp(fifty, copies)],
        [4, 'prd-pg', 'dev-pg', databasePairs],
      ],
      1,
    ),
  )('a refresh of %i volumes takes few requests', async (count, source, target, pairs) => {
    await world.define('nightly', {
      ...nightly,
      source_protection_group: source,
      target_protection_group: target,
      keep_before_snapshots: 1,
    });

    const first = await world.run('nightly', { snapshot_name: 's1' });
    const second = await world.run('nightly', { snapshot_name: 's2' });
    const reused = await world.run('nightly', { snapshot_name: 's1' });
    const unmatched = await world.run('nightly', { snapshot_name: 's3', ignore_match: true });

    for (const report of [first, second, reused, unmatched]) expectRefreshed(report, pairs);
    expect(requestsOf(first)).toBeLessThanOrEqual(allowed(count, count));
    expect(requestsOf(second)).toBeLessThanOrEqual(allowed(count, 0));
    expect(requestsOf(reused)).toBeLessThanOrEqual(allowed(count, 0));
    expect(requestsOf(unmatched)).toBeLessThanOrEqual(allowed(count, 0));
    // Each run has destroyed the guard of the one before.
    for (const { after, manifest } of [first, second, reused, unmatched]) {
      expect(guardsOn(after)).toEqual([manifest.guard]);
    }
  });
});
