import { type Manifest, manifestSchema } from '../../../../lambda/refresh/manifest.ts';
import type { Run } from '../../../../lambda/refresh/run.ts';
import { overwriteVolumes } from '../../../../lambda/steps/overwrite-volumes.ts';
import type { Ports } from '../../../../lambda/steps/ports.ts';
import { rollBack } from '../../../../lambda/steps/roll-back.ts';
import type { Fault } from '../../../../local/array/simulator.ts';
import type { MemoryStore } from '../../support/memory-store.ts';
import { type Bench, type BenchOptions, failedWith, runUpTo, setUp } from './bench.ts';

/** The error with which `underWay` fails. */
export const errorOf = (underWay: Promise<unknown>): Promise<Error> =>
  underWay.then(
    () => Promise.reject(new Error('This should have failed.')),
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );

/** A run whose overwrite fails of these faults, as the machine hands it on to Roll Back. */
export const failedOverwrite = async (
  faults: readonly Fault[],
  options: BenchOptions = {},
): Promise<{ bench: Bench; failed: Run }> => {
  const bench = await setUp(options);
  const run = await runUpTo('acquireGuard', bench);
  bench.simulator.addFaults(faults);
  const error = await errorOf(overwriteVolumes(run, bench.ports));
  bench.simulator.clearFaults();
  return { bench, failed: failedWith(run, error) };
};

/** Rolls back until that is done or fails, as the machine does, with the waiting done by the simulator's clock. */
export const rolledBack = async (
  failed: Run,
  ports: Ports,
  { simulator }: Pick<Bench, 'simulator'>,
): Promise<{ run: Run; waits: number[] }> => {
  const waits: number[] = [];
  let run = failed;
  for (let looks = 0; looks < 10; looks += 1) {
    try {
      run = await rollBack(run, ports);
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      const { failure } = failedWith(run, error);
      return { run: { ...run, rollback_failure: failure }, waits };
    }
    if (run.guard?.done) return { run, waits };
    waits.push(run.guard?.wait_seconds ?? 0);
    simulator.advance((run.guard?.wait_seconds ?? 0) * 1_000);
  }
  throw new Error('After ten looks it is not done.');
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
