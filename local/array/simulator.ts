import type { Server } from 'node:net';
import {
  createArrayServer,
  type Exchange,
  type Gate,
  type HeldRequest,
  type IncomingRequest,
} from './array-server.ts';
import { makeCertificate, type ServerCertificate } from './certificate.ts';
import { createRealClock, type SimulatorClock } from './clock.ts';
import { createAdminServer } from './control/admin-server.ts';
import type { Checkpoint } from './control/checkpoint.ts';
import {
  setOverwrite,
  setReplication,
  setVolumePerformance,
  showRequests,
  showState,
  writeVolume,
} from './control/commands.ts';
import type { Fault } from './control/faults.ts';
import type { JournalEntry } from './control/journal.ts';
import { renameVolume, renewToken, setMembers } from './control/operator.ts';
import type { OverwriteSettings } from './control/overwrite-settings.ts';
import type { ReplicationSettings } from './control/replication-settings.ts';
import type { StateReport } from './control/report-state.ts';
import { World } from './control/world.ts';
import { type Listener, listen } from './listen.ts';
import { NEWEST_VERSION, parseVersion } from './rest/versions.ts';
import { parseStateFile, type StateFile } from './state-file.ts';
import type { ArrayStore } from './store/array-store.ts';

export type {
  Checkpoint,
  Exchange,
  Fault,
  HeldRequest,
  IncomingRequest,
  JournalEntry,
  OverwriteSettings,
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
  /** For how many days the certificate of the arrays is valid; 90 by default. */
  certificateDays?: number;
  /** Called for each answered request to an array. */
  onExchange?: (exchange: Exchange) => void;
  /** Called once for each request that a fault now holds (`act_late_ms`, `delay_ms`): its client may give up. */
  onHeld?: (request: HeldRequest) => void;
  /** On how many ports each array is served, so that its clients can be told apart; 1 by default. */
  doors?: number;
  /** Lets requests in, one by one; all at once by default. */
  gate?: Gate;
}

export interface RunningSimulator {
  /** `host` is `127.0.0.1:PORT`, `ca` the PEM of the simulator's CA. */
  readonly arrays: { name: string; host: string; api_token: string; ca: string }[];
  /** The hosts of each array, one a door: the first is that in `arrays`. */
  readonly doors: string[][];
  /** `http://127.0.0.1:PORT`. */
  readonly admin: string;
  requests(): JournalEntry[];
  state(): StateReport;
  addFaults(faults: readonly Fault[]): void;
  /** What a fault holds already is carried out nevertheless. */
  clearFaults(): void;
  write(array: string, volume: string, data: string): void;
  setPerformance(
    array: string,
    volume: string,
    performance: { reads_per_sec: number; writes_per_sec: number },
  ): void;
  /** Replaces the volumes of a protection group, as a person does. Throws a `RangeError` for what does not exist. */
  setMembers(array: string, group: string, volumes: readonly string[]): void;
  /** Gives a volume another name, as a person does; its snapshots keep theirs. Throws a `RangeError`. */
  renameVolume(array: string, from: string, to: string): void;
  /** Gives an array's user a new API token, as a person does; the old one and its sessions are over. @returns the new one */
  renewToken(array: string): string;
  /** Throws a `RangeError` for an array that does not exist. */
  setOverwrite(settings: OverwriteSettings): void;
  /** Throws a `RangeError` where there is nothing that the settings are about. */
  setReplication(settings: ReplicationSettings): void;
  advance(ms: number): void;
  /**
   * Back to the initial state, with the same ids; sessions, journal, faults, transfers and held requests are gone. The clock
   * goes on.
   */
  reset(): void;
  /**
   * Remembers all that is on the arrays and between them, sessions and ids included, for `restore` to go back to as often as
   * one likes. Faults, the journal and held requests are not part of it.
   */
  checkpoint(): Checkpoint;
  /**
   * Back to a checkpoint of this simulator: as `reset`, but sessions that it has are valid again, ids go on from where they
   * were, and a clock that can be set is set back.
   */
  restore(checkpoint: Checkpoint): void;
  /** Closes all servers and sockets. */
  stop(): Promise<void>;
}

/** Made once: all simulators of a process have the same, unless they ask for another. */
let certificateOfProcess: Promise<ServerCertificate> | undefined;

const certificateFor = (days: number | undefined): Promise<ServerCertificate> => {
  if (days !== undefined) return makeCertificate(days);
  certificateOfProcess ??= makeCertificate();
  return certificateOfProcess;
};

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
  const certificate = await certificateFor(options.certificateDays);
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
  const openDoor = async (array: ArrayStore, door: number, port: number) => {
    const { onExchange, onHeld, gate } = options;
    const { signal } = stopping;
    const server = createArrayServer({
      world,
      array: array.name,
      door,
      certificate,
      signal,
      onExchange,
      onHeld,
      gate,
    });
    return `127.0.0.1:${await open(server, port)}`;
  };
  try {
    const arrays: RunningSimulator['arrays'] = [];
    const doors: string[][] = [];
    for (const [index, array] of world.arrays.entries()) {
      const host = await openDoor(array, 0, options.port ? options.port + index : 0);
      const { name, apiToken } = array;
      arrays.push({ name, host, api_token: apiToken, ca: certificate.ca });
      const hosts = [host];
      for (let door = 1; door < (options.doors ?? 1); door++) {
        hosts.push(await openDoor(array, door, 0));
      }
      doors.push(hosts);
    }
    const adminPort = await open(createAdminServer(world), 0);
    return {
      arrays,
      doors,
      admin: `http://127.0.0.1:${adminPort}`,
      requests: () => structuredClone(showRequests(world)),
      state: () => showState(world),
      addFaults: (faults) => world.faults.add(faults),
      clearFaults: () => world.faults.clear(),
      write: (array, volume, data) => writeVolume(world, array, volume, data),
      setPerformance: (array, volume, performance) =>
        setVolumePerformance(world, array, volume, performance),
      setMembers: (array, group, volumes) => setMembers(world, array, group, volumes),
      renameVolume: (array, from, to) => renameVolume(world, array, from, to),
      renewToken: (array) => renewToken(world, array),
      setOverwrite: (settings) => setOverwrite(world, settings),
      setReplication: (settings) => setReplication(world, settings),
      advance: (ms) => world.advance(ms),
      reset: () => world.reset(),
      checkpoint: () => world.checkpoint(),
      restore: (checkpoint) => world.restore(checkpoint),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
