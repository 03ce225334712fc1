import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { TIMEOUTS } from '../../lambda/oracle/database.ts';
import type { ConnectOptions, Driver } from '../../lambda/oracle/driver.ts';
import { bundleEntry, bundles } from '../../lib/handler-code.ts';
import { createManualClock } from '../../local/array/clock.ts';
import { type ControlPlane, startControlPlane } from '../../local/aws/control-plane.ts';
import { createDatabaseSimulator } from '../../local/database/simulator.ts';
import { FunctionError, LocalFunction } from '../../local/local-function.ts';
import {
  acceptance,
  refusal,
  startStubListener,
  stopStubListeners,
} from '../lambda/oracle/support/stub-listener.ts';
import { root, temporaryFolder } from './support/project.ts';

const folder = temporaryFolder();
const bundle = pathToFileURL(join(folder, 'index.mjs')).href;
bundleEntry(bundles.oracle, folder);

const SECRET_ID = 'oracle-secret';
const known = {
  ora_src_usr: 'refresh',
  ora_src_pwd: 'canary-of-a-password',
  ora_src_cs: '127.0.0.1:1/PRD',
};
const secrets = new Map<string, string>();
const putSecret = (more: object = {}) =>
  secrets.set(SECRET_ID, JSON.stringify({ ...known, ...more }));
let control: ControlPlane;

/** What Lambda gives the function, and the way to its secret on this machine. */
const environment = () => ({
  SECRET_ID,
  STEP_SECONDS: '600',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'loopback',
  AWS_SECRET_ACCESS_KEY: 'loopback',
  AWS_ENDPOINT_URL_SECRETS_MANAGER: control.url,
});
const call = (step: string, more: object = {}) => ({
  step,
  run: { id: 'nightly-1', execution: 'arn', started: '2026-11-24T01:00:00.000Z', ...more },
});
const readDatabase = call('read-database');

/** The error with which a call fails: one of the bundle's own classes, which are not those of this process. */
const failureOf = (underWay: Promise<unknown>): Promise<Pick<Error, 'name' | 'message'>> =>
  underWay.then(
    () => Promise.reject(new Error('This should have failed.')),
    ({ name, message }: Error) => ({ name, message }),
  );

beforeAll(async () => {
  control = await startControlPlane({
    secrets,
    startExecution: () => false,
    executionArn: (name) => name,
    executionStatus: () => undefined,
  });
});
beforeEach(() => putSecret());
afterAll(() => control.stop());

it('the bundle runs in a process that has nothing else: in thin mode, without native code', async () => {
  const script = join(folder, 'script.mjs');
  writeFileSync(
    script,
    `const { oracle } = await import(${JSON.stringify(bundle)});
     const { name, message } = await oracle(${JSON.stringify(readDatabase)}).catch((error) => error);
     const { sharedObjects } = process.report.getReport();
     const native = sharedObjects.filter((file) => file.endsWith('.node'));
     console.error(JSON.stringify({ name, message, native }));`,
  );
  const node = join(root, 'node_modules', '.bin', 'node');
  const env = { ...environment(), POWERTOOLS_DEV: 'false', POWERTOOLS_LOG_LEVEL: 'SILENT' };

  const { stderr } = await promisify(execFile)(node, [script], { cwd: folder, env });

  expect(JSON.parse(stderr)).toEqual({
    name: 'DatabaseUnavailable',
    // Thick mode has no codes of this kind.
    message: expect.stringContaining(
      'Database 127.0.0.1:1/PRD gave no answer to the login (NJS-503, ECONNREFUSED).',
    ),
    native: [],
  });
});

describe('the function in the bundle', () => {
  type Handler = (event: unknown) => Promise<unknown>;
  let exported: { oracle: Handler; createOracleHandler: (driver: Driver) => Handler };

  beforeAll(() => {
    for (const [name, value] of Object.entries(environment())) vi.stubEnv(name, value);
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');
    // By Node itself, and not by way of the test runner's transformation.
    exported = createRequire(import.meta.url)(join(folder, 'index.mjs'));
  });
  afterEach(async () => {
    vi.useRealTimers();
    await stopStubListeners();
  });
  afterAll(() => vi.unstubAllEnvs());

  const simulator = createDatabaseSimulator({ state: { password: known.ora_src_pwd } });

  it.each([
    ['SYSBACKUP', { privilege: 131_072 }],
    ['none', {}],
  ])('logs in with what the secret says at that moment: %s', async (ora_src_role, more) => {
    const logins: ConnectOptions[] = [];
    const getConnection: Driver['getConnection'] = (options) => {
      logins.push(options);
      return simulator.driver.getConnection(options);
    };
    const handler = exported.createOracleHandler({ ...simulator.driver, getConnection });
    await handler(readDatabase);
    putSecret({ ora_src_pwd: 'renewed', ora_src_role });

    expect((await failureOf(handler(readDatabase))).name).toBe('DatabaseLoginRefused');
    expect(logins[1]).toEqual({
      user: 'refresh',
      password: 'renewed',
      connectString: '127.0.0.1:1/PRD',
      connectTimeout: 5,
      transportConnectTimeout: 5,
      program: 'flasharray-refresh',
      ...more,
    });
  });

  it('says where the secret is wrong, and nothing that is in it', async () => {
    putSecret({ ora_src_cs: 'canary-of-an-alias' });

    const refused = await failureOf(exported.oracle(readDatabase));

    expect(refused).toMatchObject({
      name: 'InvalidCredentials',
      message: expect.stringContaining(`secret "${SECRET_ID}"`),
    });
    expect(JSON.stringify(refused)).not.toContain('canary');
  });

  it.each<[string, Parameters<typeof startStubListener>[0], string, string]>([
    [
      'does not know the service',
      (socket) => socket.once('data', () => socket.end(refusal(12514))),
      'DatabaseServiceUnknown',
      'NJS-518',
    ],
    [
      'resets the connection',
      (socket) => socket.resetAndDestroy(),
      'DatabaseUnavailable',
      'gave no answer to the login',
    ],
  ])('meets a listener that %s', async (_, act, name, says) => {
    const { connectString } = await startStubListener(act);
    putSecret({ ora_src_cs: connectString });

    expect(await failureOf(exported.oracle(readDatabase))).toMatchObject({
      name,
      message: expect.stringContaining(says),
    });
  });

  it('meets a listener that accepts and falls silent: is cut off at our own deadline', async () => {
    const { promise: heard, resolve: tell } = Promise.withResolvers<void>();
    const { connectString } = await startStubListener((socket) => {
      socket.once('data', () => {
        socket.write(acceptance());
        socket.once('data', () => tell());
      });
    });
    putSecret({ ora_src_cs: connectString });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });

    const outcome = failureOf(exported.oracle(readDatabase));
    await heard;
    await vi.advanceTimersByTimeAsync(TIMEOUTS.connectMs);

    expect(await outcome).toMatchObject({
      name: 'DatabaseUnavailable',
      message: expect.stringContaining(
        `Database ${connectString} gave no answer to the login (overdue).`,
      ),
    });
  });
});

describe('the bundle in a worker thread, with a simulated database at its far end', () => {
  const simulator = createDatabaseSimulator({
    state: { password: known.ora_src_pwd },
    clock: createManualClock(Date.parse('2026-11-24T01:00:00Z')),
  });
  const beginBackup = call('begin-backup', {
    execute: true,
    backup: {
      ...{ run: 'nightly-1', database: 'PRD', begun: null, since: null, not_after: null },
      ...{ ended: null, max_seconds: 300, archive_log: true, settle_seconds: 60 },
      ...{ wait_seconds: 0, settled: false, done: false },
    },
  });
  let local: LocalFunction;
  let stop: () => Promise<void>;

  beforeAll(async () => {
    const endpoint = await simulator.serve();
    const ends = { ORACLE_BUNDLE: bundle, ORACLE_SIMULATOR_URL: endpoint.url };
    local = new LocalFunction({
      bundle: pathToFileURL(join(root, 'local/database/oracle-function.ts')).href,
      handler: 'oracle',
      environment: { ...environment(), ...ends },
      onLog: () => {},
    });
    stop = async () => {
      await local.stop();
      await endpoint.stop();
    };
  });
  afterAll(() => stop());

  it('begins the backup mode there, and fails with the errors of the bundle itself', async () => {
    await expect(local.invoke(beginBackup, 'request')).resolves.toMatchObject({
      backup: { since: '2026-11-24T01:00:00.000Z' },
    });
    expect(simulator.state().datafiles[0]?.backup_since).not.toBeNull();

    const failed = await local.invoke(beginBackup, 'request').catch((error: unknown) => error);

    expect(failed).toBeInstanceOf(FunctionError);
    expect(failed).toMatchObject({ name: 'DatabaseInBackupMode' });
  });
});
