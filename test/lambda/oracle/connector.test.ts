import { inspect } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { connectOracle } from '../../../lambda/oracle/connect-oracle.ts';
import { connectOptions, connector } from '../../../lambda/oracle/connector.ts';
import type { DatabaseCredentials } from '../../../lambda/oracle/credentials.ts';
import { TIMEOUTS } from '../../../lambda/oracle/database.ts';
import type { DriverConnection } from '../../../lambda/oracle/driver.ts';
import { createDatabaseSimulator } from '../../../local/database/simulator.ts';
import { rejectionOf } from '../support/refusals.ts';
import { credentials, PASSWORD, SHORT } from './support/simulated-database.ts';
import {
  acceptance,
  refusal,
  startStubListener,
  stopStubListeners,
} from './support/stub-listener.ts';

afterEach(async () => {
  vi.useRealTimers();
  await stopStubListeners();
});

/** Long enough for everything that is answered, however busy the machine is. */
const LONG = { connectMs: 30_000, queryMs: 30_000, executeMs: 30_000, breakMs: 30_000 };
const to = (connectString: string): DatabaseCredentials => ({ ...credentials, connectString });

describe('the real driver', () => {
  it('meets a port that nobody listens at', async () => {
    const { connectString } = await startStubListener(() => {});
    await stopStubListeners();

    expect(await rejectionOf(connectOracle(to(connectString), LONG))).toMatchObject({
      name: 'DatabaseUnavailable',
      message: `Database ${connectString} gave no answer to the login (NJS-503, ECONNREFUSED).`,
    });
  });

  it.each<[string, Parameters<typeof startStubListener>[0]]>([
    ['resets the connection', (socket) => socket.resetAndDestroy()],
    ['ends the connection', (socket) => socket.end()],
    ['speaks something else', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['ends after it accepted', (socket) => socket.once('data', () => socket.end(acceptance()))],
  ])('meets a listener that %s', async (_, act) => {
    const { connectString } = await startStubListener(act);

    expect(await rejectionOf(connectOracle(to(connectString), LONG))).toMatchObject({
      name: 'DatabaseUnavailable',
      message: expect.stringContaining(`Database ${connectString} gave no answer to the login (`),
    });
  });

  it.each<[string, Parameters<typeof startStubListener>[0], number, string]>([
    // The driver bounds this one, in whole seconds, for each address.
    ['says nothing', () => {}, 1, 'NJS-510'],
    // This one nobody bounds but we.
    [
      'accepts, and says nothing to the login',
      (socket) => socket.once('data', () => socket.write(acceptance())),
      2,
      'overdue',
    ],
  ])('meets a listener that %s: is cut off', async (_, act, messages, code) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let heard = 0;
    let tell: () => void = () => {};
    const heardAll = new Promise<void>((resolve) => {
      tell = resolve;
    });
    const { connectString, allClosed } = await startStubListener((socket) => {
      socket.on('data', () => {
        heard += 1;
        if (heard === messages) tell();
      });
      act(socket);
    });

    const outcome = rejectionOf(connectOracle(to(connectString), LONG));
    await heardAll;
    await vi.advanceTimersByTimeAsync(LONG.connectMs);

    expect(await outcome).toMatchObject({
      name: 'DatabaseUnavailable',
      message: `Database ${connectString} gave no answer to the login (${code}).`,
    });
    // No socket stays behind.
    await allClosed;
  });

  it.each([
    [12514, 'DatabaseServiceUnknown', 'NJS-518'],
    [12505, 'DatabaseServiceUnknown', 'NJS-519'],
    [12520, 'DatabaseUnavailable', 'ORA-12520'],
    [12528, 'DatabaseUnavailable', 'ORA-12528'],
  ])('meets a listener that refuses with %d: %s', async (error, name, code) => {
    const { connectString } = await startStubListener((socket) => {
      socket.once('data', () => socket.end(refusal(error)));
    });

    expect(await rejectionOf(connectOracle(to(connectString), LONG))).toMatchObject({
      name,
      message: expect.stringContaining(code),
    });
  });

  it('shows a certificate that it does not accept, and no plain database, over TCPS', async () => {
    const { connectString } = await startStubListener((socket) => socket.end('no TLS here'));

    expect((await rejectionOf(connectOracle(to(`tcps://${connectString}`), LONG))).name).toBe(
      'DatabaseCertificateRefused',
    );
  });

  it.each(['alias', '(DESCRIPTION=(ADDRESS=(PROTOCOL=IPC)(KEY=x))(CONNECT_DATA=(SID=x)))'])(
    'cannot read a connect string: %s',
    async (connectString) => {
      const refused = await rejectionOf(connectOracle(to(connectString), LONG));

      expect(['InvalidCredentials', 'DatabaseUnavailable']).toContain(refused.name);
      expect(refused.message).toContain('(connect string not readable)');
      expect(refused.message).not.toContain(connectString);
    },
  );
});

describe('the options of a login', () => {
  const { driver } = createDatabaseSimulator();

  it.each([
    ['SYSBACKUP', { privilege: 0x2_0000 }],
    ['SYSDBA', { privilege: 2 }],
    ['none', {}],
  ] as const)('with the role %s', (role, privilege) => {
    expect(connectOptions(driver, { ...credentials, role }, TIMEOUTS)).toEqual({
      user: 'refresh',
      password: PASSWORD,
      connectString: 'db01.example:1521/PRD',
      connectTimeout: 5,
      transportConnectTimeout: 5,
      program: 'flasharray-refresh',
      ...privilege,
    });
  });

  it('hold whole seconds, and never none: the driver refuses others', () => {
    expect(connectOptions(driver, credentials, { connectMs: 20 })).toMatchObject({
      connectTimeout: 1,
      transportConnectTimeout: 1,
    });
  });
});

describe('a session', () => {
  /** A driver whose one connection does as told, and remembers its deadlines. */
  const stubDriver = (execute: DriverConnection['execute']) => {
    const callTimeouts: number[] = [];
    const connection: DriverConnection = {
      callTimeout: 0,
      execute(...args) {
        callTimeouts.push(this.callTimeout);
        return execute(...args);
      },
      close: async () => {},
    };
    const driver = { ...createDatabaseSimulator().driver, getConnection: async () => connection };
    return { callTimeouts, connect: connector(driver) };
  };

  it('gives rows by their columns in lower case', async () => {
    const { connect } = stubDriver(async () => ({
      rows: [{ DB_NAME: 'PRD', N: 1, NOTHING: null }],
    }));
    const session = await connect(credentials, LONG);

    expect(await session.query('SELECT')).toEqual([{ db_name: 'PRD', n: 1, nothing: null }]);
  });

  it('has rows for no SELECT', async () => {
    const { connect } = stubDriver(async () => ({}));
    const session = await connect(credentials, LONG);

    await expect(session.query('SELECT')).resolves.toEqual([]);
    await expect(session.execute('ALTER')).resolves.toBeUndefined();
  });

  it('gives the driver its own deadline for each kind of call', async () => {
    const { connect, callTimeouts } = stubDriver(async () => ({}));
    const session = await connect(credentials, { ...LONG, queryMs: 1_111, executeMs: 2_222 });

    await session.query('SELECT');
    await session.execute('ALTER');

    expect(callTimeouts).toEqual([1_111, 2_222]);
  });

  it('that gets no answer is over after our own deadline', async () => {
    const { connect } = stubDriver(() => new Promise(() => {}));
    const session = await connect(credentials, SHORT);

    expect(await rejectionOf(session.query('SELECT x'))).toMatchObject({
      name: 'DatabaseUnavailable',
      message: 'Database db01.example:1521/PRD gave no answer to SELECT x (overdue).',
    });
  });

  it.each<[string, () => Promise<void>]>([
    ['fails', () => Promise.reject(new Error('x'))],
    ['never comes to an end', () => new Promise(() => {})],
  ])('is closed though closing it %s', async (_, close) => {
    const connection = { callTimeout: 0, execute: async () => ({}), close };
    const driver = { ...createDatabaseSimulator().driver, getConnection: async () => connection };
    const session = await connector(driver)(credentials, SHORT);

    await expect(session.close()).resolves.toBeUndefined();
  });

  it('that is opened too late is closed again', async () => {
    let open: (connection: DriverConnection) => void = () => {};
    const late = new Promise<DriverConnection>((resolve) => {
      open = resolve;
    });
    const driver = { ...createDatabaseSimulator().driver, getConnection: () => late };
    const refused = await rejectionOf(connector(driver)(credentials, SHORT));

    await new Promise<void>((resolve) => {
      open({ callTimeout: 0, execute: async () => ({}), close: async () => resolve() });
    });

    expect(refused.message).toContain('(overdue)');
  });

  it('shows no password when it is printed', async () => {
    const { connect } = stubDriver(async () => ({}));
    const session = await connect(credentials, LONG);

    expect(`${inspect(session, { depth: 9 })}${JSON.stringify(session)}`).not.toContain(PASSWORD);
  });
});
