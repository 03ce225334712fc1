import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DatabaseFacts } from '../../../lambda/refresh/database-facts.ts';
import { factsFromTags, factTags } from '../../../lambda/refresh/fact-tags.ts';

const facts: DatabaseFacts = {
  db_name: 'PRD',
  db_id: '2903145678',
  db_unique_name: 'PRD_A',
  db_role: 'PRIMARY',
  db_open_mode: 'READ WRITE',
  archivelog_mode: 'ARCHIVELOG',
  flashback_mode: 'NO',
  platform_name: 'Linux x86 64-bit',
  version: '19.22.0.0.0',
  db_time: '2026-11-24T01:00:00.000Z',
  db_scn: '14203771',
  backup_mode: true,
  control_files: ['+DATA/one', '+FRA/two'],
  db_recovery_file_dest: '+FRA',
  db_recovery_file_dest_size: 85_899_345_920,
  enable_pluggable_database: true,
  open_pdbs: ['ORDERS', 'STOCK'],
  asm_disk_groups: ['DATA', 'FRA'],
  encrypted_tablespaces: 0,
};
const asRecord = (given: DatabaseFacts) =>
  Object.fromEntries(factTags(given).map(({ key, value }) => [key, value]));
const nothing = Object.fromEntries(Object.keys(facts).map((name) => [name, null]));

describe('the tags of a snapshot', () => {
  it('are the keys and forms of the script, and one more', () => {
    expect(asRecord(facts)).toEqual({
      db_name: 'PRD',
      db_id: '2903145678',
      db_time: '2026-11-24T01:00:00.000Z',
      db_scn: '14203771',
      db_unique_name: 'PRD_A',
      db_role: 'PRIMARY',
      db_open_mode: 'READ WRITE',
      archivelog_mode: 'ARCHIVELOG',
      flashback_mode: 'NO',
      platform_name: 'Linux x86 64-bit',
      encrypted_tablespaces: '0',
      version: '19.22.0.0.0',
      backup_mode: 'Yes',
      control_files: '+DATA/one, +FRA/two',
      db_recovery_file_dest: '+FRA',
      db_recovery_file_dest_size: '85899345920',
      enable_pluggable_database: 'TRUE',
      asm_disk_groups: 'DATA,FRA',
      open_pdbs: 'ORDERS,STOCK',
    });
  });

  it('are few enough for one request, and none for what is not known or empty', () => {
    expect(factTags(facts).length).toBeLessThanOrEqual(30);
    expect(factTags({ ...facts, ...nothing })).toEqual([]);
    expect(asRecord({ ...facts, open_pdbs: [] })).not.toHaveProperty('open_pdbs');
  });

  it('are cut to what the array takes, by whole characters', () => {
    const { control_files, version } = asRecord({
      ...facts,
      version: '😀'.repeat(300),
      control_files: Array.from({ length: 40 }, (_, index) => `+DATA/file-${index}`),
    });

    expect([...(version ?? '')]).toEqual([...'😀'.repeat(255), '…']);
    expect(control_files).toHaveLength(256);
    expect(asRecord({ ...facts, version: 'x'.repeat(256) })['version']).toBe('x'.repeat(256));
  });
});

describe('facts that are read from tags', () => {
  it('are the same when nothing was cut', () => {
    expect(factsFromTags(factTags(facts))).toEqual({ facts, cut: [] });
  });

  it('whatever they are', () => {
    const name = fc
      .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 20 })
      .filter((text) => !/[,…]/.test(text) && text !== 'Not Defined');
    const names = fc.array(name, { minLength: 1, maxLength: 8 });
    const given = fc.record({
      db_name: name,
      backup_mode: fc.boolean(),
      encrypted_tablespaces: fc.nat(),
      control_files: names,
      open_pdbs: names,
    });
    fc.assert(
      fc.property(given, (some) => {
        const tags = factTags({ ...facts, ...some });
        expect(factsFromTags(tags)).toEqual({ facts: { ...facts, ...some }, cut: [] });
      }),
      { numRuns: 300 },
    );
  });

  it('hold only whole entries of a list that was cut, and say so', () => {
    const control_files = Array.from({ length: 40 }, (_, index) => `+DATA/file-${index}`);

    const read = factsFromTags(factTags({ ...facts, control_files, version: 'x'.repeat(300) }));

    expect(read.cut.toSorted()).toEqual(['control_files', 'version']);
    const { length } = read.facts.control_files ?? [];
    expect(length).toBeGreaterThan(10);
    expect(read.facts.control_files).toEqual(control_files.slice(0, length));
    expect(read.facts.version).toBe('x'.repeat(255));
  });

  it('hold nothing of other tags, of what the script did not know, and of nonsense', () => {
    const tags = [
      { key: 'snapshot_mapping', value: 'id' },
      { key: 'toString', value: 'x' },
      { key: 'open_pdbs', value: 'Not Defined' },
      { key: 'encrypted_tablespaces', value: 'some' },
      { key: 'backup_mode', value: 'maybe' },
      { key: 'enable_pluggable_database', value: 'FALSE' },
    ];

    expect(factsFromTags(tags)).toEqual({ facts: { enable_pluggable_database: false }, cut: [] });
  });
});
