import type { Check } from '../../lambda/refresh/doctor.ts';
import { makeCertificate } from '../../local/array/certificate.ts';
import {
  group,
  namesOf,
  production,
  replicatedDatabases,
  replicatedDefinition,
  volume,
  volumes,
} from './databases.ts';
import { freePort } from './free-port.ts';
import { standInFront } from './tls-front.ts';
import type { World } from './world.ts';

export const FOREIGN_TOKEN = '11111111-2222-4333-8444-555555555555';
const DAY_MS = 86_400_000;

const development = [...volumes('dev-data', 2, 120), ...volumes('dev-fra', 2, 40)];
const shared = volumes('shared', 4, 120);
/** Two arrays that are well, and on them groups that are not. */
export const state = replicatedDatabases({
  source: {
    protection_groups: [
      { ...group('kept-pg', production), targets: ['fa-dr'], retention_lock: 'ratcheted' },
      {
        ...group('kept-there-pg', production),
        targets: [{ name: 'fa-dr', retention_lock: 'ratcheted' }],
      },
    ],
  },
  target: {
    volumes: [...shared, volume('small-00', 1)],
    hosts: [{ name: 'PRD01', volumes: namesOf(shared) }],
    protection_groups: [
      { ...group('locked-pg', development), retention_lock: 'ratcheted' },
      { ...group('held-pg', development), snapshots: [{ suffix: 'refresh-in-progress' }] },
      group('shared-pg', shared),
      group('small-pg', [volume('small-00', 1)]),
    ],
  },
});
for (const { name, protection_groups = [] } of state.arrays) {
  const [production] = protection_groups;
  if (name === 'fa-prod' && production)
    production.snapshots = [{ suffix: 'gone', destroyed: true }];
}
/** All checks of a refresh without hooks and database, in their order. */
export const ALL = [
  ...['source', 'target'].flatMap((side) =>
    ['credentials', 'connection', 'certificate', 'version', 'token', 'space'].map(
      (check) => `${side} ${check}`,
    ),
  ),
  ...['source group', 'source safemode', 'source role', 'snapshot'],
  ...['target group', 'target safemode', 'target role', 'pairs', 'hosts', 'use', 'lock'],
  ...['replication', 'replica', 'replica safemode', 'definitions'],
];

/** What of the source, and of the target, cannot be looked at where the array itself cannot. */
const OF_SOURCE_GROUP = [
  'source safemode',
  'source role',
  'snapshot',
  'pairs',
  'hosts',
  'replication',
  'replica',
  'replica safemode',
];
const OF_TARGET_GROUP = ['target safemode', 'target role', 'pairs', 'hosts', 'use', 'lock'];
const OF_SOURCE = ['source space', 'source group', ...OF_SOURCE_GROUP];
const OF_TARGET = [
  ...['target space', 'target group', ...OF_TARGET_GROUP],
  ...['replication', 'replica', 'replica safemode'],
];
const behind = (side: string, ...checks: string[]) => checks.map((check) => `${side} ${check}`);

/** Something that is wrong. */
export interface Trouble {
  readonly what: string;
  readonly bring: (world: World) => unknown;
  /** What is found then, by check, with the remedy. */
  readonly found: Readonly<Record<string, readonly [Check['result'], RegExp]>>;
  /** Checks that cannot be made then. */
  readonly hides?: readonly string[];
}

const define = (world: World, change: object) =>
  world.define('nightly', { ...replicatedDefinition, ...change });
const full = (world: World, array: string, used: number) =>
  world.addFaults({
    array,
    method: 'GET',
    path: '/arrays',
    times: 0,
    effect: {
      status: 200,
      body: { items: [{ name: array, capacity: 1_000, space: { total_used: used } }] },
    },
  });
const offering = (world: World, ...version: string[]) =>
  world.addFaults({
    array: 'fa-prod',
    path: '/api/api_version',
    times: 0,
    effect: { status: 200, body: { version } },
  });
const denyTrial = (world: World, array: string) =>
  world.addFaults({
    array,
    path: '/protection-group-snapshots/test',
    times: 0,
    effect: {
      status: 403,
      body: { errors: [{ context: null, message: 'Operation not permitted.' }] },
    },
  });
/** Has the second array show another certificate, which ends in so many days. */
const renewCertificate = async (world: World, days: number) => {
  const [, array] = world.simulator.arrays;
  if (!array) throw new Error('There is no second array.');
  const certificate = await makeCertificate(days);
  const host = await standInFront(array, certificate);
  await world.putSecret({ tgt_flash_array_host: host, tgt_flash_array_ca: certificate.ca });
};

/** Each of what can be wrong, and what is found then. */
export const troubles: readonly Trouble[] = [
  {
    what: 'no credentials of the first array',
    bring: (world) => world.putSecret({ src_flash_array_host: undefined }),
    found: { 'source credentials': ['FAIL', /FA_HOST/] },
    hides: [...behind('source', 'connection', 'certificate', 'version', 'token'), ...OF_SOURCE],
  },
  {
    what: 'no credentials of the second array',
    bring: (world) => world.putSecret({ tgt_flash_array_host: undefined }),
    found: { 'target credentials': ['FAIL', /FA_HOST_TGT/] },
    hides: [...behind('target', 'connection', 'certificate', 'version', 'token'), ...OF_TARGET],
  },
  {
    what: 'a first array where nobody listens',
    bring: async (world) =>
      world.putSecret({ src_flash_array_host: `127.0.0.1:${await freePort()}` }),
    found: { 'source connection': ['FAIL', /network path/] },
    hides: [...behind('source', 'certificate', 'version', 'token'), ...OF_SOURCE],
  },
  {
    what: 'a second array where nobody listens',
    bring: async (world) =>
      world.putSecret({ tgt_flash_array_host: `127.0.0.1:${await freePort()}` }),
    found: { 'target connection': ['FAIL', /network path/] },
    hides: [...behind('target', 'certificate', 'version', 'token'), ...OF_TARGET],
  },
  {
    what: 'a certificate of another authority',
    bring: async (world) => world.putSecret({ src_flash_array_ca: (await makeCertificate()).ca }),
    found: { 'source certificate': ['FAIL', /src_flash_array_ca/] },
    hides: [...behind('source', 'version', 'token'), ...OF_SOURCE],
  },
  {
    what: 'a certificate that has ended',
    bring: (world) => renewCertificate(world, -0.5),
    found: { 'target certificate': ['FAIL', /new certificate/] },
    hides: [...behind('target', 'version', 'token'), ...OF_TARGET],
  },
  {
    what: 'a certificate that ends soon',
    bring: (world) => renewCertificate(world, 10),
    found: { 'target certificate': ['WARN', /new certificate before that day/] },
  },
  {
    what: 'an array that speaks no version which is known',
    bring: (world) => offering(world, '1.19', '3.0'),
    found: { 'source version': ['FAIL', /Upgrade Purity/] },
    hides: ['source token', ...OF_SOURCE],
  },
  {
    what: 'an array that is old',
    bring: (world) => offering(world, '1.19', '2.20'),
    found: {
      'source version': ['WARN', /Upgrade Purity/],
      'source role': ['WARN', /storage_admin/],
    },
  },
  {
    what: 'a version that is pinned',
    bring: (world) => define(world, { flash_array_api_version: '2.26' }),
    found: {
      'source version': ['WARN', /flash_array_api_version/],
      'target version': ['WARN', /flash_array_api_version/],
    },
  },
  {
    what: 'a token of another array',
    bring: (world) => world.putSecret({ src_flash_array_api_token: FOREIGN_TOKEN }),
    found: { 'source token': ['FAIL', /token in the secret/] },
    hides: OF_SOURCE,
  },
  {
    what: 'a token of another array for the second one',
    bring: (world) => world.putSecret({ tgt_flash_array_api_token: FOREIGN_TOKEN }),
    found: { 'target token': ['FAIL', /token in the secret/] },
    hides: OF_TARGET,
  },
  {
    what: 'a first array that is nearly full',
    bring: (world) => full(world, 'fa-prod', 850),
    found: { 'source space': ['WARN', /eradicate/] },
  },
  {
    what: 'a second array that is full',
    bring: (world) => full(world, 'fa-dr', 951),
    found: { 'target space': ['FAIL', /eradicate/] },
  },
  {
    what: 'a source group that there is not',
    bring: (world) => define(world, { source_protection_group: 'nowhere-pg' }),
    found: { 'source group': ['FAIL', /Correct the name/] },
    hides: OF_SOURCE_GROUP,
  },
  {
    what: 'a target group that there is not',
    bring: (world) => define(world, { target_protection_group: 'nowhere-pg' }),
    found: { 'target group': ['FAIL', /Correct the name/] },
    hides: OF_TARGET_GROUP,
  },
  {
    what: 'SafeMode on the source, which has not been replicated',
    bring: (world) => define(world, { source_protection_group: 'kept-pg' }),
    found: {
      'source safemode': ['WARN', /Allow for their space/],
      replica: ['WARN', /have the group replicated now/],
    },
  },
  {
    what: 'SafeMode on the replicas of the source',
    bring: async (world) => {
      await define(world, { source_protection_group: 'kept-there-pg' });
      await world.run('nightly');
    },
    found: { 'replica safemode': ['WARN', /Allow for their space/] },
  },
  {
    what: 'SafeMode on the target',
    bring: (world) => define(world, { target_protection_group: 'locked-pg' }),
    found: { 'target safemode': ['WARN', /Allow for their space/] },
  },
  {
    what: 'a role on the first array that is not enough',
    bring: (world) => denyTrial(world, 'fa-prod'),
    found: { 'source role': ['FAIL', /storage_admin/] },
  },
  {
    what: 'a role on the second array that is not enough',
    bring: (world) => denyTrial(world, 'fa-dr'),
    found: { 'target role': ['FAIL', /storage_admin/] },
  },
  {
    what: 'a snapshot of that name that is destroyed',
    bring: (world) => define(world, { snapshot_name: 'gone' }),
    found: { snapshot: ['FAIL', /another snapshot_name/] },
    hides: ['pairs', 'replication'],
  },
  {
    what: 'targets that are too small',
    bring: (world) => define(world, { target_protection_group: 'small-pg' }),
    found: { pairs: ['FAIL', /\w/] },
  },
  {
    what: 'an exclusion that matches nothing',
    bring: (world) => define(world, { excluded_volumes: ['no-such-volume'] }),
    found: { pairs: ['FAIL', /\w/] },
  },
  {
    what: 'a host that uses volumes of both groups',
    bring: (world) => define(world, { target_protection_group: 'shared-pg' }),
    found: { hosts: ['FAIL', /allow_shared_hosts/] },
  },
  {
    what: 'a target that is written to',
    bring: (world) =>
      world.simulator.setPerformance('fa-dr', 'dev-fra-00', {
        reads_per_sec: 0,
        writes_per_sec: 9,
      }),
    found: { use: ['WARN', /Shut the database on the target down/] },
  },
  {
    what: 'a lock that nobody knows',
    bring: (world) => define(world, { target_protection_group: 'held-pg' }),
    found: { lock: ['FAIL', /--recover unknown/] },
  },
  {
    what: 'a lock of a run that ended in the middle',
    bring: (world) => world.abort('nightly', 'after', 'Acquire Guard'),
    found: { lock: ['WARN', /clears up after it/] },
  },
  {
    what: 'a second array that does not let the group in',
    bring: (world) => world.simulator.setReplication({ allowed: false }),
    found: { replication: ['FAIL', /purepgroup allow/] },
  },
  {
    what: 'a connection of the arrays that is down',
    bring: (world) => world.simulator.setReplication({ status: 'connecting' }),
    found: { replication: ['FAIL', /connection up/] },
  },
  {
    what: 'a connection of the arrays that is half up',
    bring: (world) => world.simulator.setReplication({ status: 'partially_connected' }),
    found: { replication: ['WARN', /paths/] },
  },
  {
    what: 'a replica that is old',
    bring: (world) => world.simulator.advance(8 * DAY_MS),
    found: { replica: ['WARN', /replication_timeout_minutes/] },
  },
  {
    what: 'a target that is the source of another refresh',
    bring: (world) => world.define('other', { source_protection_group: 'dev-pg' }),
    found: { definitions: ['FAIL', /another target_protection_group/] },
  },
  {
    what: 'hooks that the deployment may not call',
    bring: (world) =>
      define(world, {
        hooks: { after_overwrite: [{ ssm: { document: 'mask', instances: ['i-0a1b2c3d'] } }] },
      }),
    found: { hooks: ['FAIL', /"hooks"/] },
  },
  {
    what: 'a database that the deployment does not speak to',
    bring: (world) => define(world, { ora_facts: true }),
    found: { database: ['FAIL', /"oracle"/] },
  },
];
