import { describe, expect, it } from 'vitest';
import { databases, definition, group, namesOf, volume, volumes } from '../support/databases.ts';
import { expectRefreshed, expectRefused } from '../support/expectations.ts';
import { callsOf } from '../support/run-report.ts';
import { useWorld } from '../support/world.ts';

const cluster = volumes('rac-data', 2, 30);
const local = [volume('rac-local-00', 5)];
const clone = [...volumes('racdev-data', 2, 30), volume('racdev-local-00', 5)];
const inPod = [volume('pod1::erp-00', 8), volume('pod1::erp-01', 8)];
const ofMachines = [volume('vvol-erp-1a2b-vg/Data-00', 8), volume('vvol-erp-1a2b-vg/Data-01', 8)];
const erpClone = volumes('erpdev', 2, 8);

const partly = [volume('crm-00', 8), volume('crm-old', 8, { destroyed: true })];
const wholeClone = [volume('crmdev-00', 8)];
const partlyClone = [volume('crmtest-old', 8, { destroyed: true }), volume('crmtest-00', 8)];

const world = useWorld({
  // The oldest that there is: what came later is not needed to find the volumes.
  restVersion: '2.2',
  state: databases({
    volumes: [
      ...cluster,
      ...local,
      ...clone,
      ...inPod,
      ...ofMachines,
      ...erpClone,
      ...partly,
      ...wholeClone,
      ...partlyClone,
    ],
    hosts: [
      { name: 'rac-01', volumes: namesOf(local) },
      { name: 'rac-02' },
      { name: 'racdev-01', volumes: namesOf(clone) },
    ],
    host_groups: [{ name: 'rac', hosts: ['rac-01', 'rac-02'], volumes: namesOf(cluster) }],
    protection_groups: [
      { name: 'by-host-pg', hosts: ['rac-01', 'rac-02'] },
      { name: 'by-host-group-pg', host_groups: ['rac'] },
      group('racdev-pg', clone),
      group('pod1::erp-pg', inPod),
      group('machines-pg', ofMachines),
      group('erpdev-pg', erpClone),
      group('crm-pg', partly),
      group('crmdev-pg', wholeClone),
      group('crmtest-pg', partlyClone),
    ],
  }),
});

describe('a source group of hosts', () => {
  const pairs = {
    'rac-data-00': 'racdev-data-00',
    'rac-data-01': 'racdev-data-01',
    'rac-local-00': 'racdev-local-00',
  };

  it.each(['by-host-pg', 'by-host-group-pg'])(
    'stands for the volumes that are connected to them, each once: %s',
    async (source_protection_group) => {
      const target_protection_group = 'racdev-pg';
      await world.define('rac', {
        ...definition,
        source_protection_group,
        target_protection_group,
      });

      const planned = await world.run('rac', { execute: false });
      const report = await world.run('rac');
      const again = await world.run('rac');

      expectRefreshed(report, pairs);
      expectRefreshed(again, pairs);
      expect(planned.manifest.plan_hash).toBe(report.manifest.plan_hash);
    },
  );

  it('is asked for with the hosts by name, never for all connections of the array', async () => {
    await world.define('rac', {
      ...definition,
      source_protection_group: 'by-host-pg',
      target_protection_group: 'racdev-pg',
    });

    const { requests } = await world.run('rac');

    const connections = requests.filter(({ path }) => path.endsWith('/connections'));
    expect(connections.map(({ query }) => query)).toEqual([
      { host_names: 'rac-01,rac-02' },
      { volume_names: expect.stringContaining('racdev-data-00') },
    ]);
    expect(callsOf(requests)).toContain('GET /protection-groups/hosts');
  });
});

describe('names with a container', () => {
  it('are those of a pod, whose name the snapshots of its volumes do not repeat', async () => {
    await world.define('erp', {
      ...definition,
      source_protection_group: 'pod1::erp-pg',
      target_protection_group: 'erpdev-pg',
      snapshot_name: 's1',
    });

    const planned = await world.run('erp', { execute: false });
    const report = await world.run('erp');

    expectRefreshed(report, { 'pod1::erp-00': 'erpdev-00', 'pod1::erp-01': 'erpdev-01' });
    expect(report.snapshotVolumes).toEqual(['pod1::erp-pg.s1.erp-00', 'pod1::erp-pg.s1.erp-01']);
    expect(planned.manifest.pairs).toEqual(report.manifest.pairs);
  });

  it('are those of a volume group, as of vVols', async () => {
    await world.define('erp', {
      ...definition,
      source_protection_group: 'machines-pg',
      target_protection_group: 'erpdev-pg',
      snapshot_name: 's1',
    });

    const planned = await world.run('erp', { execute: false });
    const report = await world.run('erp');

    expectRefreshed(report, {
      'vvol-erp-1a2b-vg/Data-00': 'erpdev-00',
      'vvol-erp-1a2b-vg/Data-01': 'erpdev-01',
    });
    expect(planned.manifest.pairs).toEqual(report.manifest.pairs);
  });
});

describe('a destroyed volume', () => {
  it('of the source is not copied, though its group still lists it', async () => {
    await world.define('crm', {
      ...definition,
      source_protection_group: 'crm-pg',
      target_protection_group: 'crmdev-pg',
    });

    const planned = await world.run('crm', { execute: false });
    const report = await world.run('crm');

    expectRefreshed(report, { 'crm-00': 'crmdev-00' });
    expect(planned.manifest.pairs.map(({ source }) => source.name)).toEqual(['crm-00']);
  });

  it.each([true, false])(
    'of the target has the run refused, also by an array that does not tell it of members (execute: %j)',
    async (execute) => {
      await world.define('crm', {
        ...definition,
        source_protection_group: 'crm-pg',
        target_protection_group: 'crmtest-pg',
      });

      const report = await world.run('crm', { execute });

      expectRefused(report, 'TargetDestroyed');
      expect(report.manifest.error?.message).toContain('"crmtest-old"');
    },
  );
});

describe('letter case', () => {
  it('of names in the definition need not be that of the array', async () => {
    await world.define('nightly', {
      ...definition,
      source_protection_group: 'PRD-pg',
      target_protection_group: 'Dev-PG',
    });

    const report = await world.run('nightly');

    expect(report.result.status).toBe('SUCCEEDED');
    expect(report.manifest).toMatchObject({
      source_protection_group: 'prd-pg',
      target_protection_group: 'dev-pg',
      snapshot: { name: `prd-pg.${report.run}` },
    });
  });
});
