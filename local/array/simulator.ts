import type { Server } from 'node:net';
import { createArrayServer, type Exchange } from './array-server.ts';
import { makeCertificate } from './certificate.ts';
import { createRealClock, type SimulatorClock } from './clock.ts';
import { createAdminServer } from './control/admin-server.ts';
import {
  setReplication,
  setVolumePerformance,
  showState,
  writeVolume,
} from './control/commands.ts';
import type { Fault } from './control/faults.ts';
import type { JournalEntry } from './control/journal.ts';
import type { ReplicationSettings } from './control/replication-settings.ts';
import type { StateReport } from './control/report-state.ts';
import { World } from './control/world.ts';
import { type Listener, listen } from './listen.ts';
import { NEWEST_VERSION, parseVersion } from './rest/versions.ts';
import { parseStateFile, type StateFile } from './state-file.ts';
import type { ArrayStore } from './store/array-store.ts';

export type {
  Exchange,
  Fault,
  JournalEntry,
  ReplicationSettings,
  SimulatorClock,
  StateFile,
  StateReport,
};

const HALF_AN_HOUR_MS = 1_800_000;

export interface SimulatorOptions {
  /** The arrays, as in the state file. */
  state: StateFile;
  /** The newest REST version that the arrays offer; 2.56 by default. */
  restVersion?: string;
  /** The port of the first array, the others take the next ones; 0 or absent: any free ports. */
  port?: number;
  /** The real clock by default. */
  clock?: SimulatorClock;
  /** Added to every request to an array, in real milliseconds; 0 by default. */
  latencyMs?: number;
  /** After how long without use a session expires, by the clock; half an hour by default. */
  sessionIdleMs?: number;
  /** The same seed gives the same ids and serials; 1 by default. */
  seed?: number;
  /** Called for each answered request to an array. */
  onExchange?: (exchange: Exchange) => void;
}

export interface RunningSimulator {
  /** `host` is `127.0.0.1:PORT`, `ca` the PEM of the simulator's CA. */
  readonly arrays: { name: string; host: string; api_token: string; ca: string }[];
  /** `http://127.0.0.1:PORT`. */
  readonly admin: string;
  requests(): JournalEntry[];
  state(): StateReport;
  addFaults(faults: readonly Fault[]): void;
  clearFaults(): void;
  write(array: string, volume: string, data: string): void;
  setPerformance(
    array: string,
    volume: string,
    performance: { reads_per_sec: number; writes_per_sec: number },
  ): void;
  /** Throws a `RangeError` where there is nothing that the settings are about. */
  setReplication(settings: ReplicationSettings): void;
  advance(ms: number): void;
  /** Back to the initial state, with the same ids; sessions, journal, faults, transfers are gone. The clock goes on. */
  reset(): void;
  /** Closes all servers and sockets. */
  stop(): Promise<void>;
}

/** Starts the arrays of a state file, each on a port of its own, and the admin port. Throws `StateFileError`. */
export async function startSimulator(options: SimulatorOptions): Promise<RunningSimulator> {
  const world = new World({
    state: parseStateFile(options.state),
    newest: parseVersion(options.restVersion ?? NEWEST_VERSION),
    clock: options.clock ?? createRealClock(),
    latencyMs: options.latencyMs ?? 0,
    sessionIdleMs: options.sessionIdleMs ?? HALF_AN_HOUR_MS,
    seed: options.seed ?? 1,
  });
  const certificate = await makeCertificate();
  const stopping = new AbortController();
  const listeners: Listener[] = [];
  const open = async (server: Server, port: number) => {
    const listener = await listen(server, port);
    listeners.push(listener);
    return listener.port;
  };
  const stop = async () => {
    stopping.abort();
    await Promise.all(listeners.splice(0).map((listener) => listener.stop()));
  };
  const openArray = async ({ name, apiToken }: ArrayStore, port: number) => {
    const { onExchange } = options;
    const { signal } = stopping;
    const server = createArrayServer({ world, array: name, certificate, signal, onExchange });
    const host = `127.0.0.1:${await open(server, port)}`;
    return { name, host, api_token: apiToken, ca: certificate.ca };
  };
  try {
    const arrays: RunningSimulator['arrays'] = [];
    for (const [index, array] of world.arrays.entries()) {
      arrays.push(await openArray(array, options.port ? options.port + index : 0));
    }
    const adminPort = await open(createAdminServer(world), 0);
    return {
      arrays,
      admin: `http://127.0.0.1:${adminPort}`,
      requests: () => structuredClone(world.journal),
      state: () => showState(world),
      addFaults: (faults) => world.faults.add(faults),
      clearFaults: () => world.faults.clear(),
      write: (array, volume, data) => writeVolume(world, array, volume, data),
      setPerformance: (array, volume, performance) =>
        setVolumePerformance(world, array, volume, performance),
      setReplication: (settings) => setReplication(world, settings),
      advance: (ms) => world.options.clock.advance(ms),
      reset: () => world.reset(),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
