import { describe, expect, it } from 'vitest';
import { inSession } from '../../../lambda/oracle/database.ts';
import { readDatabase } from '../../../lambda/oracle/read-database.ts';
import { LOOKS } from '../../../lambda/oracle/statements.ts';
import { databaseFactsSchema } from '../../../lambda/refresh/database-facts.ts';
import type { DatabaseFault, DatabaseStateInput } from '../../../local/database/simulator.ts';
import { rejectionOf } from '../support/refusals.ts';
import { datafiles, simulateDatabase } from './support/simulated-database.ts';

const reading = async (state: DatabaseStateInput = {}, faults: readonly DatabaseFault[] = []) => {
  const database = simulateDatabase(state);
  database.simulator.addFaults(faults);
  const read = await inSession(database.open, readDatabase);
  return { ...read, database };
};

describe('the facts about a database', () => {
  it('are read in one session, with one look a view, and nothing is changed', async () => {
    const { facts, warnings, database } = await reading();

    expect(facts).toEqual({
      db_name: 'PRD',
      db_id: '2903145678',
      db_unique_name: 'PRD_A',
      db_role: 'PRIMARY',
      db_open_mode: 'READ WRITE',
      archivelog_mode: 'ARCHIVELOG',
      flashback_mode: 'YES',
      platform_name: 'Linux x86 64-bit',
      version: '19.22.0.0.0',
      db_time: '2026-11-24T01:00:00.000Z',
      db_scn: '14203773',
      backup_mode: false,
      control_files: [
        '+DATA/PRD_A/CONTROLFILE/current.261.1',
        '+FRA/PRD_A/CONTROLFILE/current.256.1',
      ],
      db_recovery_file_dest: '+FRA',
      db_recovery_file_dest_size: 85_899_345_920,
      enable_pluggable_database: true,
      open_pdbs: ['ORDERS'],
      asm_disk_groups: ['DATA', 'FRA'],
      encrypted_tablespaces: 0,
    });
    expect(databaseFactsSchema.parse(facts)).toEqual(facts);
    expect(warnings).toEqual([]);
    expect(database.sessions()).toBe(1);
    expect(database.changes()).toEqual([]);
    expect(database.simulator.statements().map(({ statement }) => statement)).toEqual([
      'CONNECT refresh AS SYSBACKUP',
      LOOKS.database.sql,
      LOOKS.backup.sql,
      LOOKS.fullVersion.sql,
      LOOKS.controlFiles.sql,
      LOOKS.recovery.sql,
      LOOKS.openPdbs.sql,
      LOOKS.diskGroups.sql,
      LOOKS.encrypted.sql,
    ]);
  });

  it.each<[string, DatabaseStateInput, object]>([
    [
      'a release before 18c',
      { version_full: null, version: '12.2.0.1.0' },
      { version: '12.2.0.1.0' },
    ],
    ['no containers', { container: null }, { enable_pluggable_database: false, open_pdbs: [] }],
    [
      'a pluggable database that is only read',
      { pdbs: [{ name: 'B', open_mode: 'READ ONLY' }, { name: 'A' }] },
      { open_pdbs: ['A', 'B'] },
    ],
    ['no ASM', { disk_groups: [] }, { asm_disk_groups: [] }],
    [
      'no recovery area',
      { db_recovery_file_dest: '', db_recovery_file_dest_size: 0 },
      { db_recovery_file_dest: null, db_recovery_file_dest_size: 0 },
    ],
    ['encryption', { encrypted_tablespaces: 3 }, { encrypted_tablespaces: 3 }],
    ['backup mode', { datafiles: datafiles(2, 1) }, { backup_mode: true }],
    [
      'a standby',
      { database_role: 'PHYSICAL STANDBY', open_mode: 'MOUNTED' },
      { db_role: 'PHYSICAL STANDBY', db_open_mode: 'MOUNTED', db_scn: '0' },
    ],
  ])('with %s', async (_, state, facts) => {
    expect((await reading(state)).facts).toMatchObject(facts);
  });

  it('carry a change number larger than JavaScript counts', async () => {
    const { facts } = await reading({ scn: Number.MAX_SAFE_INTEGER - 5 });

    expect(facts.db_scn).toMatch(/^9007199254740\d{3}$/);
  });
});

describe('a view that the user cannot read', () => {
  const lost = {
    v$database: ['db_name', 'db_id', 'db_role', 'db_scn', 'db_time', 'enable_pluggable_database'],
    v$backup: ['backup_mode'],
    v$instance: ['version'],
    v$controlfile: ['control_files'],
    v$parameter: ['db_recovery_file_dest', 'db_recovery_file_dest_size'],
    v$pdbs: ['open_pdbs'],
    v$asm_diskgroup_stat: ['asm_disk_groups'],
    v$encrypted_tablespaces: ['encrypted_tablespaces'],
  };

  it.each(Object.entries(lost))('costs its facts and no others: %s', async (view, names) => {
    const { facts, warnings } = await reading({ denied_views: [view] });
    const nulls = Object.entries(facts).filter(([, fact]) => fact === null);

    expect(nulls.map(([name]) => name)).toEqual(expect.arrayContaining(names));
    if (view !== 'v$database') expect(nulls).toHaveLength(names.length);
    expect(warnings).toEqual([
      `The database user cannot read ${view} (ORA-00942). GRANT SELECT ON SYS.${view.replace('v$', 'v_$').toUpperCase()} to it, or log in with ora_src_role SYSBACKUP.`,
    ]);
  });

  it('may be all of them', async () => {
    const { facts, warnings } = await reading({ denied_views: Object.keys(lost) });

    expect(Object.values(facts).every((fact) => fact === null)).toBe(true);
    expect(warnings).toHaveLength(8);
    expect(databaseFactsSchema.parse(facts)).toEqual(facts);
  });

  it('may say so in another way', async () => {
    const { warnings } = await reading({}, [{ statement: 'v$pdbs', effect: { refuse: 1031 } }]);

    expect(warnings).toEqual([expect.stringContaining('v$pdbs (ORA-01031)')]);
  });
});

it.each<[DatabaseFault, string]>([
  [{ statement: 'v$pdbs', effect: { drop: 'before' } }, 'DatabaseUnavailable'],
  [{ statement: 'v$pdbs', effect: { hang: 'before' } }, 'DatabaseUnavailable'],
  [{ statement: 'v$pdbs', effect: { refuse: 600 } }, 'DatabaseStatementFailed'],
  [{ kind: 'connect', effect: { refuse: 1017 } }, 'DatabaseLoginRefused'],
])('another failure is one of the whole: %j', async (fault, name) => {
  expect((await rejectionOf(reading({}, [fault]))).name).toBe(name);
});
