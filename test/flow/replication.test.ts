import { describe, expect, it } from 'vitest';
import { awsEventCount } from '../support/aws-history.ts';
import {
  databasePairs,
  definition,
  group,
  namesOf,
  pairUp,
  production,
  replicatedDatabases,
  replicatedDefinition,
  volumes,
} from '../support/databases.ts';
import { expectRefreshed, expectUntouched } from '../support/expectations.ts';
import { some } from '../support/extent.ts';
import {
  callsOf,
  largestDocument,
  looksOf,
  mutations,
  NOTE_WRITING,
  RELEASE_GUARD,
  type RunReport,
  requestsTo,
  statesOf,
  TAKE_GUARD,
} from '../support/run-report.ts';
import { useWorld } from '../support/world.ts';

/** Of the whole database. */
const ALL = production.reduce((sum, { size }) => sum + size, 0);
const inPod = volumes('erp::erp', 3, 20);
const copyOfPod = volumes('erpdev', 3, 20);
const local = [...volumes('local-data', 2, 120), ...volumes('local-fra', 2, 40)];
const world = useWorld({
  state: replicatedDatabases({
    source: {
      volumes: [...inPod, ...local],
      protection_groups: [
        { ...group('erp::erp-pg', inPod), targets: ['fa-dr'] },
        group('local-pg', local),
      ],
    },
    target: { volumes: copyOfPod, protection_groups: [group('erpdev-pg', copyOfPod)] },
  }),
});

const { target_protection_group: _, ...withoutTarget } = replicatedDefinition;
/** Makes a snapshot that is not sent anywhere. */
const localSnapshot = { ...withoutTarget, replicate: false };

const changesOf = (report: RunReport, array: string): string[] =>
  callsOf(mutations(requestsTo(array, report)));
const rulesOf = ({ manifest }: RunReport): string[] => manifest.pairs.map(({ rule }) => rule);
const idsOf = (found: readonly { readonly name: string; readonly id: string }[]) =>
  new Map(found.map(({ name, id }) => [name, id]));
/** What the tags of the database's copy hold, in name order. */
const tagsOf = ({ target }: RunReport) =>
  Object.keys(databasePairs).map(
    (name) =>
      target.after.volumes.find((found) => found.name === databasePairs[name])?.tags[
        'snapshot_mapping'
      ],
  );

describe('a refresh on a second array', () => {
  it('overwrites the targets there once the snapshot is complete', async () => {
    await world.define('nightly', replicatedDefinition);

    const report = await world.run('nightly');

    expectRefreshed(report);
    expect(rulesOf(report)).toEqual(Array(4).fill('equal'));
    expect(changesOf(report, 'fa-prod')).toEqual(['POST /protection-group-snapshots']);
    expect(mutations(report.requests)[0]?.query).toEqual({
      source_names: 'prd-pg',
      replicate_now: 'true',
    });
    expect(changesOf(report, 'fa-dr')).toEqual([
      ...TAKE_GUARD,
      NOTE_WRITING,
      'POST /volumes/batch',
      RELEASE_GUARD,
    ]);
    expect(callsOf(requestsTo('fa-prod', report)).at(-1)).toBe('POST /logout');
    expect(callsOf(requestsTo('fa-dr', report)).at(-1)).toBe('POST /logout');
  });

  it('goes through the states of a replicated run, and records what an auditor asks for', async () => {
    await world.define('nightly', replicatedDefinition);

    const report = await world.run('nightly');

    const look = ['Check Replication', 'Replicated?'];
    // Eleven tasks, fourteen states of other types, five more that lead past hooks, and the beginning and the end.
    expect(awsEventCount(world.machine, report.history)).toBe(11 * 5 + 20 * 2);
    expect(report.waits).toEqual([5, 8]);
    expect(statesOf(report)).toEqual([
      'Begin',
      'Clears Up?',
      'Prepare',
      'Execute?',
      'Undo?',
      'Database?',
      'Take Snapshot',
      'Replicate?',
      ...look,
      'Wait For Replication',
      ...look,
      'Wait For Replication',
      ...look,
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
    const { manifest, run, before, snapshotVolumes, target } = report;
    const [prod = '', dr = ''] = world.simulator.arrays.map(({ host }) => host);
    const replica = target.after.snapshots.find(({ name }) => name === `fa-prod:prd-pg.${run}`);
    expect(manifest.arrays).toEqual({
      source: { name: 'fa-prod', host: prod, rest_version: '2.56' },
      target: { name: 'fa-dr', host: dr, rest_version: '2.56' },
    });
    expect(manifest.snapshot).toEqual({
      name: `prd-pg.${run}`,
      created: new Date(replica?.created ?? 0).toISOString(),
      reused: false,
    });
    expect(manifest.replication).toMatchObject({
      snapshot: `fa-prod:prd-pg.${run}`,
      done: true,
      progress: 1,
      bytes: ALL,
      polls: 3,
      waited_seconds: 13,
      remaining_seconds: 0,
    });
    expect(manifest.pairs[0]).toMatchObject({
      source: { id: idsOf(before.volumes).get('prd-data-00'), name: 'prd-data-00' },
      snapshot: `fa-prod:prd-pg.${run}.prd-data-00`,
      target: { name: 'dev-data-00' },
    });
    expect(manifest.steps.map(({ step }) => step)).toEqual([
      'prepare',
      'take-snapshot',
      'check-replication',
      'plan-overwrite',
      'acquire-guard',
      'overwrite-volumes',
      'verify-target',
      'release-guard',
    ]);
    expect(snapshotVolumes).toEqual(
      namesOf(production).map((name) => `fa-prod:prd-pg.${run}.${name}`),
    );
  });

  it('follows the transfer in run document, log and manifest', async () => {
    await world.define('nightly', replicatedDefinition);
    world.simulator.setReplication({
      curve: [
        [60_000, 0.1],
        [600_000, 0.9],
        [1_200_000, 1],
      ],
    });

    const report = await world.run('nightly');

    expectRefreshed(report);
    const looks = looksOf(report);
    const progress = looks.map((look) => look.progress);
    expect(progress).toEqual(progress.toSorted((one, other) => one - other));
    expect(new Set(progress).size).toBe(progress.length);
    for (const look of looks.filter(({ bytes }) => bytes > 0)) {
      expect(look.bytes).toBe(Math.floor(look.progress * ALL));
      expect(look.bytes_per_second).toBe(Math.round(look.bytes / look.waited_seconds));
      expect(look.remaining_seconds).toBe(
        Math.round((look.waited_seconds / look.progress) * (1 - look.progress)),
      );
    }
    expect(looks.at(-1)).toMatchObject({ done: true, wait_seconds: 0 });
    expect(report.manifest.replication).toEqual(looks.at(-1));
    expect(largestDocument(report)).toBeLessThan(16 * 1024);
    // What a function logs arrives beside its answer, not with it.
    for (const { bytes, remaining_seconds } of looks) {
      await expect
        .poll(() => world.logs.filter((line) => line.includes(`"bytes":${bytes},`)).join())
        .toContain(`"remaining_seconds":${remaining_seconds}`);
    }
  });

  it('copies what was there when the snapshot was taken, whatever is written while it travels', async () => {
    await world.define('nightly', replicatedDefinition);
    world.whenWaited(5, () => {
      world.simulator.write('fa-prod', 'prd-data-00', 'written while the snapshot travelled');
    });

    const { before, after, target, manifest } = await world.run('nightly');

    const fingerprint = (found: typeof before.volumes, name: string) =>
      found.find((volume) => volume.name === name)?.fingerprint;
    expect(manifest.target).toBe('refreshed');
    for (const [source, copy] of Object.entries(databasePairs)) {
      expect(fingerprint(target.after.volumes, copy)).toBe(fingerprint(before.volumes, source));
    }
    expect(fingerprint(after.volumes, 'prd-data-00')).not.toBe(
      fingerprint(before.volumes, 'prd-data-00'),
    );
  });

  it('copies a group in a pod, whose replica bears the name of the pod', async () => {
    await world.define('erp', {
      ...replicatedDefinition,
      source_protection_group: 'erp::erp-pg',
      target_protection_group: 'erpdev-pg',
    });

    const first = await world.run('erp');
    const second = await world.run('erp');

    for (const report of [first, second]) {
      expectRefreshed(report, pairUp(inPod, copyOfPod));
      expect(report.manifest.replication?.snapshot).toBe(`erp:erp-pg.${report.run}`);
      expect(report.snapshotVolumes[0]).toBe(`erp:erp-pg.${report.run}.erp-00`);
    }
    expect(rulesOf(second)).toEqual(['tag', 'tag', 'tag']);
  });

  it('without a target group ends when the snapshot has replicated', async () => {
    await world.define('send', withoutTarget);

    const report = await world.run('send');

    expect(report.result.status).toBe('SUCCEEDED');
    expect(report.manifest).toMatchObject({
      status: 'SNAPSHOT_ONLY',
      target: 'none',
      pairs: [],
      replication: { done: true, progress: 1 },
    });
    expect(statesOf(report).slice(-3)).toEqual(['Target Group?', 'Record Result', 'Done']);
    expect(changesOf(report, 'fa-prod')).toEqual(['POST /protection-group-snapshots']);
    expect(changesOf(report, 'fa-dr')).toEqual([]);
    expect(report.target.after.snapshots.map(({ name }) => name)).toEqual([
      `fa-prod:prd-pg.${report.run}`,
    ]);
    expect(report.target.after.volumes).toEqual(report.target.before.volumes);
  });

  // The other tests are on 2.56.
  it.each(some(['2.4', '2.56', '2.26'], 2))('is done on REST %s', async (version) => {
    await world.define('nightly', { ...replicatedDefinition, flash_array_api_version: version });

    const planned = await world.run('nightly', { execute: false });
    const first = await world.run('nightly');
    const second = await world.run('nightly');

    expectUntouched(planned);
    for (const report of [first, second]) expectRefreshed(report);
    expect(first.manifest.arrays.target?.rest_version).toBe(version);
    expect(rulesOf(second)).toEqual(Array(4).fill('tag'));
  });
});

describe('stable pairs on two arrays', () => {
  it('come of the tags in the second run', async () => {
    await world.define('nightly', replicatedDefinition);
    const first = await world.run('nightly');
    world.simulator.write('fa-prod', 'prd-data-01', 'the day after');

    const second = await world.run('nightly');

    expectRefreshed(second);
    expect(rulesOf(second)).toEqual(Array(4).fill('tag'));
    expect(second.manifest.pairs.map(({ source, target }) => [source.id, target.id])).toEqual(
      first.manifest.pairs.map(({ source, target }) => [source.id, target.id]),
    );
    expect(tagsOf(second)).toEqual(tagsOf(first));
  });

  /** Others have paired so: not as we would by size. */
  const crossed = {
    'prd-data-00': 'dev-data-01',
    'prd-data-01': 'dev-data-00',
    'prd-fra-00': 'dev-fra-01',
    'prd-fra-01': 'dev-fra-00',
  };

  const taggers = [
    ['the Python script', 'the replica'],
    ['a local run', 'the source array'],
  ] as const;

  // The other one is in overwrite-replicas.test.ts, as this one is.
  it.each(some(taggers, 1))(
    'are kept where %s has tagged the targets, with ids of %s',
    async (_, side) => {
      await world.define('send', withoutTarget);
      await world.define('nightly', replicatedDefinition);
      const sent = await world.run('send');
      const originals = idsOf(sent.after.volumes);
      const replicas = new Map(
        sent.target.after.snapshots
          .flatMap((snapshot) => snapshot.volumes)
          .flatMap(({ source }) => (source ? [[source.name, source.id] as const] : [])),
      );
      for (const [source, target] of Object.entries(crossed)) {
        const original = originals.get(source);
        const id = side === 'the replica' ? replicas.get(`fa-prod:${source}`) : original;
        expect(id === original).toBe(side === 'the source array');
        await world.tagTarget(target, id ?? '');
      }

      const planned = await world.run('nightly', { execute: false });
      const report = await world.run('nightly');

      expectRefreshed(report, crossed);
      expect(rulesOf(report)).toEqual(Array(4).fill('tag'));
      expect(planned.manifest.pairs.map(({ target }) => target.name)).toEqual(
        Object.values(crossed),
      );
      // From here on all of them hold what a local run would write.
      expect(tagsOf(report).toSorted()).toEqual(
        Object.keys(crossed)
          .map((name) => originals.get(name))
          .toSorted(),
      );
    },
  );

  it('are made anew with ignore_match', async () => {
    await world.define('nightly', { ...replicatedDefinition, ignore_match: true });
    for (const name of Object.values(databasePairs)) await world.tagTarget(name, 'id-of-another');

    const report = await world.run('nightly');

    expectRefreshed(report);
    expect(rulesOf(report)).toEqual(Array(4).fill('equal'));
  });
});

describe('an existing snapshot', () => {
  it('that is not on the target yet is sent there', async () => {
    await world.define('snap', localSnapshot);
    await world.define('nightly', replicatedDefinition);
    await world.run('snap', { snapshot_name: 'release-7' });
    world.simulator.write('fa-prod', 'prd-fra-00', 'production goes on');

    const report = await world.run('nightly', { snapshot_name: 'release-7' });

    expectRefreshed(report);
    expect(report.manifest.snapshot).toMatchObject({ name: 'prd-pg.release-7', reused: true });
    expect(changesOf(report, 'fa-prod')).toEqual(['POST /protection-group-snapshots/replica']);
    expect(mutations(report.requests)[0]?.query).toEqual({
      names: 'prd-pg.release-7',
      on: 'fa-dr',
    });
    expect(report.after.snapshots).toEqual(report.before.snapshots);
  });

  // 2.26 has what 2.56 has.
  it.each(some(['2.25', '2.26'], 1))('is sent with what REST %s has for it', async (version) => {
    await world.define('snap', localSnapshot);
    await world.define('nightly', { ...replicatedDefinition, flash_array_api_version: version });
    await world.run('snap', { snapshot_name: 'release-7' });

    const report = await world.run('nightly', { snapshot_name: 'release-7' });

    expectRefreshed(report);
    expect(mutations(report.requests)[0]?.path).toBe(
      `/api/${version}/protection-group-snapshots/replica`,
    );
  });

  it('that is complete on both is not transferred again, on any version', async () => {
    await world.define('nightly', { ...replicatedDefinition, snapshot_name: 'release-7' });
    await world.define('older', {
      ...replicatedDefinition,
      snapshot_name: 'release-7',
      flash_array_api_version: '2.20',
    });
    await world.run('nightly');
    world.simulator.write('fa-dr', 'dev-fra-00', 'development goes on');

    const again = await world.run('nightly');
    const older = await world.run('older');

    for (const report of [again, older]) {
      expectRefreshed(report);
      expect(changesOf(report, 'fa-prod')).toEqual([]);
      expect(report.waits).toEqual([]);
      expect(report.manifest).toMatchObject({
        snapshot: { reused: true },
        replication: { done: true, polls: 1, waited_seconds: 0 },
      });
    }
  });

  it('that an earlier run did not wait out goes on from where it is', async () => {
    const limits = { replication_timeout_minutes: 2 };
    await world.define('nightly', { ...replicatedDefinition, snapshot_name: 's1', ...limits });
    world.simulator.setReplication({ duration_ms: 180_000 });
    const first = await world.run('nightly');

    const second = await world.run('nightly');

    expect(first.manifest.error?.name).toBe('ReplicationTimedOut');
    expectRefreshed(second);
    expect(changesOf(second, 'fa-prod')).toEqual([]);
    expect(looksOf(second)[0]?.progress).toBeGreaterThan(0.5);
  });
});

describe('a dry run', () => {
  it('shows the plan that will be executed, with the names on the second array, and writes nothing', async () => {
    await world.define('nightly', { ...replicatedDefinition, snapshot_name: 's1' });

    const planned = await world.run('nightly', { execute: false });
    const executed = await world.run('nightly');

    expectUntouched(planned);
    expectRefreshed(executed);
    expect(planned.waits).toEqual([]);
    expect(planned.manifest).toMatchObject({
      status: 'PLANNED',
      target: 'untouched',
      snapshot: { name: 'prd-pg.s1', created: null },
      pairs: executed.manifest.pairs,
      plan_hash: executed.manifest.plan_hash,
      replication: { snapshot: 'fa-prod:prd-pg.s1', done: false, polls: 0 },
    });
    expect(planned.manifest.pairs.map(({ snapshot }) => snapshot)).toEqual(
      namesOf(production).map((name) => `fa-prod:prd-pg.s1.${name}`),
    );
    const trials = planned.requests.filter(({ path }) => path.endsWith('/test'));
    expect(trials).toMatchObject([
      { array: 'fa-prod', query: { source_names: 'prd-pg', replicate_now: 'true' } },
    ]);
  });

  it('has the second array try the overwrite where the snapshot is complete there', async () => {
    await world.define('nightly', { ...replicatedDefinition, snapshot_name: 's1' });
    await world.run('nightly');

    const planned = await world.run('nightly', { execute: false });

    expectUntouched(planned);
    expect(planned.manifest.status).toBe('PLANNED');
    const trials = planned.requests.filter(({ path }) => path.endsWith('/test'));
    expect(trials.map(({ array, path }) => `${array} ${path}`)).toEqual([
      'fa-dr /api/2.56/volumes/batch/test',
    ]);
  });
});

describe('without replicate', () => {
  it('the second array is left alone and its credentials are not looked at', async () => {
    await world.define('local', { ...definition, target_protection_group: 'local-pg' });
    world.putSecret({
      tgt_flash_array_host: 'https://not a host',
      tgt_flash_array_api_token: 'no token',
      tgt_flash_array_ca: 'no certificate',
    });

    const report = await world.run('local');

    expectRefreshed(report, pairUp(production, local));
    expect(requestsTo('fa-dr', report)).toEqual([]);
    expect(report.manifest.replication).toBeNull();
    expect(report.target.after.snapshots).toEqual([]);
  });
});

describe('the watch over tokens', () => {
  it('sees that of the second array', async () => {
    const token = world.simulator.arrays[1]?.api_token;
    const key = 'manifests/nightly/run.json';
    await world.deployment.bucket.write(key, JSON.stringify({ token }), 'application/json');

    const leaks = await world.leaks();
    await world.reset();

    expect(leaks).toEqual([key]);
  });
});
