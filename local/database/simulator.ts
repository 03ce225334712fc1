import type { Driver } from '../../lambda/oracle/driver.ts';
import { createRealClock, type SimulatorClock } from '../array/clock.ts';
import { type DatabaseEndpoint, serveDatabase } from './database-server.ts';
import { closed } from './driver-error.ts';
import { type DatabaseFault, databaseFaults } from './faults.ts';
import { toAnswer } from './protocol.ts';
import { type Line, simulatedDriver } from './simulated-driver.ts';
import { type DatabaseState, type DatabaseStateInput, databaseState } from './state.ts';
import { DatabaseWorld, type StatementEntry } from './world.ts';

export type { DatabaseFault, DatabaseState, DatabaseStateInput, StatementEntry };

export interface DatabaseSimulatorOptions {
  readonly state?: DatabaseStateInput;
  /** The real clock by default. */
  readonly clock?: SimulatorClock;
  /** Numbers what reaches the database, maybe together with what reaches an array; counts from 1 by default. */
  readonly nextNumber?: () => number;
  /** Called for each call as it comes, before anything is done about it. */
  readonly onStatement?: (entry: StatementEntry) => void;
}

export interface DatabaseSimulator {
  /** In this process: to be given to `connector`. */
  readonly driver: Driver;
  /** Logins, queries and other statements so far. */
  statements(): StatementEntry[];
  state(): DatabaseState;
  /** Changes what the database is like, as a person does. */
  change(changes: Partial<DatabaseState>): void;
  addFaults(faults: readonly DatabaseFault[]): void;
  clearFaults(): void;
  advance(ms: number): void;
  /** Back to the initial state; journal, faults, and what was to happen later are gone. The clock goes on. */
  reset(): void;
  /** The state, for `restore` to go back to as often as one likes. */
  checkpoint(): DatabaseState;
  /** As `reset`, but to a checkpoint. */
  restore(checkpoint: DatabaseState): void;
  /** Lets other processes and threads in, over loopback. */
  serve(): Promise<DatabaseEndpoint>;
}

/** A simulated Oracle database that knows what the product asks, and refuses everything else. Throws a `ZodError`. */
export function createDatabaseSimulator({
  state = {},
  clock = createRealClock(),
  nextNumber = counter(),
  onStatement = () => {},
}: DatabaseSimulatorOptions = {}): DatabaseSimulator {
  const initial = databaseState.parse(state);
  const world = new DatabaseWorld(structuredClone(initial), { clock, nextNumber, onStatement });
  const restore = (checkpoint: DatabaseState) => {
    world.state = structuredClone(checkpoint);
    world.forget();
  };
  const current = () => {
    world.catchUp();
    return structuredClone(world.state);
  };
  return {
    driver: simulatedDriver(async () => directLine(world)),
    statements: () => structuredClone(world.journal),
    state: current,
    change: (changes) => {
      world.state = databaseState.parse({ ...world.state, ...changes });
    },
    addFaults: (faults) => world.faults.add(databaseFaults.parse(faults)),
    clearFaults: () => world.faults.clear(),
    advance: (ms) => {
      clock.advance(ms);
      world.catchUp();
    },
    reset: () => restore(initial),
    checkpoint: current,
    restore,
    serve: () => serveDatabase(world),
  };
}

const counter = () => {
  let last = 0;
  return () => {
    last += 1;
    return last;
  };
};

/** A session in this process. */
const directLine = (world: DatabaseWorld): Line => {
  const session = world.newSession();
  let isOpen = true;
  return {
    async ask(call) {
      if (!isOpen) throw closed();
      const outcome = await world.receive(session, call);
      if (outcome === 'held') return await new Promise<never>(() => {});
      if (outcome !== 'lost') return toAnswer(call, outcome);
      isOpen = false;
      throw closed();
    },
    close: () => {
      isOpen = false;
    },
  };
};
