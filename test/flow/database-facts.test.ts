import { describe, expect, it } from 'vitest';
import { factTags } from '../../lambda/refresh/fact-tags.ts';
import { around } from '../support/backup-mode.ts';
import {
  databases,
  definition,
  replicatedDatabases,
  replicatedDefinition,
} from '../support/databases.ts';
import { expectRefreshed, withoutMarks } from '../support/expectations.ts';
import { allCases } from '../support/extent.ts';
import { callsOf, type RunReport } from '../support/run-report.ts';
import { useWorld } from '../support/world.ts';

const database = { password: 'canary-of-a-password' };
const withFacts = { ...definition, ora_facts: true };

const expectedTags = ({ manifest }: RunReport): Record<string, string> => {
  const { facts } = manifest.database ?? {};
  if (!facts) throw new Error('The manifest has no facts.');
  return Object.fromEntries(factTags(facts).map(({ key, value }) => [key, value]));
};

const snapshotOf = ({ manifest, after }: RunReport) =>
  after.snapshots.find(({ name }) => name === manifest.snapshot?.name);

describe('on REST 2.44 and later, facts', () => {
  const world = useWorld({ state: databases(), database });

  it('are in the manifest whole, and on the snapshot from its first moment on', async () => {
    await world.define('nightly', withFacts);

    const report = await world.run('nightly');

    expectRefreshed(report);
    expect(report.manifest.database).toEqual({
      read_from: 'session',
      shortened: [],
      facts: {
        db_name: 'PRD',
        db_id: '2903145678',
        db_unique_name: 'PRD_A',
        db_role: 'PRIMARY',
        db_open_mode: 'READ WRITE',
        archivelog_mode: 'ARCHIVELOG',
        flashback_mode: 'YES',
        platform_name: 'Linux x86 64-bit',
        version: '19.22.0.0.0',
        db_time: expect.stringMatching(/^2026-11-24T/),
        db_scn: expect.stringMatching(/^\d+$/),
        backup_mode: false,
        control_files: expect.any(Array),
        db_recovery_file_dest: '+FRA',
        db_recovery_file_dest_size: 85_899_345_920,
        enable_pluggable_database: true,
        open_pdbs: ['ORDERS'],
        asm_disk_groups: ['DATA', 'FRA'],
        encrypted_tablespaces: 0,
      },
    });
    expect(withoutMarks(snapshotOf(report)?.tags ?? {})).toEqual(expectedTags(report));
    expect(callsOf(report.requests)).not.toContain('PUT /protection-group-snapshots/tags/batch');
    expect(around(report).filter((what) => what.startsWith('ALTER'))).toEqual([]);
  });

  it('that are too long for a tag are cut there, and whole in the manifest', async () => {
    await world.define('nightly', { ...withFacts, snapshot_name: 'monday' });
    const control_files = Array.from(
      { length: 8 },
      (_, n) => `+DATA/PRD_A/CONTROLFILE/${n}${'x'.repeat(40)}`,
    );
    world.database.change({ control_files });

    const first = await world.run('nightly');
    const again = await world.run('nightly');

    expect(first.manifest.database?.facts.control_files).toEqual(control_files);
    expect(snapshotOf(first)?.tags['control_files']).toHaveLength(256);
    expect(again.manifest.database).toMatchObject({
      read_from: 'tags',
      shortened: ['control_files'],
      facts: { control_files: control_files.slice(0, 3) },
    });
  });

  it('of a view that the user cannot read are left out, and the grant is named', async () => {
    await world.define('nightly', withFacts);
    world.database.change({ denied_views: ['v$asm_diskgroup_stat', 'v$encrypted_tablespaces'] });

    const report = await world.run('nightly');

    expectRefreshed(report);
    expect(report.manifest.database?.facts).toMatchObject({
      db_name: 'PRD',
      asm_disk_groups: null,
      encrypted_tablespaces: null,
    });
    expect(report.manifest.warnings.join()).toContain('GRANT SELECT ON SYS.V_$ASM_DISKGROUP_STAT');
  });

  it('of a snapshot without tags are unknown, and the manifest says so', async () => {
    await world.define('plain', { ...definition, snapshot_name: 'monday' });
    await world.define('nightly', { ...withFacts, snapshot_name: 'monday' });
    await world.run('plain');

    const { manifest } = await world.run('nightly');

    expect(manifest.database).toBeNull();
    expect(manifest.warnings.join()).toContain('its tags tell nothing of its database');
  });

  it('are not asked for unless the definition does', async () => {
    await world.define('nightly', definition);

    const { manifest } = await world.run('nightly');

    expect(manifest).toMatchObject({ database: null, backup_mode: null });
    expect(world.database.statements()).toEqual([]);
  });
});

describe('below REST 2.44, facts', () => {
  const world = useWorld({ state: databases(), database, restVersion: '2.43' });

  it('are on all volume snapshots by one request', async () => {
    await world.define('nightly', withFacts);

    const report = await world.run('nightly');

    expectRefreshed(report);
    const tags = snapshotOf(report)?.volumes.map((volume) => volume.tags);
    expect(tags).toHaveLength(4);
    for (const found of tags ?? []) expect(withoutMarks(found)).toEqual(expectedTags(report));
    const [facts, ...guards] = report.requests.filter(
      ({ path, body }) => path.endsWith('/volume-snapshots/tags/batch') && body !== null,
    );
    expect(JSON.stringify(facts?.body)).toContain('db_scn');
    expect(JSON.stringify(guards.map(({ body }) => body))).not.toContain('db_scn');
  });

  it('are read back from them', async () => {
    await world.define('nightly', { ...withFacts, snapshot_name: 'monday' });
    const first = await world.run('nightly');

    const { manifest } = await world.run('nightly');

    expect(manifest.database).toMatchObject({
      read_from: 'tags',
      facts: { db_scn: first.manifest.database?.facts.db_scn, open_pdbs: ['ORDERS'] },
    });
  });

  // As in mark-snapshot.test.ts.
  it.runIf(allCases)(
    'that cannot be put there do not keep the refresh from being done',
    async () => {
      await world.define('nightly', withFacts);
      const body = { errors: [{ context: null, message: 'No tags today.' }] };
      world.addFaults({
        method: 'PUT',
        path: '/volume-snapshots/tags/batch',
        effect: { status: 400, body },
      });

      const { manifest } = await world.run('nightly');

      expect(manifest.status).toBe('SUCCEEDED');
      expect(manifest.warnings.join()).toContain('not on the snapshot as tags');
    },
  );
});

describe.each(['2.43', '2.56'])('with replication on REST %s, facts', (restVersion) => {
  const world = useWorld({ state: replicatedDatabases(), database, restVersion });

  it('travel to the replica', async () => {
    await world.define('nightly', { ...replicatedDefinition, ora_facts: true });

    const report = await world.run('nightly');

    expectRefreshed(report);
    const replica = report.target.after.snapshots.find(
      ({ name }) => name === report.manifest.replication?.snapshot,
    );
    const found = restVersion === '2.43' ? replica?.volumes[0]?.tags : replica?.tags;
    expect(found).toMatchObject(expectedTags(report));
  });
});

describe('a deployment that does not speak to databases', () => {
  const world = useWorld({ state: databases() });

  it.each([{ ora_facts: true }, { ora_backup_mode: true }])('refuses %o', async (wish) => {
    await world.define('nightly', { ...definition, ...wish });

    const { manifest, requests } = await world.run('nightly');

    expect(manifest.error).toMatchObject({
      name: 'InvalidDefinition',
      remedy: expect.stringContaining('"oracle": {}'),
    });
    expect(requests).toEqual([]);
  });
});
