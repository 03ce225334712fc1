import type { RestFlashArray } from '../../../../lambda/flasharray/flash-array.ts';
import type { Run } from '../../../../lambda/refresh/run.ts';
import { acquireGuard } from '../../../../lambda/steps/acquire-guard.ts';
import { checkReplication } from '../../../../lambda/steps/check-replication.ts';
import { planOverwrite } from '../../../../lambda/steps/plan-overwrite.ts';
import type { Ports } from '../../../../lambda/steps/ports.ts';
import { prepare } from '../../../../lambda/steps/prepare.ts';
import { takeSnapshot } from '../../../../lambda/steps/take-snapshot.ts';
import type { StateFile } from '../../../../local/array/simulator.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import {
  ARRAY,
  type SimulatedArrays,
  startSimulatedArrays,
  volume,
} from '../../support/simulated-array.ts';
import { begun, nightly } from './bench.ts';

export const TARGET_ARRAY = 'fa-dr';
export const REPLICA = `${ARRAY}:prd-pg.s1`;

type ArrayState = StateFile['arrays'][number];

export const production: ArrayState = {
  name: ARRAY,
  volumes: [volume('prd-data-0', 120), volume('prd-data-1', 120), volume('prd-config', 4)],
  protection_groups: [
    {
      name: 'prd-pg',
      volumes: ['prd-data-0', 'prd-data-1', 'prd-config'],
      targets: [TARGET_ARRAY],
    },
  ],
  hosts: [{ name: 'prd01', volumes: ['prd-data-0', 'prd-data-1', 'prd-config'] }],
};

export const recovery: ArrayState = {
  name: TARGET_ARRAY,
  volumes: [volume('dev-data-0', 120), volume('dev-data-1', 120)],
  protection_groups: [{ name: 'dev-pg', volumes: ['dev-data-0', 'dev-data-1'] }],
  hosts: [{ name: 'dev01', volumes: ['dev-data-0', 'dev-data-1'] }],
};

/** Two simulated arrays of which one replicates to the other, and a bucket with the definition `nightly`. */
export interface ReplicationBench extends SimulatedArrays {
  readonly source: RestFlashArray;
  readonly target: RestFlashArray;
  readonly store: MemoryStore;
  readonly ports: Ports;
  /** The requests that change something, as `fa-prod POST /protection-group-snapshots`. */
  changes(): string[];
  /** What is on the volumes of an array, by name. */
  contents(array: string): ReadonlyMap<string, string>;
}

export interface ReplicationOptions {
  readonly source?: Partial<ArrayState>;
  readonly target?: Partial<ArrayState>;
  /** Further arrays. */
  readonly others?: readonly ArrayState[];
  readonly restVersion?: string;
  readonly definition?: Readonly<Record<string, unknown>>;
}

export async function setUpReplication(
  options: ReplicationOptions = {},
): Promise<ReplicationBench> {
  const { others = [], definition = {}, restVersion } = options;
  const first = { ...production, ...options.source };
  const second = { ...recovery, ...options.target };
  const arrays = await startSimulatedArrays({ arrays: [first, second, ...others] }, restVersion);
  const [source, target] = arrays.clients;
  if (source === undefined || target === undefined) throw new Error('There are no two arrays.');
  const store = new MemoryStore();
  store.put('refreshes/nightly.json', { ...nightly, replicate: true, ...definition });
  return {
    ...arrays,
    source,
    target,
    store,
    ports: {
      store,
      clock: new ManualClock(),
      executionState: async () => 'unknown' as const,
      lingerSeconds: 600,
      hasOracle: false,
      hookRights: undefined,
      locate: (key: string) => `s3://bucket/${key}`,
      sourceArray: async () => source,
      targetArray: async () => target,
    },
    changes: () =>
      arrays
        .requests()
        .filter(({ method, path }) => method !== 'GET' && !path.endsWith('/test'))
        .map(({ array, method, path }) => `${array} ${method} ${path}`),
    contents: (name) =>
      new Map(
        arrays.simulator
          .state()
          .arrays.filter((array) => array.name === name)
          .flatMap(({ volumes }) => volumes.map((found) => [found.name, found.fingerprint])),
      ),
  };
}

/** Looks until the snapshot is complete, as the machine does, with the waiting done by the simulator's clock. */
export async function untilReplicated(run: Run, bench: ReplicationBench): Promise<Run> {
  let state = run;
  for (let looks = 0; looks < 100; looks += 1) {
    state = await checkReplication(state, bench.ports);
    if (state.replication?.done) return state;
    bench.simulator.advance((state.replication?.wait_seconds ?? 0) * 1_000);
  }
  throw new Error('After a hundred looks it is not complete.');
}

/** A run whose snapshot is taken, and on its way. */
export async function sent({ ports }: ReplicationBench): Promise<Run> {
  return takeSnapshot(await prepare(begun(), ports), ports);
}

/** A run that has its plan. */
export async function plannedOnReplica(bench: ReplicationBench): Promise<Run> {
  return planOverwrite(await untilReplicated(await sent(bench), bench), bench.ports);
}

/** A run that holds the guard on the second array, and is about to overwrite. */
export async function guardedOnReplica(bench: ReplicationBench): Promise<Run> {
  return acquireGuard(await plannedOnReplica(bench), bench.ports);
}
