import type { Run } from '../../../../lambda/refresh/run.ts';
import { type Bench, type BenchOptions, runUpTo, setUp } from './bench.ts';

export const PLAN = 'runs/nightly-1/plan.json';
/** Written when the overwrite begins. */
const OVERWRITE = 'runs/nightly-1/overwrite.json';

/** Whether the run has come to where it overwrites volumes. */
export const hasBegun = ({ store }: Pick<Bench, 'store'>): boolean =>
  store.objects.has(OVERWRITE) && Object(store.json(OVERWRITE)).changing === true;

/** What changes on the array from now on. */
export const changesAfter = (bench: Bench): (() => string[]) => {
  const before = bench.changes().length;
  return () => bench.changes().slice(before);
};

interface RunOnBench {
  readonly bench: Bench;
  readonly run: Run;
  readonly changesSince: () => string[];
}

const setUpAfter =
  (last: Parameters<typeof runUpTo>[0]) =>
  async (options: BenchOptions = {}): Promise<RunOnBench> => {
    const bench = await setUp(options);
    const run = await runUpTo(last, bench);
    return { bench, run, changesSince: changesAfter(bench) };
  };

/** A bench with a run that has its plan. */
export const planned = setUpAfter('planOverwrite');
/** A bench with a run that holds the guard, and is about to overwrite. */
export const guarded = setUpAfter('acquireGuard');
