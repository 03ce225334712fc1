import type { ConnectOptions, Driver, DriverConnection } from '../../lambda/oracle/driver.ts';
import { DriverError } from './driver-error.ts';
import type { Answer, Call } from './protocol.ts';

/** The way to a simulator for one session. */
export interface Line {
  /** Rejects with a `DriverError` when the connection is lost; settles never when there is no answer. */
  ask(call: Call): Promise<Answer>;
  close(): void;
}

/** Those of `oracledb`. */
const PRIVILEGES = { SYSDBA: 0x2, SYSBACKUP: 0x2_0000 } as const;

/** What stands in for `oracledb`: same calls, same errors, another far end. */
export const simulatedDriver = (open: (connectString: string) => Promise<Line>): Driver => ({
  ...PRIVILEGES,
  OUT_FORMAT_OBJECT: 4002,
  async getConnection({ user, password, connectString, privilege }: ConnectOptions) {
    const line = await open(connectString);
    try {
      const role = roleOf(privilege);
      const login: Call = { id: 1, kind: 'connect', user, password, connectString, role };
      rowsOf(await line.ask(login));
      return connection(line);
    } catch (error) {
      line.close();
      throw error;
    }
  },
});

const roleOf = (privilege: number | undefined) => {
  if (privilege === undefined) return 'none';
  return privilege === PRIVILEGES.SYSDBA ? 'SYSDBA' : 'SYSBACKUP';
};

const connection = (line: Line): DriverConnection => {
  let calls = 1;
  return {
    callTimeout: 0,
    async execute(sql) {
      calls += 1;
      const { callTimeout } = this;
      return { rows: rowsOf(await line.ask({ id: calls, kind: 'statement', sql, callTimeout })) };
    },
    close() {
      line.close();
      return Promise.resolve();
    },
  };
};

const rowsOf = ({ rows, error }: Answer): object[] => {
  if (error === undefined) return rows ?? [];
  throw new DriverError(error.code, error.message);
};
