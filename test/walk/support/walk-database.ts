import { connector } from '../../../lambda/oracle/connector.ts';
import type { DatabaseCredentials } from '../../../lambda/oracle/credentials.ts';
import { type OpenSession, TIMEOUTS, type Timeouts } from '../../../lambda/oracle/database.ts';
import { hasCode } from '../../../lambda/oracle/database-error.ts';
import {
  createDatabaseSimulator,
  type DatabaseSimulator,
  type DatabaseState,
  type StatementEntry,
} from '../../../local/database/simulator.ts';
import { BackupWatch } from './backup-watch.ts';
import type { Life } from './life.ts';
import type { WalkClock } from './walk-clock.ts';

const credentials: DatabaseCredentials = {
  user: 'refresh',
  password: 'simulated',
  connectString: 'db01.example:1521/PRD',
  role: 'SYSBACKUP',
};

/** In real milliseconds. What answers in this process answers before any timer, so that only what is held is given up. */
const SHORT: Timeouts = { connectMs: 1, queryMs: 1, executeMs: 1, breakMs: 1 };

export interface WalkDatabaseOptions {
  readonly clock: WalkClock;
  readonly onStatement: (entry: StatementEntry) => void;
  /** Lets the time pass, in milliseconds, after which a client gives up. */
  readonly pass: (ms: number) => void;
}

/** The source database of a ground. */
export class WalkDatabase {
  readonly simulator: DatabaseSimulator;
  readonly #pass: (ms: number) => void;
  /** Of what happens between array and database. */
  watch = new BackupWatch(this);

  constructor({ clock, onStatement, pass }: WalkDatabaseOptions) {
    this.simulator = createDatabaseSimulator({
      clock,
      onStatement: (entry) => {
        this.watch.onStatement(entry);
        onStatement(entry);
      },
    });
    this.#pass = pass;
  }

  get isInBackupMode(): boolean {
    return this.simulator.state().datafiles.some(({ backup_since }) => backup_since !== null);
  }

  /** Somebody else begins backup mode, or ends it. */
  setBackupMode(since: string | null): void {
    const { datafiles } = this.simulator.state();
    this.simulator.change({
      datafiles: datafiles.map((datafile) => ({ ...datafile, backup_since: since })),
    });
  }

  /** Back to a checkpoint; what was seen since is forgotten. */
  restore(checkpoint: DatabaseState): void {
    this.simulator.restore(checkpoint);
    this.watch = new BackupWatch(this);
  }

  /** All that is in it, but for what moves with every look. */
  show(): string {
    return JSON.stringify({ ...this.simulator.state(), scn: 0 });
  }

  /** The way to it of one execution environment. */
  sessionsOf(life: Life): OpenSession {
    const connect = connector(this.simulator.driver);
    const { connectMs, queryMs, executeMs, breakMs } = TIMEOUTS;
    const reach = async <T>(ms: number, act: () => Promise<T>): Promise<T> => {
      life.require();
      const [outcome] = await Promise.allSettled([act()]);
      life.require();
      if (outcome.status === 'fulfilled') return outcome.value;
      if (hasCode(outcome.reason, 'overdue')) this.#pass(ms);
      throw outcome.reason;
    };
    return async () => {
      const session = await reach(connectMs, () => connect(credentials, SHORT));
      return {
        query: (sql) => reach(queryMs + breakMs, () => session.query(sql)),
        execute: (sql) => reach(executeMs + breakMs, () => session.execute(sql)),
        close: () => session.close(),
      };
    };
  }
}
