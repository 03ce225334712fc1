import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RestFlashArray } from '../../lambda/flasharray/flash-array.ts';
import { Session } from '../../lambda/flasharray/session.ts';
import { BEGIN_BACKUP, END_BACKUP } from '../../lambda/oracle/statements.ts';
import { manifestSchema } from '../../lambda/refresh/manifest.ts';
import { findAssembly } from '../../local/assembly.ts';
import type { DatabaseFault } from '../../local/database/simulator.ts';
import { readStack } from '../../local/template.ts';
import { type Configuration, configurations, REFRESH } from './support/configurations.ts';
import { type Course, RUN, recoveryInput, runUndisturbed } from './support/courses.ts';
import { LATE_MS } from './support/database-troubles.ts';
import { type Drive, drive } from './support/drive.ts';
import { Ground, type Moment } from './support/ground.ts';
import { Interpreter, type Place } from './support/interpreter.ts';
import type { StatementPoint, Trouble } from './support/trouble.ts';
import type { WalkDatabase } from './support/walk-database.ts';

let interpreter: Interpreter;
beforeAll(async () => {
  interpreter = new Interpreter((await readStack(await findAssembly())).definition);
});

const isAboutDatabase = ({ hasDatabase, hasHooks }: Configuration) => hasDatabase && !hasHooks;

describe.each(configurations.filter(isAboutDatabase))('$name', (configuration) => {
  let ground: Ground;
  let database: WalkDatabase;
  let begin: Moment;
  let undisturbed: Course;
  beforeAll(async () => {
    ground = await Ground.open(configuration);
    if (!ground.database) throw new Error('There is no database.');
    database = ground.database;
    begin = ground.save();
    undisturbed = await runUndisturbed(ground, interpreter);
  });
  beforeEach(() => ground.goBack(begin));
  afterAll(() => ground.close());

  /** A run from the beginning, and the name of its error. */
  const run = async (input: object, more: Partial<Drive> = {}) => {
    const from = interpreter.begin({ refresh: REFRESH, ...input });
    const ended = await drive(ground, interpreter, { run: RUN, from, ...more });
    return ended.status === 'FAILED' ? ended.error : ended.status;
  };
  const abortInBackupMode = async () => {
    const after: StatementPoint = { statement: BEGIN_BACKUP, nth: 1 };
    await run({}, { trouble: { kind: 'kill', after }, afterDeath: 'abort' });
    ground.clearTroubles();
    expect(database.isInBackupMode).toBe(true);
  };
  /** Statements that change something. */
  const changes = () =>
    database.simulator
      .statements()
      .filter(({ kind }) => kind === 'execute')
      .map(({ statement }) => statement);

  it('sends nothing but queries in a dry run', async () => {
    expect(await run({ execute: false })).toBe('SUCCEEDED');

    const kinds = database.simulator.statements().map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(['connect', 'query']));
  });

  it('only tells in a dry run that an aborted run is to be cleared up after', async () => {
    await abortInBackupMode();
    const before = database.simulator.statements().length;

    expect(await run({ ...recoveryInput, execute: false }, { run: 'run-2' })).toBe('SUCCEEDED');

    expect(database.simulator.statements().length).toBe(before);
    expect(database.isInBackupMode).toBe(true);
  });

  it('refuses a database that somebody else has in backup mode, and leaves it so', async () => {
    const since = '2026-11-23T23:30:00.000Z';
    const statements = undisturbed.steps.flatMap((step) => step.statements);
    const last = statements.findIndex(({ statement }) => statement === BEGIN_BACKUP);
    const wrong: string[] = [];
    for (let nth = 0; nth <= last; nth++) {
      await ground.goBack(begin);
      ground.onStatement = () => {
        if (database.simulator.statements().length === nth + 1) database.setBackupMode(since);
      };
      const error = await run({});
      const isLeft = database.simulator.state().datafiles.every((it) => it.backup_since === since);
      const sent = changes().filter((statement) => statement !== BEGIN_BACKUP);
      if (error === 'DatabaseInBackupMode' && isLeft && sent.length === 0) continue;
      wrong.push(
        `${statements[nth]?.statement}: ${error}, left: ${isLeft}, sent: ${sent.join(', ')}`,
      );
    }
    expect(wrong).toEqual([]);
  });

  it('ends that of an aborted run though the bucket fails at first', async () => {
    await abortInBackupMode();
    const trouble: Trouble = {
      kind: 'store',
      trouble: { operation: 'read', nth: 1, moment: 'before', forGood: false },
    };

    expect(await run(recoveryInput, { run: 'run-2', trouble })).toBe('SUCCEEDED');

    expect(database.isInBackupMode).toBe(false);
  });

  it('leaves a backup mode that began long after the run which it clears up after', async () => {
    await abortInBackupMode();
    ground.simulator.advance(3 * 3_600_000);
    database.setBackupMode(new Date(ground.clock.now()).toISOString());
    const before = changes().length;

    expect(await run(recoveryInput, { run: 'run-2' })).toBe('SUCCEEDED');

    expect(changes().length).toBe(before);
    expect(database.isInBackupMode).toBe(true);
    const manifest = manifestSchema.parse(ground.object(`manifests/${REFRESH}/run-2.json`));
    expect(manifest.warnings.join()).toContain('It is left so.');
  });

  it('leaves one that began after the run which it clears up after has noted the end of its own', async () => {
    expect(await run({})).toBe('SUCCEEDED');
    database.setBackupMode(new Date(ground.clock.now()).toISOString());
    const before = database.simulator.statements().length;

    expect(await run(recoveryInput, { run: 'run-2' })).toBe('SUCCEEDED');

    expect(database.simulator.statements().length).toBe(before);
    expect(database.isInBackupMode).toBe(true);
  });

  it('goes on though the end cannot be noted, and whoever clears up looks once more', async () => {
    const onEnter: Drive['onEnter'] = ({ state }) => {
      ground.store.trouble = undefined;
      if (state !== 'Note Backup Ended') return;
      ground.store.restart();
      ground.store.trouble = { operation: 'write', nth: 1, moment: 'before', forGood: true };
    };

    expect(await run({}, { onEnter })).toBe('SUCCEEDED');

    expect(ground.object(`runs/${RUN}/backup.json`)).toMatchObject({ is_over: false });
    const before = database.simulator.statements().length;
    expect(await run(recoveryInput, { run: 'run-2' })).toBe('SUCCEEDED');
    expect(database.simulator.statements().length).toBeGreaterThan(before);
    expect(ground.object(`runs/${RUN}/backup.json`)).toMatchObject({ is_over: true });
  });

  it.each<[string, DatabaseFault['effect']]>([
    ['carried out', { drop: 'after' }],
    ['not carried out', { drop: 'before' }],
    ['carried out late', { act_late_ms: LATE_MS }],
  ])('never goes on in doubt: BEGIN BACKUP without an answer, %s', async (_, effect) => {
    database.simulator.addFaults([{ statement: BEGIN_BACKUP, effect }]);
    const states: string[] = [];

    const error = await run({}, { onEnter: ({ state }) => states.push(state) });

    expect(error).toBe('BackupModeUnsure');
    expect(states.filter((state) => state === 'End Backup')).toHaveLength(2);
    expect(states).not.toContain('Take Snapshot In Backup Mode');
    expect(states.at(-1)).toBe('Failed');
    expect(changes().filter((statement) => statement === BEGIN_BACKUP)).toHaveLength(1);
    // Nothing is still to come.
    ground.simulator.advance(600_000);
    expect(database.isInBackupMode).toBe(false);
  });

  it('ends in doubt also what goes into backup mode after it was ended', async () => {
    database.simulator.addFaults([{ statement: BEGIN_BACKUP, effect: { drop: 'after' } }]);
    const seen: boolean[] = [];
    const onEnter: Drive['onEnter'] = ({ state }) => {
      if (state !== 'Wait For Database') return;
      seen.push(database.isInBackupMode);
      // The file that was still to come.
      const since = new Date(ground.clock.now()).toISOString();
      const [first, ...others] = database.simulator.state().datafiles;
      if (!first) throw new Error('There is no datafile.');
      database.simulator.change({ datafiles: [{ ...first, backup_since: since }, ...others] });
    };

    expect(await run({}, { onEnter })).toBe('BackupModeUnsure');

    expect(seen).toEqual([false]);
    expect(changes().filter((statement) => statement === END_BACKUP)).toHaveLength(2);
    expect(database.isInBackupMode).toBe(false);
  });

  it('refuses a snapshot that somebody else has taken since it looked', async () => {
    let place: Place | undefined;
    const isSettledAt = (entered: Place) => {
      if (entered.state === 'Take Snapshot In Backup Mode') place = entered;
      return place !== undefined;
    };
    await run({}, { isSettledAt });
    if (!place) throw new Error('The run has not come to its snapshot.');
    const [source] = ground.simulator.arrays;
    if (!source) throw new Error('There is no array.');
    const { host, api_token: apiToken, ca } = source;
    const somebody = new RestFlashArray(
      new Session({ host, apiToken, ca }, null, ground.clock.forSteps),
    );
    await somebody.createGroupSnapshot('prd-pg', RUN);
    await somebody.logOut();
    const states: string[] = [];
    const onEnter: Drive['onEnter'] = ({ state }) => states.push(state);

    expect(await run({}, { from: place, onEnter })).toBe('SnapshotAppeared');

    expect(states).toContain('Note Backup Ended');
    expect(states).not.toContain('Overwrite Volumes');
    expect(database.isInBackupMode).toBe(false);
  });

  it('says that backup mode was not ended, even where nothing can be recorded', async () => {
    database.simulator.addFaults([{ statement: 'END BACKUP', times: 0, effect: { refuse: 600 } }]);
    const onEnter: Drive['onEnter'] = ({ state }) => {
      if (state !== 'Record Failure') return;
      ground.store.restart();
      ground.store.trouble = { operation: 'write', nth: 1, moment: 'before', forGood: true };
    };

    expect(await run({}, { onEnter })).toBe('BackupModeNotEnded');

    expect(ground.object(`manifests/${REFRESH}/${RUN}.json`)).toBeUndefined();
  });
});
