import { describe, expect, it } from 'vitest';
import {
  databases,
  definition,
  group,
  namesOf,
  pairUp,
  production,
  volume,
  volumes,
} from '../support/databases.ts';
import { expectRefreshed, expectRefused } from '../support/expectations.ts';
import { statesOf } from '../support/run-report.ts';
import { useWorld } from '../support/world.ts';

const small = [volume('small-00', 1)];
const stale = volumes('stale', 4, 120).map((made) => ({
  ...made,
  tags: { snapshot_mapping: 'id-of-a-volume-long-gone' },
}));
const grown = [volume('grown-00', 50, { id: 'id-of-grown-00' })];
const outgrown = [volume('outgrown-00', 40, { tags: { snapshot_mapping: 'id-of-grown-00' } })];
const onProduction = volumes('onprd', 4, 120);
const onProductionGroup = volumes('onprdgroup', 4, 120);
const machines = volumes('vmdev', 4, 120);
const destroyed = [volume('destroyed-00', 1, { destroyed: true })];

const world = useWorld({
  state: databases({
    volumes: [
      ...[
        small,
        stale,
        grown,
        outgrown,
        onProduction,
        onProductionGroup,
        machines,
        destroyed,
      ].flat(),
      volume('vm-00', 10),
    ],
    hosts: [
      { name: 'prd02', volumes: ['prd-data-00', ...namesOf(onProduction)] },
      { name: 'prd03' },
      { name: 'esx01', volumes: ['vm-00', ...namesOf(machines)], protocol_endpoint: 'pe-01' },
    ],
    host_groups: [
      {
        name: 'prd-cluster',
        hosts: ['prd03'],
        volumes: ['prd-data-00', ...namesOf(onProductionGroup)],
      },
    ],
    protection_groups: [
      group('overlap-pg', [volume('dev-data-00', 120), volume('prd-fra-00', 40)]),
      { name: 'empty-pg' },
      group('dead-volumes-pg', destroyed),
      { name: 'dead-pg', volumes: ['dev-data-00'], destroyed: true },
      { name: 'hosts-pg', hosts: ['dev01'] },
      { name: 'host-groups-pg', host_groups: ['prd-cluster'] },
      { name: 'prd-hosts-pg', hosts: ['prd01'] },
      group('small-pg', small),
      group('stale-pg', stale),
      group('grown-pg', grown),
      group('outgrown-pg', outgrown),
      group('on-prd-pg', onProduction),
      group('on-prd-group-pg', onProductionGroup),
      group('vm-pg', [volume('vm-00', 10)]),
      group('vmdev-pg', machines),
      {
        name: 'kept-pg',
        volumes: ['prd-data-00'],
        snapshots: [{ suffix: 'gone', destroyed: true }],
      },
    ],
  }),
});

describe('a run is refused before anything is touched', () => {
  it.each([
    [
      'ProtectionGroupNotFound',
      'an unknown source group',
      { source_protection_group: 'nowhere-pg' },
      '"nowhere-pg"',
    ],
    [
      'ProtectionGroupNotFound',
      'an unknown target group',
      { target_protection_group: 'nowhere-pg' },
      '"nowhere-pg"',
    ],
    [
      'ProtectionGroupDestroyed',
      'a destroyed source group',
      { source_protection_group: 'dead-pg' },
      '"dead-pg"',
    ],
    [
      'ProtectionGroupDestroyed',
      'a destroyed target group',
      { target_protection_group: 'dead-pg' },
      '"dead-pg"',
    ],
    [
      'ProtectionGroupEmpty',
      'an empty source group',
      { source_protection_group: 'empty-pg' },
      '"empty-pg"',
    ],
    [
      'ProtectionGroupEmpty',
      'an empty target group',
      { target_protection_group: 'empty-pg' },
      '"empty-pg"',
    ],
    [
      'ProtectionGroupEmpty',
      'a source group whose volumes are all destroyed',
      { source_protection_group: 'dead-volumes-pg' },
      '"dead-volumes-pg"',
    ],
    [
      'TargetDestroyed',
      'a target group with destroyed volumes',
      { target_protection_group: 'dead-volumes-pg' },
      '"dead-volumes-pg": "destroyed-00"',
    ],
    [
      'TargetGroupOfHosts',
      'a target group made of hosts',
      { target_protection_group: 'hosts-pg' },
      '"hosts-pg"',
    ],
    [
      'TargetGroupOfHosts',
      'a target group made of host groups',
      { target_protection_group: 'host-groups-pg' },
      '"host-groups-pg"',
    ],
    [
      'VolumeInBothGroups',
      'a volume in both groups',
      { target_protection_group: 'overlap-pg' },
      '"prd-fra-00"',
    ],
    [
      'VolumeInBothGroups',
      'a target volume that a host of the source group uses',
      { source_protection_group: 'prd-hosts-pg', target_protection_group: 'overlap-pg' },
      '"prd-fra-00"',
    ],
    [
      'ExclusionMatchesNothing',
      'an exclusion that matches nothing',
      { excluded_volumes: ['prd-data-0', { volume_id: 'no-such-id' }] },
      '"prd-data-0", "no-such-id"',
    ],
    [
      'ProtectionGroupEmpty',
      'exclusions that leave nothing',
      { excluded_volumes: ['prd-data-00', 'prd-data-01', 'prd-fra-00', 'prd-fra-01'] },
      '"prd-pg"',
    ],
    [
      'SnapshotDestroyed',
      'a snapshot that is pending eradication',
      { source_protection_group: 'kept-pg', snapshot_name: 'gone' },
      '"kept-pg.gone"',
    ],
    [
      'PairingIncomplete',
      'a target group without room for all',
      { target_protection_group: 'small-pg' },
      '"prd-data-00" (120 GiB)',
    ],
    [
      'PairingIncomplete',
      'targets whose tags name a volume that is no source',
      { target_protection_group: 'stale-pg' },
      '"stale-00"',
    ],
    [
      'TargetTooSmall',
      'a tagged target that its source has outgrown',
      { source_protection_group: 'grown-pg', target_protection_group: 'outgrown-pg' },
      '"outgrown-00" (40 GiB)',
    ],
    [
      'SharedHost',
      'a target volume on a host that uses a source volume',
      { target_protection_group: 'on-prd-pg' },
      '"prd02"',
    ],
    [
      'SharedHost',
      'a target volume on a host group that uses a source volume',
      { target_protection_group: 'on-prd-group-pg' },
      '"prd03"',
    ],
    [
      'ArrayVersionUnsupported',
      'a REST version that the array does not offer',
      { flash_array_api_version: '2.12' },
      '"2.12"',
    ],
  ] as const)('%s: %s', async (error, _, change, said) => {
    await world.define('nightly', { ...definition, ...change });

    const report = await world.run('nightly');

    expectRefused(report, error);
    expect(report.manifest.error?.message).toContain(said);
    expect(statesOf(report)).toEqual([
      'Begin',
      'Clears Up?',
      'Prepare',
      'Record Failure',
      'Failed',
    ]);
  });

  it.each(['prd-pg', 'PRD-PG'])('SourceIsTarget: %s', async (target_protection_group) => {
    await world.define('nightly', { ...definition, target_protection_group });

    const report = await world.run('nightly');

    expectRefused(report, 'SourceIsTarget');
    expect(report.requests).toEqual([]);
  });

  it('TargetIsASource: a target group from which another definition copies', async () => {
    await world.define('nightly', definition);
    await world.define('testers', {
      source_protection_group: 'DEV-pg',
      target_protection_group: 'small-pg',
    });

    const report = await world.run('nightly');

    expectRefused(report, 'TargetIsASource');
    expect(report.manifest.error?.message).toContain('"testers"');
    expect(report.requests).toEqual([]);
  });

  it('InvalidDefinition: another definition that does not say which group is its source', async () => {
    await world.define('nightly', definition);
    await world.define('broken', '{ "source_protection_group": ');

    const report = await world.run('nightly');

    expectRefused(report, 'InvalidDefinition');
    expect(report.manifest.error?.message).toContain('"broken"');
    expect(report.requests).toEqual([]);
  });
});

describe('a run is not refused', () => {
  it('for a host of the target volumes that uses no source volume', async () => {
    await world.define('nightly', definition);

    const report = await world.run('nightly');

    expectRefreshed(report);
  });

  it('for shared hosts that the definition allows', async () => {
    await world.define('nightly', {
      ...definition,
      target_protection_group: 'on-prd-pg',
      allow_shared_hosts: true,
    });

    const report = await world.run('nightly');

    expectRefreshed(report, pairUp(production, onProduction));
  });

  it('for vVols of one hypervisor, connected through its protocol endpoint', async () => {
    await world.define('vm', {
      ...definition,
      source_protection_group: 'vm-pg',
      target_protection_group: 'vmdev-pg',
    });

    const report = await world.run('vm');

    expectRefreshed(report, { 'vm-00': 'vmdev-00' });
  });

  it('for a host that uses none but an excluded volume', async () => {
    await world.define('nightly', {
      ...definition,
      target_protection_group: 'on-prd-pg',
      excluded_volumes: ['prd-data-00'],
    });

    const report = await world.run('nightly');

    expectRefreshed(report, pairUp(production.slice(1), onProduction));
  });

  it('for stale tags, where it ignores them', async () => {
    await world.define('nightly', {
      ...definition,
      target_protection_group: 'stale-pg',
      ignore_match: true,
    });

    const report = await world.run('nightly');

    expectRefreshed(report, pairUp(production, stale));
  });
});
