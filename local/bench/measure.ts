import type { StackResources } from '../template.ts';
import { type Figures, summarize } from './figures.ts';
import { Ground, type GroundOptions, type Pair } from './ground.ts';
import type { Options } from './options.ts';
import { Refreshes } from './refresh.ts';
import { runScript } from './script.ts';

/** A refresh and the script, of as many volumes on the same array. */
export interface Comparison extends GroundOptions {
  readonly volumes: number;
  readonly refresh: Figures;
  readonly script: Figures;
  /** How many times as long as the refresh the script takes. */
  readonly ratio: number;
}

/** Compares what the options ask for. @param say is told what comes next */
export const compareAll = async (
  stack: StackResources,
  options: Options,
  say: (text: string) => void,
): Promise<Comparison[]> => {
  const comparisons: Comparison[] = [];
  for (const latencyMs of options.latency) {
    for (const restVersion of options.rest)
      comparisons.push(...(await compareOn({ restVersion, latencyMs }, stack, options, say)));
  }
  return comparisons;
};

const compareOn = async (
  conditions: GroundOptions,
  stack: StackResources,
  { volumes, runs }: Options,
  say: (text: string) => void,
): Promise<Comparison[]> => {
  const ground = await Ground.prepare(volumes, conditions);
  const refreshes = await Refreshes.deploy(stack, ground);
  const script = (pair: Pair) => runScript(ground.array, pair);
  const comparisons: Comparison[] = [];
  try {
    for (const pair of ground.pairs) {
      say(`REST ${conditions.restVersion}, ${conditions.latencyMs} ms, ${pair.volumes} volumes …`);
      const ours = await repeat(runs, WARM_UPS, () => ground.measure(pair, refreshes.run));
      const theirs = await repeat(runs, 1, () => ground.measure(pair, script));
      const ratio = theirs.ms / ours.ms;
      comparisons.push({
        ...conditions,
        volumes: pair.volumes,
        refresh: ours,
        script: theirs,
        ratio,
      });
    }
    return comparisons;
  } finally {
    await refreshes.stop();
    await ground.stop();
  }
};

/** Until then Node still compiles what a refresh runs through. The script is little more than its requests. */
const WARM_UPS = 25;

/** The median of so many runs, after some that do not count. */
const repeat = async (
  runs: number,
  warmUps: number,
  run: () => Promise<Figures>,
): Promise<Figures> => {
  for (let count = 0; count < warmUps; count++) await run();
  const measured: Figures[] = [];
  for (let count = 0; count < runs; count++) measured.push(await run());
  return summarize(measured);
};
