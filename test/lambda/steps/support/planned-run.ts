import type { Run } from '../../../../lambda/refresh/run.ts';
import { type Bench, type BenchOptions, runUpTo, setUp } from './bench.ts';

export const PLAN = 'runs/nightly-1/plan.json';
/** Written when the overwrite begins. */
export const BEGUN = 'runs/nightly-1/overwrite.json';

/** What changes on the array from now on. */
export const changesAfter = (bench: Bench): (() => string[]) => {
  const before = bench.changes().length;
  return () => bench.changes().slice(before);
};

/** A bench with a run that is about to overwrite. */
export const planned = async (
  options: BenchOptions = {},
): Promise<{ bench: Bench; run: Run; changesSince: () => string[] }> => {
  const bench = await setUp(options);
  const run = await runUpTo('planOverwrite', bench);
  return { bench, run, changesSince: changesAfter(bench) };
};
