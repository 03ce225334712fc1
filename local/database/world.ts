import { setTimeout as sleep } from 'node:timers/promises';
import type { SimulatorClock } from '../array/clock.ts';
import { alter } from './alterations.ts';
import { DriverError, njs, ora } from './driver-error.ts';
import { type DatabaseEffect, DatabaseFaultBoard } from './faults.ts';
import { answerLook, type Rows } from './looks.ts';
import type { Call } from './protocol.ts';
import type { DatabaseState } from './state.ts';

/** One call that reached the database. */
export interface StatementEntry {
  /** Its place among all that is numbered by the same counter. */
  readonly number: number;
  /** Of the session, from 1. */
  readonly session: number;
  readonly kind: 'connect' | 'query' | 'execute';
  /** Of a login: `CONNECT user AS role`, without its password. */
  readonly statement: string;
  /** What it was answered, `ok` or a code; null: not answered (yet, or because of a fault). */
  outcome: string | null;
}

export interface WorldOptions {
  readonly clock: SimulatorClock;
  readonly nextNumber: () => number;
  readonly onStatement: (entry: StatementEntry) => void;
}

/** A session as the database knows it. */
export interface ServerSession {
  readonly number: number;
  role: 'SYSBACKUP' | 'SYSDBA' | 'none' | null;
}

/** Without an answer the connection is lost, or held for good. */
export type Outcome = { readonly rows: Rows } | { readonly error: DriverError } | 'lost' | 'held';

/** All there is behind the port: the database, its journal and its faults. */
export class DatabaseWorld {
  readonly faults = new DatabaseFaultBoard();
  readonly options: WorldOptions;
  state: DatabaseState;
  journal: StatementEntry[] = [];
  #sessions = 0;
  #late: { readonly due: number; readonly act: () => void }[] = [];

  constructor(state: DatabaseState, options: WorldOptions) {
    this.state = state;
    this.options = options;
  }

  newSession(): ServerSession {
    this.#sessions += 1;
    return { number: this.#sessions, role: null };
  }

  /** Lets happen what is due by now. */
  catchUp(): void {
    const now = this.options.clock.now();
    const due = this.#late.filter((late) => late.due <= now);
    this.#late = this.#late.filter((late) => late.due > now);
    for (const { act } of due.toSorted((left, right) => left.due - right.due)) act();
  }

  /** Forgets journal, faults, and what was to happen later. */
  forget(): void {
    this.journal = [];
    this.faults.clear();
    this.#late = [];
  }

  /** Notes a call, lets faults have their way with it, and carries it out. */
  async receive(session: ServerSession, call: Call): Promise<Outcome> {
    this.catchUp();
    const entry: StatementEntry = {
      number: this.options.nextNumber(),
      session: session.number,
      ...describe(call),
      outcome: null,
    };
    this.journal.push(entry);
    this.options.onStatement(entry);
    this.state.scn += 1;
    const effects = this.faults.strike(entry);
    const delayMs = effects.reduce(
      (total, effect) => total + ('delay_ms' in effect ? effect.delay_ms : 0),
      0,
    );
    if (delayMs > 0) await sleep(delayMs);
    const outcome = await this.#underFaults(effects, session, call);
    if (typeof outcome === 'object') {
      entry.outcome = 'error' in outcome ? outcome.error.code : 'ok';
    }
    return outcome;
  }

  async #underFaults(
    effects: readonly DatabaseEffect[],
    session: ServerSession,
    call: Call,
  ): Promise<Outcome> {
    const act = () => this.#carryOut(session, call);
    for (const effect of effects) {
      if ('refuse' in effect) {
        return { error: ora(effect.refuse, effect.message ?? 'the simulator was told to refuse') };
      }
      if ('drop' in effect) {
        if (effect.drop === 'after') act();
        return 'lost';
      }
      if ('hang' in effect) {
        if (effect.hang === 'after') act();
        return effect.heeds_break ? await breakOff(call) : 'held';
      }
      if ('act_late_ms' in effect) {
        const due = this.options.clock.now() + effect.act_late_ms;
        this.#late.push({ due, act });
        return 'held';
      }
    }
    return act();
  }

  #carryOut(session: ServerSession, call: Call): Outcome {
    try {
      return { rows: this.#act(session, call) };
    } catch (error) {
      if (error instanceof DriverError) return { error };
      throw error;
    }
  }

  #act(session: ServerSession, call: Call): Rows {
    const { state, options } = this;
    if (call.kind === 'connect') {
      session.role = logIn(state, call);
      return [];
    }
    if (session.role === null) throw ora(1012, 'not logged on');
    if (isQuery(call.sql)) return answerLook(state, call.sql, options.clock.now());
    alter(state, call.sql, session.role !== 'none' || state.may_alter, options.clock.now());
    return [];
  }
}

const isQuery = (sql: string): boolean => /^\s*SELECT\b/i.test(sql);

const describe = (call: Call): Pick<StatementEntry, 'kind' | 'statement'> => {
  if (call.kind === 'statement') {
    return { kind: isQuery(call.sql) ? 'query' : 'execute', statement: call.sql };
  }
  const as = call.role === 'none' ? '' : ` AS ${call.role}`;
  return { kind: 'connect', statement: `CONNECT ${call.user}${as}` };
};

/** The listener knows the service or not; the database knows the user; the password file knows the privilege. */
const logIn = (
  state: DatabaseState,
  { user, password, connectString, role }: Extract<Call, { kind: 'connect' }>,
) => {
  const service =
    /SERVICE_NAME\s*=\s*([\w.-]+)/i.exec(connectString)?.[1] ??
    /\/([\w.-]+)(?:[:/?].*)?$/.exec(connectString)?.[1];
  if (service?.toUpperCase() !== state.service.toUpperCase()) {
    throw njs(518, `Service "${service}" is not registered with the listener`);
  }
  if (role === 'none' && state.open_mode === 'MOUNTED') {
    throw ora(1033, 'ORACLE initialization or shutdown in progress');
  }
  if (user.toUpperCase() !== state.user.toUpperCase() || password !== state.password) {
    throw ora(1017, 'invalid username/password; logon denied');
  }
  if (role !== 'none' && !state.privileges.includes(role)) {
    throw ora(1031, 'insufficient privileges');
  }
  return role;
};

/** The driver's break, after its call timeout, is answered as it should be. */
const breakOff = async (call: Call): Promise<Outcome> => {
  const ms = call.kind === 'statement' ? call.callTimeout : 0;
  if (ms === 0) return 'held';
  await sleep(ms);
  return { error: njs(123, `call timeout of ${ms} ms exceeded`) };
};
