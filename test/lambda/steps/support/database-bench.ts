import { type DatabaseFacts, NO_FACTS } from '../../../../lambda/refresh/database-facts.ts';
import type { Run, RunBackup } from '../../../../lambda/refresh/run.ts';
import { databaseDocument, writeDocument } from '../../../../lambda/steps/documents.ts';
import { noted } from '../../oracle/support/database-run.ts';
import { type Bench, type BenchOptions, runUpTo, setUp } from './bench.ts';

/** When the database went into backup mode: while the simulated array's time stands still. */
export const BEGUN = '2026-11-24T01:00:00.000Z';

/** As they are read before backup mode. */
export const facts: DatabaseFacts = {
  ...NO_FACTS,
  db_name: 'PRD',
  db_scn: '14203771',
  backup_mode: false,
  control_files: ['+DATA/PRD/control.1', '+FRA/PRD/control.2'],
};

/** A run that was prepared, and whose database was read and is in backup mode, unless `backup` says otherwise. */
export const inBackupMode = async (
  options: BenchOptions = {},
  backup: Partial<RunBackup> = { begun: BEGUN, max_seconds: 120 },
): Promise<{ bench: Bench; run: Run }> => {
  const definition = { ora_backup_mode: true, ...options.definition };
  const bench = await setUp({ ...options, hasOracle: true, definition });
  const run = await runUpTo('prepare', bench);
  await writeDocument(bench.store, run.id, databaseDocument, {
    read_from: 'session',
    facts,
    shortened: [],
  });
  return { bench, run: { ...run, backup: { ...noted, ...backup } } };
};
