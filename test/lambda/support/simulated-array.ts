import { RestFlashArray } from '../../../lambda/flasharray/flash-array.ts';
import { Session } from '../../../lambda/flasharray/session.ts';
import { createManualClock } from '../../../local/array/clock.ts';
import {
  type Exchange,
  type Fault,
  type RunningSimulator,
  type StateFile,
  startSimulator,
} from '../../../local/array/simulator.ts';
import { ManualClock } from './manual-clock.ts';

export const ARRAY = 'fa-prod';
export const NOW = Date.parse('2026-11-24T01:00:00Z');
const GIB = 2 ** 30;

type ArrayState = StateFile['arrays'][number];
type VolumeState = NonNullable<ArrayState['volumes']>[number];

/** A volume whose id is made from its name, so that it is known beforehand. */
export const volume = (
  name: string,
  gib: number,
  more: Partial<VolumeState> = {},
): VolumeState => ({
  name,
  size: gib * GIB,
  id: `id-of-${name}`,
  ...more,
});

/** Production with a volume that is not to be copied, its development copy, and the hosts of both. */
export const twoDatabases: Omit<ArrayState, 'name'> = {
  volumes: [
    volume('prd-fra', 40),
    volume('prd-data', 120),
    volume('prd-config', 4),
    volume('dev-fra', 40),
    volume('dev-data', 120),
  ],
  protection_groups: [
    { name: 'prd-pg', volumes: ['prd-fra', 'prd-data', 'prd-config'] },
    { name: 'dev-pg', volumes: ['dev-fra', 'dev-data'] },
  ],
  hosts: [
    { name: 'prd01', volumes: ['prd-fra', 'prd-data', 'prd-config'] },
    { name: 'dev01', volumes: ['dev-fra', 'dev-data'] },
  ],
};

export interface SimulatedArray {
  readonly simulator: RunningSimulator;
  readonly array: RestFlashArray;
  /** Requests so far, as `POST /volumes/batch`, without those that open and close sessions. */
  requests(): string[];
  /** Those of them that change something on an array. */
  changes(): string[];
  /** What is on a volume, as a text that depends on content alone. */
  content(volume: string): string | undefined;
}

export interface SimulatedOptions {
  readonly state?: Omit<ArrayState, 'name'>;
  readonly restVersion?: string;
}

const running = new Set<RunningSimulator>();

export interface SimulatedArrays {
  readonly simulator: RunningSimulator;
  /** The product's client of each, in the order of the state. */
  readonly clients: readonly RestFlashArray[];
  /** Requests so far, without those that open and close sessions, and paths without their version. */
  requests(): ReturnType<RunningSimulator['requests']>;
}

/** Simulated arrays, and the product's clients of them. Time stands still for all. */
export async function startSimulatedArrays(
  state: StateFile,
  restVersion = '2.56',
  onExchange: (exchange: Exchange) => void = () => {},
): Promise<SimulatedArrays> {
  const clock = createManualClock(NOW);
  const simulator = await startSimulator({ state, restVersion, clock, onExchange });
  running.add(simulator);
  return {
    simulator,
    clients: simulator.arrays.map(({ host, api_token, ca }) => {
      const credentials = { host, apiToken: api_token, ca };
      return new RestFlashArray(new Session(credentials, null, new ManualClock()));
    }),
    requests: () =>
      simulator
        .requests()
        .map((request) => ({ ...request, path: request.path.replace(/^\/api\/2\.\d+/, '') }))
        .filter(({ path }) => !/api_version|log(?:in|out)$/.test(path)),
  };
}

/** One simulated array, and the product's client of it. */
export async function startSimulatedArray({
  state = twoDatabases,
  restVersion,
}: SimulatedOptions = {}): Promise<SimulatedArray> {
  const { simulator, clients, ...arrays } = await startSimulatedArrays(
    { arrays: [{ name: ARRAY, ...state }] },
    restVersion,
  );
  const [array] = clients;
  if (array === undefined) throw new Error('The simulator has no array.');
  const requests = () => arrays.requests().map(({ method, path }) => `${method} ${path}`);
  return {
    simulator,
    array,
    requests,
    changes: () => requests().filter((call) => !call.startsWith('GET') && !call.endsWith('/test')),
    content: (name) =>
      simulator.state().arrays[0]?.volumes.find((found) => found.name === name)?.fingerprint,
  };
}

/** The next listing of members as it would be had somebody changed the groups: each with its name, then its volumes. */
export const membersNow = (...groups: readonly (readonly [string, ...string[]])[]): Fault => ({
  path: '/protection-groups/volumes',
  effect: {
    status: 200,
    body: {
      items: groups.flatMap(([group, ...volumes]) =>
        volumes.map((name) => ({
          group: { name: group },
          member: { id: `id-of-${name}`, name, destroyed: false },
        })),
      ),
    },
  },
});

export async function stopSimulatedArrays(): Promise<void> {
  await Promise.all([...running].map((simulator) => simulator.stop()));
  running.clear();
}
