import { connector } from '../../../../lambda/oracle/connector.ts';
import type { DatabaseCredentials } from '../../../../lambda/oracle/credentials.ts';
import type { OpenSession, Timeouts } from '../../../../lambda/oracle/database.ts';
import { createManualClock } from '../../../../local/array/clock.ts';
import {
  createDatabaseSimulator,
  type DatabaseSimulator,
  type DatabaseStateInput,
  type StatementEntry,
} from '../../../../local/database/simulator.ts';

export const NOW = Date.parse('2026-11-24T01:00:00.000Z');
export const PASSWORD = 'canary-of-a-password';

export const credentials: DatabaseCredentials = {
  user: 'refresh',
  password: PASSWORD,
  connectString: 'db01.example:1521/PRD',
  role: 'SYSBACKUP',
};

/** Short: what answers in this process answers before any timer. */
export const SHORT: Timeouts = { connectMs: 20, queryMs: 20, executeMs: 20, breakMs: 10 };

export interface SimulatedDatabase {
  readonly simulator: DatabaseSimulator;
  readonly open: OpenSession;
  /** Whatever was sent that is not a look, in short: `BEGIN`, `END`, `ARCHIVE`. */
  changes(): string[];
  /** How many sessions were opened. */
  sessions(): number;
  /** How many datafiles are in backup mode. */
  active(): number;
}

/** A simulated database whose time stands still, and the product's way to it. `onStatement` comes before each call. */
export const simulateDatabase = (
  state: DatabaseStateInput = {},
  login: Partial<DatabaseCredentials> = {},
  onStatement: (entry: StatementEntry, simulator: DatabaseSimulator) => void = () => {},
): SimulatedDatabase => {
  const simulator: DatabaseSimulator = createDatabaseSimulator({
    state: { password: PASSWORD, ...state },
    clock: createManualClock(NOW),
    onStatement: (entry) => onStatement(entry, simulator),
  });
  const connect = connector(simulator.driver);
  const statements = (kind: string) =>
    simulator.statements().filter((statement) => statement.kind === kind);
  return {
    simulator,
    open: () => connect({ ...credentials, ...login }, SHORT),
    changes: () =>
      statements('execute').map(
        ({ statement }) => /BEGIN|END|ARCHIVE/.exec(statement)?.[0] ?? statement,
      ),
    sessions: () => statements('connect').length,
    active: () =>
      simulator.state().datafiles.filter(({ backup_since }) => backup_since !== null).length,
  };
};

/** Some datafiles, the first few of them in backup mode since half past midnight. */
export const datafiles = (count: number, active: number) =>
  Array.from({ length: count }, (_, index) => ({
    file: index + 1,
    backup_since: index < active ? '2026-11-24T00:30:00Z' : null,
    read_only: false,
  }));
