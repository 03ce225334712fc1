import { describe, expect, it } from 'vitest';
import { makeCertificate } from '../../local/array/certificate.ts';
import {
  group,
  namesOf,
  pairUp,
  production,
  replicatedDatabases,
  replicatedDefinition,
  volume,
  volumes,
} from '../support/databases.ts';
import { expectFailedOnTheWay, expectRefreshed, expectRefused } from '../support/expectations.ts';
import { freePort } from '../support/free-port.ts';
import { callsOf, requestsTo, statesOf } from '../support/run-report.ts';
import { useWorld } from '../support/world.ts';

const FOREIGN_TOKEN = '11111111-2222-4333-8444-555555555555';
const stale = volumes('stale', 4, 120).map((made) => ({
  ...made,
  tags: { snapshot_mapping: 'id-of-a-volume-long-gone' },
}));
const onProduction = volumes('onprd', 4, 120);
const state = replicatedDatabases({
  source: {
    volumes: volumes('here', 4, 120),
    protection_groups: [
      group('lone-pg', production),
      { ...group('elsewhere-pg', production), targets: ['fa-lab'] },
      { ...group('closed-pg', production), targets: [{ name: 'fa-dr', allowed: false }] },
      group('here-pg', volumes('here', 4, 120)),
      {
        ...group('kept-pg', production),
        targets: ['fa-dr'],
        snapshots: [{ suffix: 'here-only' }, { suffix: 'gone', destroyed: true }],
      },
    ],
  },
  target: {
    volumes: [...onProduction, ...stale, volume('small-00', 1)],
    hosts: [{ name: 'PRD01', volumes: namesOf(onProduction) }],
    protection_groups: [
      group('on-prd-pg', onProduction),
      group('stale-pg', stale),
      group('small-pg', [volume('small-00', 1)]),
      { name: 'empty-pg' },
      { name: 'dead-pg', volumes: ['dev-data-00'], destroyed: true },
      { name: 'hosts-pg', hosts: ['dev01'] },
    ],
  },
});
const world = useWorld({
  state: { arrays: [...state.arrays, { name: 'fa-lab' }] },
  tokens: [FOREIGN_TOKEN],
});

describe('a replicated run is refused before anything is touched', () => {
  it.each([
    [
      'ReplicationNotConfigured',
      'the source group has no target',
      { source_protection_group: 'lone-pg' },
      ['"lone-pg"', '"fa-dr"'],
    ],
    [
      'ReplicationNotConfigured',
      'the second array is no target of the source group',
      { source_protection_group: 'elsewhere-pg' },
      ['"elsewhere-pg"', '"fa-dr"', '"fa-lab"'],
    ],
    [
      'ReplicationDisallowed',
      'the second array does not allow it',
      { source_protection_group: 'closed-pg' },
      ['"closed-pg"', '"fa-dr"'],
    ],
    [
      'ProtectionGroupNotFound',
      'the target group is nowhere',
      { target_protection_group: 'nowhere-pg' },
      ['"nowhere-pg"'],
    ],
    [
      'ProtectionGroupNotFound',
      'the target group is on the source array instead',
      { target_protection_group: 'here-pg' },
      ['"here-pg"'],
    ],
    [
      'ProtectionGroupDestroyed',
      'the target group is destroyed',
      { target_protection_group: 'dead-pg' },
      ['"dead-pg"'],
    ],
    [
      'ProtectionGroupEmpty',
      'the target group is empty',
      { target_protection_group: 'empty-pg' },
      ['"empty-pg"'],
    ],
    [
      'TargetGroupOfHosts',
      'the target group is made of hosts',
      { target_protection_group: 'hosts-pg' },
      ['"hosts-pg"'],
    ],
    [
      'PairingIncomplete',
      'the target group has no room for all',
      { target_protection_group: 'small-pg' },
      ['"prd-data-00" (120 GiB)'],
    ],
    [
      'SharedHost',
      'a host of the targets bears the name of one that uses the sources',
      { target_protection_group: 'on-prd-pg' },
      ['"PRD01"'],
    ],
    [
      'SnapshotDestroyed',
      'the snapshot is pending eradication',
      { source_protection_group: 'kept-pg', snapshot_name: 'gone' },
      ['"kept-pg.gone"'],
    ],
  ])('%s: %s', async (error, _, change, said) => {
    await world.define('nightly', { ...replicatedDefinition, ...change });

    const report = await world.run('nightly');

    expectRefused(report, error);
    const { message, remedy } = report.manifest.error ?? {};
    for (const text of said) expect(`${message} ${remedy}`).toContain(text);
    if (error === 'ProtectionGroupNotFound') {
      expect(message).toContain(world.simulator.arrays[1]?.host);
    }
    expect(statesOf(report)).toEqual([
      'Begin',
      'Clears Up?',
      'Prepare',
      'Record Failure',
      'Failed',
    ]);
  });

  it('PairingIncomplete: the tags name sources of neither array, as an earlier replica tells', async () => {
    await world.define('earlier', replicatedDefinition);
    await world.define('nightly', { ...replicatedDefinition, target_protection_group: 'stale-pg' });
    await world.run('earlier');

    const report = await world.run('nightly');

    expectRefused(report, 'PairingIncomplete');
    expect(report.manifest.error?.message).toContain('"stale-00"');
  });

  it('or, with no replica to tell, when the snapshot has arrived', async () => {
    await world.define('nightly', { ...replicatedDefinition, target_protection_group: 'stale-pg' });

    const report = await world.run('nightly');

    expectFailedOnTheWay(report, 'PairingIncomplete');
    expect(report.manifest.error?.message).toContain('"stale-00"');
  });

  it.each([
    ['', {}],
    [' of a pinned version', { flash_array_api_version: '2.26' }],
  ])('and ends its sessions%s with both arrays', async (_, pin) => {
    await world.define('nightly', {
      ...replicatedDefinition,
      ...pin,
      target_protection_group: 'on-prd-pg',
    });

    const report = await world.run('nightly');

    expectRefused(report, 'SharedHost');
    for (const array of ['fa-prod', 'fa-dr']) {
      expect(callsOf(requestsTo(array, report)).at(-1)).toBe('POST /logout');
    }
  });

  it('ReplicationNotConfigured: both credentials are those of the source array', async () => {
    const [source] = world.simulator.arrays;
    world.putSecret({
      tgt_flash_array_host: source?.host,
      tgt_flash_array_api_token: source?.api_token,
    });

    // The target group is there, so that nothing else is wrong.
    await world.define('nightly', { ...replicatedDefinition, target_protection_group: 'here-pg' });
    const report = await world.run('nightly');

    expectRefused(report, 'ReplicationNotConfigured');
    expect(report.manifest.error?.message).toContain('"fa-prod"');
  });

  it('ReplicationDisconnected: the connection of the arrays is down', async () => {
    await world.define('nightly', replicatedDefinition);
    world.simulator.setReplication({ array: 'fa-dr', status: 'connecting' });

    const report = await world.run('nightly');

    expectRefused(report, 'ReplicationDisconnected');
    expect(report.manifest.error?.message).toContain('"connecting"');
  });

  it('ReplicationDisconnected: there is no connection', async () => {
    await world.define('nightly', replicatedDefinition);
    const body = { errors: [{ context: 'fa-dr', message: 'Array does not exist.' }] };
    world.addFaults({ path: '/array-connections', effect: { status: 400, body } });

    const report = await world.run('nightly');

    expectRefused(report, 'ReplicationDisconnected');
    expect(report.manifest.error?.message).toContain('not there');
  });

  it.each(['2.4', '2.9', '2.24'])(
    'ReplicationUnsupported: REST %s cannot send a snapshot that exists',
    async (version) => {
      await world.define('nightly', {
        ...replicatedDefinition,
        source_protection_group: 'kept-pg',
        snapshot_name: 'here-only',
        flash_array_api_version: version,
      });

      const report = await world.run('nightly');

      expectRefused(report, 'ReplicationUnsupported');
      expect(report.manifest.error?.message).toContain('"kept-pg.here-only"');
      expect(report.manifest.error?.message).toContain('2.25');
    },
  );

  it('ReplicationUnsupported: REST 2.3 cannot replicate on demand', async () => {
    await world.define('nightly', { ...replicatedDefinition, flash_array_api_version: '2.3' });

    const report = await world.run('nightly');

    expectRefused(report, 'ReplicationUnsupported');
    expect(report.manifest.error?.message).toContain('2.4');
  });
});

describe('a replicated run whose credentials for the second array are not right', () => {
  it.each([
    ['a token that it does not know', () => FOREIGN_TOKEN],
    ['the token of the source array', () => world.simulator.arrays[0]?.api_token],
  ])('is refused with %s, tried once', async (_, token) => {
    await world.define('nightly', replicatedDefinition);
    world.putSecret({ tgt_flash_array_api_token: token() });

    const report = await world.run('nightly');

    expectRefused(report, 'ArrayLoginRefused');
    expect(report.manifest.error?.message).toContain(world.simulator.arrays[1]?.host);
    expect(callsOf(requestsTo('fa-dr', report)).filter((call) => call === 'POST /login')).toEqual([
      'POST /login',
    ]);
    expect(callsOf(requestsTo('fa-prod', report)).at(-1)).toBe('POST /logout');
  });

  it.each([
    ['no host', { tgt_flash_array_host: undefined }, 'tgt_flash_array_host'],
    ['no token', { tgt_flash_array_api_token: undefined }, 'tgt_flash_array_api_token'],
    ['a host that is none', { tgt_flash_array_host: 'https://fa-dr' }, 'tgt_flash_array_host'],
    [
      'a token that is none',
      { tgt_flash_array_api_token: `${FOREIGN_TOKEN} ${FOREIGN_TOKEN}` },
      'tgt_flash_array_api_token',
    ],
    ['a certificate that is none', { tgt_flash_array_ca: 'no PEM' }, 'tgt_flash_array_ca'],
  ])('is refused with %s before any array is asked anything', async (_, change, key) => {
    await world.define('nightly', replicatedDefinition);
    world.putSecret(change);

    const report = await world.run('nightly');

    expectRefused(report, 'InvalidCredentials');
    expect(report.manifest.error?.message).toContain(key);
    expect(report.requests).toEqual([]);
  });

  it('is refused where nobody listens, and where the certificate is not accepted', async () => {
    await world.define('nightly', replicatedDefinition);

    world.putSecret({ tgt_flash_array_host: `127.0.0.1:${await freePort()}` });
    const silent = await world.run('nightly');
    world.putSecret({ tgt_flash_array_ca: (await makeCertificate()).ca });
    const strange = await world.run('nightly');

    expectRefused(silent, 'ArrayUnavailable');
    expectRefused(strange, 'ArrayCertificateRefused');
    expect(requestsTo('fa-dr', strange)).toEqual([]);
  });
});

describe('a replicated run is not refused', () => {
  it.each(['partially_connected', 'unbalanced'] as const)(
    'where the arrays communicate though their connection is %s',
    async (status) => {
      await world.define('nightly', replicatedDefinition);
      world.simulator.setReplication({ array: 'fa-dr', status });

      const report = await world.run('nightly');

      expectRefreshed(report);
    },
  );

  it('for a host of that name where the definition allows it', async () => {
    await world.define('nightly', {
      ...replicatedDefinition,
      target_protection_group: 'on-prd-pg',
      allow_shared_hosts: true,
    });

    const report = await world.run('nightly');

    expectRefreshed(report, pairUp(production, onProduction));
  });
});
