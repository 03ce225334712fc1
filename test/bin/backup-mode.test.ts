import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { manifestSchema } from '../../lambda/refresh/manifest.ts';
import { exitCode, showEnd } from '../../local/command-line/ending.ts';
import { Progress } from '../../local/command-line/progress.ts';
import type { DatabaseEndpoint } from '../../local/database/database-server.ts';
import { createDatabaseSimulator, type DatabaseFault } from '../../local/database/simulator.ts';
import { allCases, some } from '../support/extent.ts';
import { freePort } from '../support/free-port.ts';
import { call, launch } from './command-line.ts';
import { type DatabaseRun, entry, runOnDatabase } from './database-run.ts';
import { EXCLUDED, groups, useWorkedExample } from './worked-example.ts';

const example = useWorkedExample();
const PASSWORD = 'canary-password';
const credentials = {
  ora_src_usr: 'refresh',
  ora_src_pwd: PASSWORD,
  ora_src_cs: 'db01:1521/PRD',
};

/** All that was written to the folder of a test. */
const written = async (): Promise<string> => {
  const found = await readdir(example.folder, { recursive: true, withFileTypes: true });
  const files = found.filter((file) => file.isFile() && file.name !== 'config.json');
  const texts = files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8'));
  return (await Promise.all(texts)).join('\n');
};

describe('the worked example', () => {
  it('in backup mode tells of the database, when it was in backup mode, and that it is no more', async () => {
    const { code, stdout, stderr } = await call(example.folder, ['-b']);

    expect(code).toBe(0);
    expect(stderr).toContain('On a simulated array and a simulated database');
    expect(stdout).toMatch(/Database {2}PRD 19\.22\.0\.0\.0, PRIMARY, READ WRITE, SCN \d+ at 20/);
    expect(stdout).toMatch(/in backup mode for [\d.]+ s, from 20.* to 20/);
    expect(stdout).toContain(
      'ALTER DATABASE BEGIN BACKUP;\n  ALTER DATABASE END BACKUP;\n  ALTER SYSTEM ARCHIVE LOG CURRENT;\n' +
        'In backup mode now: 0 of its 4 datafiles.',
    );
    const [, path = ''] = /^Manifest {2}(.*)$/m.exec(stdout) ?? [];
    expect(manifestSchema.parse(JSON.parse(await readFile(path, 'utf8')))).toMatchObject({
      status: 'SUCCEEDED',
      database: { read_from: 'session', facts: { db_name: 'PRD', backup_mode: true } },
      backup_mode: {
        database: 'PRD',
        begun: expect.any(String),
        ended: expect.any(String),
        seconds: expect.any(Number),
      },
    });
  });
});

it('a database that does not answer is told, and nothing of its password', async () => {
  const ora_src_cs = `127.0.0.1:${await freePort()}/PRD`;
  const file = await example.configure({
    ...example.credentials,
    ...groups,
    ...credentials,
    ora_src_cs,
    excluded_volumes: EXCLUDED,
  });

  const { code, stdout, stderr } = await call(example.folder, ['-f', file, '-b', '-x']);

  expect(code).toBe(1);
  expect(stdout).toContain('DatabaseUnavailable');
  expect(stdout).toContain(`Database ${ora_src_cs} gave no answer`);
  expect(stdout + stderr + (await written())).not.toContain(PASSWORD);
  expect(example.mutations()).toEqual([]);
});

describe('on a database of one’s own', () => {
  const database = createDatabaseSimulator({ state: { password: PASSWORD } });
  let endpoint: DatabaseEndpoint;
  beforeEach(async () => {
    database.reset();
    endpoint = await database.serve();
  });
  afterEach(async () => {
    expect(await written()).not.toContain(PASSWORD);
    await endpoint.stop();
  });

  const configure = (more: object = groups) =>
    example.configure({
      ...example.credentials,
      ...credentials,
      excluded_volumes: EXCLUDED,
      ...more,
    });
  const refresh = (args: readonly string[], watch: DatabaseRun['watch'] = () => {}) =>
    runOnDatabase({
      url: endpoint.url,
      args: [...args, '-x', '--data-dir', example.folder],
      watch,
    });
  const changes = () =>
    database.statements().flatMap(({ kind, statement }) => (kind === 'execute' ? statement : []));
  const isInBackupMode = () =>
    database.state().datafiles.some((file) => file.backup_since !== null);

  describe('interrupted', () => {
    const refreshUntil = async (state: string) => {
      const file = await configure();
      return refresh(['-f', file, '-b'], (text, interruption) => {
        if (text.startsWith(`${state} …`)) interruption.signal();
      });
    };

    // In front of the overwrite it ends in endings.test.ts as well, and what is begun is tried in interruption.test.ts.
    it.runIf(allCases)(
      'before backup mode leaves the database alone, and waits for nothing',
      async () => {
        const { manifest } = await refreshUntil('Note Database');

        expect(manifest).toMatchObject({
          error: { name: 'Interrupted' },
          backup_mode: { begun: null, ended: null },
        });
        expect(changes()).toEqual([]);
        expect(example.mutations()).toEqual([]);
      },
    );

    it.each(some(['Take Snapshot In Backup Mode', 'Begin Backup'], 1))(
      'in %s ends backup mode first',
      async (state) => {
        const ended = await refreshUntil(state);

        expect(ended.manifest).toMatchObject({
          error: { name: 'Interrupted' },
          target: 'untouched',
          backup_mode: { begun: expect.any(String), ended: expect.any(String) },
        });
        expect(exitCode(ended, true)).toBe(1);
        expect(isInBackupMode()).toBe(false);
      },
    );
  });

  it('which stays in backup mode, that is the first and the last that is seen, and the exit code is 4', async () => {
    const refused: DatabaseFault = {
      kind: 'execute',
      statement: 'end backup',
      times: 0,
      effect: { refuse: 1031 },
    };
    database.addFaults([refused]);
    const ended = await refresh(['-f', await configure(), '-b']);
    const shown: string[] = [];
    const log = vi.spyOn(console, 'log').mockImplementation((text) => shown.push(text));

    showEnd(ended, {
      options: { json: false },
      args: [],
      progress: new Progress({ write: (text) => shown.push(text) }),
      recovering: (id) => `npm start -- --recover ${id}`,
      simulated: undefined,
    });
    log.mockRestore();

    expect(exitCode(ended, false)).toBe(4);
    expect(isInBackupMode()).toBe(true);
    for (const alarm of [shown[0], shown.at(-1)]) {
      expect(alarm).toContain('DATABASE PRD MAY STILL BE IN BACKUP MODE');
      expect(alarm).toContain('ALTER DATABASE END BACKUP;');
      expect(alarm).toContain(`--recover ${ended.manifest?.run}`);
    }
    expect(shown.join('\n')).toContain('FAILED: BackupModeNotEnded');
    expect(exitCode({ ...ended, overwriteBegun: true, manifest: undefined }, false)).toBe(4);
  });

  /** A run that was killed in backup mode: its id. */
  const kill = async (file: string): Promise<string> => {
    const stuck = { method: 'POST', path: '/protection-group-snapshots' };
    example.simulator.addFaults([{ ...stuck, effect: { delay_ms: 60_000 } }]);
    const args = [endpoint.url, '-f', file, '-b', '-x', '--data-dir', example.folder];
    const running = launch(example.folder, args, {}, entry);
    await running.shows('Take Snapshot In Backup Mode …');
    running.process.kill('SIGKILL');
    await running.finished;
    expect(isInBackupMode()).toBe(true);
    const [killed = ''] = await readdir(join(example.folder, 'runs'));
    return killed;
  };

  // The walk does so with a run that was aborted.
  it.runIf(allCases)('a run that was killed in backup mode is told of by a dry run', async () => {
    const file = await configure();
    const killed = await kill(file);

    const planned = await runOnDatabase({
      url: endpoint.url,
      args: ['--recover', killed, '-f', file, '--data-dir', example.folder],
      watch: () => {},
    });
    expect(planned.manifest?.warnings).toContainEqual(expect.stringContaining('database PRD'));
    expect(isInBackupMode()).toBe(true);
  });

  it('a run that was killed in backup mode is cleared up after', async () => {
    const file = await configure();
    const killed = await kill(file);

    const { manifest } = await refresh(['--recover', killed, '-f', file]);

    expect(isInBackupMode()).toBe(false);
    expect(manifest).toMatchObject({
      status: 'SUCCEEDED',
      backup_mode: { run: killed, database: 'PRD', ended: expect.any(String) },
    });
  });
});
