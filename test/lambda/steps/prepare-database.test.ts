import { afterEach, describe, expect, it } from 'vitest';
import { prepare } from '../../../lambda/steps/prepare.ts';
import { takeSnapshot } from '../../../lambda/steps/take-snapshot.ts';
import { rejectionOf } from '../support/refusals.ts';
import { stopSimulatedArrays } from '../support/simulated-array.ts';
import { begun, nightly, setUp } from './support/bench.ts';
import { facts, inBackupMode } from './support/database-bench.ts';

afterEach(stopSimulatedArrays);

describe('a deployment that does not speak to databases', () => {
  it.each([
    [{ ora_backup_mode: true }, {}],
    [{ ora_facts: true }, {}],
    [{}, { ora_backup_mode: true }],
  ])(
    'refuses %j, overridden with %j, before it asks anything of an array',
    async (definition, event) => {
      const bench = await setUp({ definition });

      expect(await rejectionOf(prepare(begun(event), bench.ports))).toMatchObject({
        name: 'InvalidDefinition',
        message: expect.stringContaining('Refresh "nightly" asks for ora_backup_mode or ora_facts'),
        remedy: expect.stringContaining('"oracle": {}'),
      });
      expect(bench.requests()).toEqual([]);
    },
  );

  it('takes on a run that clears up, which asks nothing of a database', async () => {
    const bench = await setUp({ definition: { ora_backup_mode: true } });

    const run = await prepare(begun({ recover: 'nightly-0' }), bench.ports);

    expect(run).toMatchObject({ mode: 'recover', reads_database: false, backs_up: false });
  });
});

describe('a new snapshot', () => {
  it.each([
    [{}, false, false],
    [{ ora_facts: true }, true, false],
    [{ ora_backup_mode: true }, true, true],
  ])(
    'with %j: its database is read (%j), and put into backup mode (%j)',
    async (definition, reads_database, backs_up) => {
      const bench = await setUp({ hasOracle: true, definition });

      expect(await prepare(begun(), bench.ports)).toMatchObject({
        reads_database,
        backs_up,
        warnings: [],
      });
    },
  );

  it('shows with which override the plan of a dry run is executed', async () => {
    const bench = await setUp({ hasOracle: true });

    const run = await prepare(begun({ ora_backup_mode: true, execute: false }), bench.ports);

    expect(run.overrides).toEqual({ ora_backup_mode: true });
  });
});

describe('a snapshot that is there already', () => {
  /** A run that finds the snapshot that an earlier one has labelled, and taken in backup mode or not. */
  const findingOne = async (wasInBackupMode: boolean, restVersion = '2.56', definition = {}) => {
    const { bench, run } = await inBackupMode({
      restVersion,
      definition: wasInBackupMode ? {} : { ora_backup_mode: false, ora_facts: true },
    });
    await takeSnapshot(wasInBackupMode ? run : { ...run, backup: undefined }, bench.ports);
    bench.store.put('refreshes/nightly.json', {
      ...nightly,
      ora_backup_mode: true,
      ...definition,
    });
    return { bench, run: await prepare(begun({}, 'nightly-2'), bench.ports) };
  };

  it.each(['2.26', '2.56'])('tells its database by its tags (REST %s)', async (restVersion) => {
    const { bench, run } = await findingOne(true, restVersion);

    expect(run).toMatchObject({ reads_database: false, backs_up: false, warnings: [] });
    expect(bench.store.json('runs/nightly-2/database.json')).toEqual({
      read_from: 'tags',
      facts: { ...facts, backup_mode: true },
      shortened: [],
    });
  });

  it('that was taken without backup mode is used, with a warning', async () => {
    const { run } = await findingOne(false);

    expect(run.warnings).toEqual([
      'Snapshot "prd-pg.s1" was there already, taken without backup mode.',
    ]);
  });

  it('that was taken without backup mode is no matter where none is asked for', async () => {
    const more = { ora_backup_mode: false, ora_facts: true };

    expect((await findingOne(false, '2.56', more)).run.warnings).toEqual([]);
  });

  it('that bears no tags is used, with a warning', async () => {
    const bench = await setUp({ hasOracle: true, definition: { ora_facts: true } });
    await bench.array.createGroupSnapshot('prd-pg', 's1');

    const { warnings } = await prepare(begun(), bench.ports);

    expect(warnings).toEqual([
      'Snapshot "prd-pg.s1" was there already, and its tags tell nothing of its database.',
    ]);
  });
});
