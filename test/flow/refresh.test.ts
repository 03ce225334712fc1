import { describe, expect, it } from 'vitest';
import { databases, definition, gib, group, volume } from '../support/databases.ts';
import { expectRefreshed, pairsOf } from '../support/expectations.ts';
import { some } from '../support/extent.ts';
import {
  callsOf,
  copiedSnapshots,
  guardsOn,
  mutations,
  NOTE_WRITING,
  RELEASE_GUARD,
  statesOf,
  TAKE_GUARD,
} from '../support/run-report.ts';
import { useWorld } from '../support/world.ts';

const application = [volume('app-00', 10), volume('app-01', 10), volume('app-config', 1)];
const copies = [volume('copy-00', 64), volume('copy-01', 10), volume('copy-config', 1)];
const warehouse = [
  volume('wms-00', 20, { id: 'id-of-wms-00', tags: { owner: 'dba' } }),
  volume('wms-01', 20, { id: 'id-of-wms-01' }),
];
const crossed = [
  volume('wmsdev-00', 20, { tags: { owner: 'dev', snapshot_mapping: 'id-of-wms-01' } }),
  volume('wmsdev-01', 20, { tags: { snapshot_mapping: 'id-of-wms-00' } }),
  volume('wmsdev-02', 20),
];
const world = useWorld({
  state: databases({
    volumes: [...application, ...copies, ...warehouse, ...crossed],
    protection_groups: [
      group('app-pg', application),
      group('copy-pg', copies),
      group('wms-pg', warehouse),
      group('wmsdev-pg', crossed),
    ],
  }),
});

const applicationDefinition = {
  ...definition,
  source_protection_group: 'app-pg',
  target_protection_group: 'copy-pg',
};
const warehouseDefinition = {
  ...definition,
  source_protection_group: 'wms-pg',
  target_protection_group: 'wmsdev-pg',
};

describe('a first refresh', () => {
  it('copies each source volume onto the first target of its size and tags that', async () => {
    await world.define('nightly', definition);

    const report = await world.run('nightly');

    expectRefreshed(report);
    expect(report.manifest.pairs.map(({ rule }) => rule)).toEqual(Array(4).fill('equal'));
  });

  it('goes through the states of an executed run, and records what an auditor asks for', async () => {
    await world.define('nightly', definition);

    const report = await world.run('nightly');

    expect(statesOf(report)).toEqual([
      'Begin',
      'Clears Up?',
      'Prepare',
      'Execute?',
      'Undo?',
      'Database?',
      'Take Snapshot',
      'Replicate?',
      'Target Group?',
      'Plan Overwrite',
      'Acquire Guard',
      'Overwrite Volumes',
      'Answered?',
      'Verify Target',
      'Release Guard',
      'Record Result',
      'Done',
    ]);
    expect(report.waits).toEqual([]);
    const { manifest, run, snapshotVolumes, after } = report;

    const [host = ''] = world.simulator.arrays.map((array) => array.host);
    const array = { name: 'fa-prod', host, rest_version: '2.56' };
    const snapshot = after.snapshots.find(({ name }) => name === `prd-pg.${run}`);
    expect(manifest).toMatchObject({
      run,
      refresh: 'nightly',
      trigger: 'manual',
      source_protection_group: 'prd-pg',
      target_protection_group: 'dev-pg',
      arrays: { source: array, target: array },
      snapshot: {
        name: `prd-pg.${run}`,
        created: new Date(snapshot?.created ?? 0).toISOString(),
        reused: false,
      },
      plan_hash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      verified: 'created',
      guard: `dev-pg.before-${run}`,
      excluded: [],
      warnings: [],
    });
    expect(manifest.steps.map(({ step }) => step)).toEqual([
      'prepare',
      'take-snapshot',
      'plan-overwrite',
      'acquire-guard',
      'overwrite-volumes',
      'verify-target',
      'release-guard',
    ]);
    expect(snapshotVolumes).toEqual([
      `prd-pg.${run}.prd-data-00`,
      `prd-pg.${run}.prd-data-01`,
      `prd-pg.${run}.prd-fra-00`,
      `prd-pg.${run}.prd-fra-01`,
    ]);
  });

  it('copies what was there when the snapshot was taken, whatever is written afterwards', async () => {
    await world.define('nightly', definition);
    world.before('Plan Overwrite', () =>
      world.simulator.write('fa-prod', 'prd-data-00', 'written while the refresh was under way'),
    );

    const { before, after } = await world.run('nightly');

    const fingerprint = (volumes: typeof before.volumes, name: string) =>
      volumes.find((found) => found.name === name)?.fingerprint;
    expect(fingerprint(after.volumes, 'dev-data-00')).toBe(
      fingerprint(before.volumes, 'prd-data-00'),
    );
    expect(fingerprint(after.volumes, 'prd-data-00')).not.toBe(
      fingerprint(before.volumes, 'prd-data-00'),
    );
  });
});

describe('a second refresh', () => {
  it('brings the new content to the same pairs, by their tags', async () => {
    await world.define('nightly', definition);
    await world.run('nightly');
    world.simulator.write('fa-prod', 'prd-data-01', 'the day after');

    const report = await world.run('nightly');

    expectRefreshed(report);
    expect(report.manifest.pairs.map(({ rule }) => rule)).toEqual(Array(4).fill('tag'));
    expect(copiedSnapshots(report.after)).toHaveLength(2);
    expect(guardsOn(report.after)).toHaveLength(2);
  });

  it('keeps a pair together that sizes alone would now part', async () => {
    await world.define('copy', applicationDefinition);
    const pairs = { 'app-00': 'copy-01', 'app-01': 'copy-00', 'app-config': 'copy-config' };
    expectRefreshed(await world.run('copy'), pairs);

    const report = await world.run('copy');

    expectRefreshed(report, pairs);
    expect(report.manifest.pairs.map(({ target }) => target.size)).toEqual([10, 10, 1].map(gib));
  });

  it('pairs by tag where the tags were there before us', async () => {
    await world.define('wms', warehouseDefinition);

    const report = await world.run('wms');

    expectRefreshed(report, { 'wms-00': 'wmsdev-01', 'wms-01': 'wmsdev-00' });
  });
});

describe('ignore_match', () => {
  it('pairs by size alone and writes the tags anew', async () => {
    await world.define('wms', { ...warehouseDefinition, ignore_match: true });

    const report = await world.run('wms');

    expectRefreshed(report, { 'wms-00': 'wmsdev-00', 'wms-01': 'wmsdev-01' });
    expect(report.manifest.pairs.map(({ rule }) => rule)).toEqual(['equal', 'equal']);
  });

  it('may come from the event', async () => {
    await world.define('wms', warehouseDefinition);

    const report = await world.run('wms', { ignore_match: true });

    expect(pairsOf(report)).toEqual({ 'wms-00': 'wmsdev-00', 'wms-01': 'wmsdev-01' });
  });
});

describe('an existing snapshot', () => {
  it('is used again, with what it held and not what production holds by now', async () => {
    await world.define('nightly', { ...definition, snapshot_name: 'release-7' });
    expectRefreshed(await world.run('nightly'));
    world.simulator.write('fa-prod', 'prd-fra-00', 'production goes on');
    world.simulator.write('fa-prod', 'dev-fra-00', 'and so does development');

    const report = await world.run('nightly');

    expectRefreshed(report);
    expect(report.manifest.snapshot).toMatchObject({ name: 'prd-pg.release-7', reused: true });
    expect(callsOf(mutations(report.requests))).toEqual([
      ...TAKE_GUARD,
      NOTE_WRITING,
      'POST /volumes/batch',
      RELEASE_GUARD,
    ]);
    // The plain name is taken by the guard of the run before.
    expect(report.manifest.guard).toMatch(/^dev-pg\.before-release-7-[0-9a-f]{8}$/);
  });

  it('is found by its exact name: s10 is not s1', async () => {
    await world.define('nightly', definition);
    const ten = await world.run('nightly', { snapshot_name: 's10' });
    world.simulator.write('fa-prod', 'prd-data-00', 'after s10');

    const one = await world.run('nightly', { snapshot_name: 's1' });
    const tenAgain = await world.run('nightly', { snapshot_name: 's10' });

    expect(one.manifest.snapshot).toMatchObject({ name: 'prd-pg.s1', reused: false });
    expectRefreshed(one);
    expectRefreshed(tenAgain);
    expect(tenAgain.manifest.snapshot).toEqual({ ...ten.manifest.snapshot, reused: true });
    expect(copiedSnapshots(tenAgain.after)).toEqual(['prd-pg.s10', 'prd-pg.s1']);
  });
});

describe('excluded_volumes', () => {
  const exclusions: [string, unknown][] = [
    ['a name', 'APP-config'],
    ['an id', 'the id'],
    ['an object with an id', { volume_id: 'the id' }],
  ];
  it.each(some(exclusions, 2))(
    'keeps a volume out by %s, and its would-be target as it is',
    async (_, exclusion) => {
      const id = world.array.volumes.find(({ name }) => name === 'app-config')?.id ?? '';
      const excluded: unknown = JSON.parse(JSON.stringify(exclusion).replace('the id', id));
      await world.define('copy', { ...applicationDefinition, excluded_volumes: [excluded] });

      const report = await world.run('copy');

      expectRefreshed(report, { 'app-00': 'copy-01', 'app-01': 'copy-00' });
      expect(report.manifest.excluded).toEqual([{ id, name: 'app-config' }]);
      expect(report.snapshotVolumes.join()).not.toContain('app-config');
      expect(report.manifest.warnings).toContainEqual(expect.stringContaining('"copy-config"'));
    },
  );
});

describe('a larger target', () => {
  it('takes a source for which no equal one is left, and the manifest says that it shrinks', async () => {
    await world.define('copy', applicationDefinition);

    const report = await world.run('copy');

    expectRefreshed(report, {
      'app-00': 'copy-01',
      'app-01': 'copy-00',
      'app-config': 'copy-config',
    });
    expect(report.manifest.pairs[1]).toMatchObject({ rule: 'larger', target: { size: gib(64) } });
    expect(report.manifest.warnings).toEqual([expect.stringMatching(/"copy-00" 64 GiB → 10 GiB/)]);
  });
});

describe('a refresh without a target group', () => {
  it('takes the snapshot and overwrites nothing', async () => {
    const { target_protection_group: _, ...snapshotOnly } = definition;
    await world.define('snap', snapshotOnly);

    const report = await world.run('snap');

    expect(report.result.status).toBe('SUCCEEDED');
    expect(report.manifest).toMatchObject({ status: 'SNAPSHOT_ONLY', target: 'none', pairs: [] });
    expect(callsOf(mutations(report.requests))).toEqual(['POST /protection-group-snapshots']);
    expect(report.after.volumes).toEqual(report.before.volumes);
    expect(report.snapshotVolumes).toHaveLength(4);
    expect(report.after.snapshots.map(({ name }) => name)).toEqual([`prd-pg.${report.run}`]);
  });
});

describe('the record', () => {
  it('is kept by run and as the latest, and as the current one while the target holds it', async () => {
    await world.define('nightly', definition);

    const { run, manifest, folder } = await world.run('nightly');

    expect(folder).toBe('manifests/nightly');
    expect(await world.object(`${folder}/${run}.json`)).toEqual(manifest);
    expect(await world.object(`${folder}/latest.json`)).toEqual(manifest);
    expect(await world.object(`${folder}/current.json`)).toEqual(manifest);
  });

  it.each([
    ['a dry run', { execute: false }],
    ['a refused run', { snapshot_name: 'prd-pg-gone' }],
  ])('of what the target holds outlives %s', async (_, overrides) => {
    await world.define('nightly', definition);
    const refreshed = await world.run('nightly');
    world.addFaults({
      method: 'POST',
      path: '/protection-group-snapshots',
      effect: { status: 400 },
    });

    const later = await world.run('nightly', overrides);

    expect(await world.object('manifests/nightly/latest.json')).toEqual(later.manifest);
    expect(await world.object('manifests/nightly/current.json')).toEqual(refreshed.manifest);
  });
});
