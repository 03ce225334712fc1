import type { DatabaseCredentials } from './credentials.ts';
import type { Connect, Database, Row, Timeouts } from './database.ts';
import type { ConnectOptions, Driver, DriverConnection } from './driver.ts';
import { explain, type Undertaking } from './error-map.ts';
import { Sockets } from './sockets.ts';
import { within } from './within.ts';

/** Sessions over a driver: `oracledb`, or what stands in for it. */
export const connector =
  (driver: Driver): Connect =>
  async (credentials, timeouts) => {
    const sockets = new Sockets();
    const login = () => driver.getConnection(connectOptions(driver, credentials, timeouts));
    try {
      const connection = await within(
        timeouts.connectMs,
        () => sockets.collect(login),
        (late) => void late.close().catch(() => {}),
      );
      return new Session({ connection, sockets, credentials, timeouts, format: driver });
    } catch (error) {
      sockets.destroy();
      throw explain(error, { kind: 'connect', credentials });
    }
  };

/**
 * What the driver is called with. Its timeouts are per address: so short that within ours it comes to the third address of
 * a cluster when the first two are dead.
 */
export const connectOptions = (
  driver: Driver,
  { user, password, connectString, role }: DatabaseCredentials,
  { connectMs }: Pick<Timeouts, 'connectMs'>,
): ConnectOptions => {
  const seconds = Math.max(1, Math.ceil(connectMs / 3_000));
  return {
    user,
    password,
    connectString,
    ...(role === 'none' ? {} : { privilege: driver[role] }),
    connectTimeout: seconds,
    transportConnectTimeout: seconds,
    program: 'flasharray-refresh',
  };
};

interface SessionParts {
  readonly connection: DriverConnection;
  readonly sockets: Sockets;
  readonly credentials: DatabaseCredentials;
  readonly timeouts: Timeouts;
  readonly format: Pick<Driver, 'OUT_FORMAT_OBJECT'>;
}

class Session implements Database {
  readonly #parts: SessionParts;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  async query(sql: string): Promise<Row[]> {
    const { rows = [] } = await this.#call('query', sql, this.#parts.timeouts.queryMs);
    return rows.map(byLowerCaseNames);
  }

  async execute(sql: string): Promise<void> {
    await this.#call('execute', sql, this.#parts.timeouts.executeMs);
  }

  async close(): Promise<void> {
    const { connection, sockets, timeouts } = this.#parts;
    await within(timeouts.breakMs, () => connection.close()).catch(() => {});
    sockets.destroy();
  }

  async #call(kind: Undertaking['kind'], sql: string, ms: number) {
    const { connection, sockets, credentials, timeouts, format } = this.#parts;
    connection.callTimeout = ms;
    const options = { outFormat: format.OUT_FORMAT_OBJECT };
    try {
      return await within(ms + timeouts.breakMs, () => connection.execute(sql, [], options));
    } catch (error) {
      const explained = explain(error, { kind, sql, credentials });
      // Whatever still waits on this connection waits for nothing.
      if (explained.name === 'DatabaseUnavailable') sockets.destroy();
      throw explained;
    }
  }
}

const byLowerCaseNames = (row: object): Row =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name.toLowerCase(), value]));
