import { type Run, runSchema } from '../../../../lambda/refresh/run.ts';
import { overwriteVolumes } from '../../../../lambda/steps/overwrite-volumes.ts';
import { planOverwrite } from '../../../../lambda/steps/plan-overwrite.ts';
import type { Ports } from '../../../../lambda/steps/ports.ts';
import { prepare } from '../../../../lambda/steps/prepare.ts';
import { takeSnapshot } from '../../../../lambda/steps/take-snapshot.ts';
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
}

export async function setUp(options: BenchOptions = {}): Promise<Bench> {
  const simulated = await startSimulatedArray(options);
  const { store = new MemoryStore(), definition = {} } = options;
  store.put('refreshes/nightly.json', { ...nightly, ...definition });
  const ports = {
    store,
    clock: new ManualClock(),
    sourceArray: async () => simulated.array,
    targetArray: async () => {
      throw new Error('A refresh on one array asks for no second one.');
    },
  };
  return { ...simulated, store, ports };
}

/** A run that has just begun. */
export const begun = (event: object = {}): Run =>
  runSchema.parse({
    id: 'nightly-1',
    execution: 'arn:execution:nightly-1',
    started: new Date(NOW).toISOString(),
    event: { refresh: 'nightly', ...event },
  });

const steps = { prepare, takeSnapshot, planOverwrite, overwriteVolumes };

/** The run after all steps up to and including `last`. */
export async function runUpTo(
  last: keyof typeof steps,
  { ports }: Bench,
  run: Run = begun(),
): Promise<Run> {
  let result = run;
  for (const [name, step] of Object.entries(steps)) {
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
