import { type Manifest, manifestSchema } from '../../../../lambda/refresh/manifest.ts';
import type { Run } from '../../../../lambda/refresh/run.ts';
import { overwriteVolumes } from '../../../../lambda/steps/overwrite-volumes.ts';
import type { Fault } from '../../../../local/array/simulator.ts';
import type { MemoryStore } from '../../support/memory-store.ts';
import { type Bench, type BenchOptions, failedWith, runUpTo, setUp } from './bench.ts';

/** The error with which `underWay` fails. */
export const errorOf = (underWay: Promise<unknown>): Promise<Error> =>
  underWay.then(
    () => Promise.reject(new Error('This should have failed.')),
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );

/** A run whose overwrite fails of these faults, as the machine hands it to the recording step. */
export const failedOverwrite = async (
  faults: readonly Fault[],
  options: BenchOptions = {},
): Promise<{ bench: Bench; failed: Run }> => {
  const bench = await setUp(options);
  const run = await runUpTo('planOverwrite', bench);
  bench.simulator.addFaults(faults);
  const error = await errorOf(overwriteVolumes(run, bench.ports));
  bench.simulator.clearFaults();
  return { bench, failed: failedWith(run, error) };
};

export const manifestAt = (store: MemoryStore, key: string): Manifest =>
  manifestSchema.parse(store.json(key));

export const refusing = (path: string, nth = 1): Fault => ({
  method: 'POST',
  path,
  nth,
  effect: { status: 400, body: { errors: [{ context: 'dev-fra', message: 'No.' }] } },
});
export const silentAfter = (path: string): Fault => ({ path, effect: { hang_up: 'after' } });
export const silentBefore = (path: string): Fault => ({ path, effect: { hang_up: 'before' } });
