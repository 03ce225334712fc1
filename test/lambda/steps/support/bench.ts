import { type Run, runSchema } from '../../../../lambda/refresh/run.ts';
import { acquireGuard } from '../../../../lambda/steps/acquire-guard.ts';
import { overwriteVolumes } from '../../../../lambda/steps/overwrite-volumes.ts';
import { planOverwrite } from '../../../../lambda/steps/plan-overwrite.ts';
import type { ExecutionState, Ports } from '../../../../lambda/steps/ports.ts';
import { prepare } from '../../../../lambda/steps/prepare.ts';
import { releaseGuard } from '../../../../lambda/steps/release-guard.ts';
import { takeSnapshot } from '../../../../lambda/steps/take-snapshot.ts';
import { verifyTarget } from '../../../../lambda/steps/verify-target.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import {
  NOW,
  type SimulatedArray,
  type SimulatedOptions,
  startSimulatedArray,
} from '../../support/simulated-array.ts';

/** A simulated array, a bucket with the definition `nightly`, and what a step gets to work with. */
export interface Bench extends SimulatedArray {
  readonly store: MemoryStore;
  readonly ports: Ports;
}

export const nightly = {
  source_protection_group: 'prd-pg',
  target_protection_group: 'dev-pg',
  snapshot_name: 's1',
  execute: true,
  excluded_volumes: ['prd-config'],
};

export interface BenchOptions extends SimulatedOptions {
  /** Differs from `nightly` in this. */
  readonly definition?: Readonly<Record<string, unknown>>;
  /** The bucket of an earlier bench, whose run goes on here: the array as somebody has changed it since. */
  readonly store?: MemoryStore;
  /** What can be told of executions by their ARN; of others nothing. */
  readonly executions?: Readonly<Record<string, ExecutionState>>;
  /** Whether the deployment can speak to the source database. */
  readonly hasOracle?: boolean;
}

export async function setUp(options: BenchOptions = {}): Promise<Bench> {
  const simulated = await startSimulatedArray(options);
  const {
    store = new MemoryStore(),
    definition = {},
    executions = {},
    hasOracle = false,
  } = options;
  store.put('refreshes/nightly.json', { ...nightly, ...definition });
  const ports = {
    store,
    clock: new ManualClock(),
    executionState: async (arn: string) => executions[arn] ?? 'unknown',
    lingerSeconds: 600,
    hasOracle,
    hookRights: undefined,
    locate: (key: string) => `s3://bucket/${key}`,
    sourceArray: async () => simulated.array,
    targetArray: async () => {
      throw new Error('A refresh on one array asks for no second one.');
    },
  };
  return { ...simulated, store, ports };
}

export const arnOf = (run: string): string => `arn:execution:${run}`;

/** A run that has just begun. */
export const begun = (event: object = {}, id = 'nightly-1'): Run =>
  runSchema.parse({
    id,
    execution: arnOf(id),
    started: new Date(NOW).toISOString(),
    event: { refresh: 'nightly', ...event },
  });

const steps = {
  prepare,
  takeSnapshot,
  planOverwrite,
  acquireGuard,
  overwriteVolumes,
  verifyTarget,
  releaseGuard,
};

/** The run after all steps up to and including `last`. The guard is a second younger than the snapshot. */
export async function runUpTo(
  last: keyof typeof steps,
  { ports, simulator }: Bench,
  run: Run = begun(),
): Promise<Run> {
  let result = run;
  for (const [name, step] of Object.entries(steps)) {
    if (name === 'acquireGuard') simulator.advance(1_000);
    result = await step(result, ports);
    if (name === last) break;
  }
  return result;
}

/** The run as the machine hands it on after `error`: with what its Catch stored. */
export const failedWith = (run: Run, error: Error): Run => ({
  ...run,
  failure: {
    Error: error.name,
    Cause: JSON.stringify({
      errorType: error.name,
      errorMessage: error.message,
      trace: (error.stack ?? '').split('\n'),
    }),
  },
});
