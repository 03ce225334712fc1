import { access, constants, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { joinMessage, RefreshError } from '../../lambda/refresh/errors.ts';
import { recordOf } from '../../lambda/refresh/manifest.ts';
import { FunctionError } from '../local-function.ts';
import { readConfiguration } from './configuration.ts';
import { codeOf, exitCode, showEnd } from './ending.ts';
import { EXIT } from './exit-codes.ts';
import { Interruption } from './interruption.ts';
import { type Options, readOptions, recoveringArguments, USAGE, UsageError } from './options.ts';
import { Progress, type Screen } from './progress.ts';
import { commandWith } from './report.ts';
import type { SimulatedArray } from './simulated-array.ts';

/** The last one comes when the terminal is closed, or the line to it drops. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Where a command runs. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  /** Standard error. */
  readonly screen: Screen;
}

/** The command line. Results go to standard output, progress and errors to the screen. @returns the exit code */
export const main = async (
  args: readonly string[],
  { env, screen }: Surroundings,
): Promise<number> => {
  const progress = new Progress(screen);
  try {
    const options = readOptions(args, env);
    if (options.help) {
      console.log(USAGE);
      return EXIT.success;
    }
    return await refresh({ options, args, env, progress });
  } catch (error) {
    return explain(error, progress);
  }
};

interface Command {
  readonly options: Options;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly progress: Progress;
}

const refresh = async ({ options, args, env, progress }: Command): Promise<number> => {
  await requireWritable(options);
  const simulated = options.configFile === undefined ? await simulate(options) : undefined;
  const configuration =
    simulated?.configuration ?? (await readConfiguration(options.configFile ?? '', options, env));
  for (const warning of configuration.warnings) progress.warn(warning);
  if (simulated) {
    const database = configuration.database ? ' and a simulated database' : '';
    progress.say(`On a simulated array${database}; name a real one with -f.`);
  }
  const recovering = (run: string) => commandWith(recoveringArguments(args, run));
  const interruption = new Interruption({
    say: (text) => progress.warn(text),
    exit: (code) => process.exit(code),
    recovering,
    waitForHook: (seconds) => configuration.hooks.hosts.wait(seconds),
    now: () => performance.now(),
  });
  for (const signal of SIGNALS) process.on(signal, interruption.signal);
  try {
    const { runRefresh } = await import('./run.ts');
    const ended = await runRefresh({ options, configuration, progress, interruption });
    showEnd(ended, { options, args, progress, recovering, simulated });
    return exitCode(ended, interruption.requested);
  } finally {
    for (const signal of SIGNALS) process.off(signal, interruption.signal);
    await simulated?.stop();
  }
};

/** Simulator and flow are loaded when they are needed: help and mistakes are told at once. */
const simulate = async (options: Options): Promise<SimulatedArray> => {
  const { simulateArray } = await import('./simulated-array.ts');
  return simulateArray(options);
};

/** An error from before the run, or of the start function. */
const explain = (error: unknown, progress: Progress): number => {
  if (error instanceof UsageError) {
    progress.say(`${error.message}\n(npm start -- --help shows the options.)`);
    return EXIT.usage;
  }
  if (error instanceof RefreshError) {
    progress.say(`${error.name}: ${error.message}`);
    return codeOf(error.name);
  }
  if (error instanceof FunctionError) {
    const { name, message, remedy } = recordOf({ Error: error.name, Cause: error.message });
    progress.say(`${name}: ${joinMessage(message, remedy)}`);
    return codeOf(name);
  }
  progress.say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return EXIT.failure;
};

/** Places that cannot be written to show themselves before the run, not after it. @throws UsageError */
const requireWritable = async ({ dataDir, outputFile }: Options): Promise<void> => {
  if (outputFile !== undefined) await requireOutputFile(outputFile);
  await mkdir(dataDir, { recursive: true }).catch((error: Error) => {
    throw new UsageError(
      `The folder "${dataDir}", in which plans and manifests are kept, cannot be made (${error.message}). Name another one with --data-dir.`,
    );
  });
};

const requireOutputFile = async (file: string): Promise<void> => {
  const isFolder = await stat(file).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const writable = await access(dirname(file), constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!isFolder && writable) return;
  throw new UsageError(
    `The output file "${file}" cannot be written. Name a file in a folder that exists with -o.`,
  );
};
