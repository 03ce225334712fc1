import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { joinMessage, RefreshError } from '../../lambda/refresh/errors.ts';
import { recordOf } from '../../lambda/refresh/manifest.ts';
import { FunctionError } from '../local-function.ts';
import { readConfiguration } from './configuration.ts';
import { codeOf, exitCode, showEnd } from './ending.ts';
import { EXIT } from './exit-codes.ts';
import { Interruption } from './interruption.ts';
import { type Options, readOptions, recoveringArguments, USAGE, UsageError } from './options.ts';
import { Progress } from './progress.ts';
import { commandWith } from './report.ts';
import type { SimulatedArray } from './simulated-array.ts';

/** The last one comes when the terminal is closed, or the line to it drops. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The command line. Results go to standard output, progress and errors to standard error. @returns the exit code */
export const main = async (args: readonly string[]): Promise<number> => {
  // Whoever reads may be gone: what was begun has to be ended all the same.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const progress = new Progress(process.stderr);
  try {
    const options = readOptions(args, process.env);
    if (options.help) {
      console.log(USAGE);
      return EXIT.success;
    }
    return await refresh(options, args, progress);
  } catch (error) {
    return explain(error, progress);
  }
};

const refresh = async (
  options: Options,
  args: readonly string[],
  progress: Progress,
): Promise<number> => {
  if (options.outputFile !== undefined) await requireWritable(options.outputFile);
  const simulated = options.configFile === undefined ? await simulate(options) : undefined;
  const configuration =
    simulated?.configuration ??
    (await readConfiguration(options.configFile ?? '', options, process.env));
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

/** A place that cannot be written to shows itself before the run, not after it. @throws UsageError */
const requireWritable = async (file: string): Promise<void> => {
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
