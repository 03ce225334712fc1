import { execFileSync } from 'node:child_process';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleEntry } from '../../lib/handler-code.ts';
import { createManualClock } from '../../local/array/clock.ts';
import type { DatabaseEndpoint } from '../../local/database/database-server.ts';
import { createDatabaseSimulator } from '../../local/database/simulator.ts';
import { FunctionError, LocalFunction } from '../../local/local-function.ts';
import { root, temporaryFolder } from './support/project.ts';

const folder = temporaryFolder();
const bundle = pathToFileURL(join(folder, 'index.mjs')).href;
bundleEntry('test/infra/support/oracle-entry.ts', folder);

const secret = {
  ora_src_usr: 'refresh',
  ora_src_pwd: 'canary-of-a-password',
  ora_src_cs: '127.0.0.1:1/PRD',
};

/** What a fresh process prints that has nothing but the bundle, and that does this with its exports. */
const printed = (script: string): unknown => {
  const file = join(folder, 'script.mjs');
  writeFileSync(
    file,
    `const bundle = await import(${JSON.stringify(bundle)});
     const secret = ${JSON.stringify(secret)};
     console.log(JSON.stringify(await (${script})(bundle, secret)));`,
  );
  const node = join(root, 'node_modules', '.bin', 'node');
  return JSON.parse(execFileSync(node, [file], { cwd: folder, env: {} }).toString());
};

describe('the bundle with the Oracle driver', () => {
  it('is about half a megabyte, and nothing lies beside it', () => {
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(['index.mjs', 'index.mjs.map']));
    expect(readdirSync(folder).filter((file) => !/\.mjs(\.map)?$/.test(file))).toEqual([]);
    expect(statSync(join(folder, 'index.mjs')).size).toBeLessThan(700_000);
  });

  it('runs in thin mode, without native code, and tries to connect', () => {
    expect(
      printed(`async ({ oracle, isThin }, secret) => {
        const { name, message } = await oracle(secret).catch((error) => error);
        const { sharedObjects } = process.report.getReport();
        return { name, message, thin: isThin(), native: sharedObjects.filter((file) => file.endsWith('.node')) };
      }`),
    ).toEqual({
      name: 'DatabaseUnavailable',
      message: expect.stringContaining(
        'Database 127.0.0.1:1/PRD gave no answer to the login (NJS-503, ECONNREFUSED).',
      ),
      thin: true,
      native: [],
    });
  });

  it('logs in with the right options', () => {
    expect(
      printed(`async ({ options }, secret) =>
        ['SYSBACKUP', 'SYSDBA', 'none'].map((ora_src_role) => options({ ...secret, ora_src_role }))`),
    ).toEqual(
      [{ privilege: 131_072 }, { privilege: 2 }, {}].map((privilege) => ({
        user: 'refresh',
        password: 'canary-of-a-password',
        connectString: '127.0.0.1:1/PRD',
        connectTimeout: 4,
        transportConnectTimeout: 4,
        program: 'flasharray-refresh',
        ...privilege,
      })),
    );
  });
});

describe('the bundle in a worker thread, with a simulated database at its far end', () => {
  const simulator = createDatabaseSimulator({
    state: { password: secret.ora_src_pwd },
    clock: createManualClock(Date.parse('2026-11-24T01:00:00Z')),
  });
  let endpoint: DatabaseEndpoint;
  let local: LocalFunction;

  beforeAll(async () => {
    endpoint = await simulator.serve();
    local = new LocalFunction({
      bundle: pathToFileURL(join(root, 'local/database/oracle-function.ts')).href,
      handler: 'oracle',
      environment: { ORACLE_BUNDLE: bundle, ORACLE_SIMULATOR_URL: endpoint.url },
      onLog: () => {},
    });
  });
  afterAll(async () => {
    await local.stop();
    await endpoint.stop();
  });

  it('begins the backup mode there', async () => {
    await expect(local.invoke(secret, 'request')).resolves.toMatchObject({
      how: 'begun',
      since: '2026-11-24T01:00:00.000Z',
    });
    expect(simulator.state().datafiles[0]?.backup_since).not.toBeNull();
  });

  it('fails with the errors of the bundle itself', async () => {
    const failed = await local.invoke(secret, 'request').catch((error: unknown) => error);

    expect(failed).toBeInstanceOf(FunctionError);
    expect(failed).toMatchObject({ name: 'DatabaseInBackupMode' });
  });
});
