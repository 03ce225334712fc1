import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorKind, joinMessage, RefreshError } from '../../lambda/refresh/errors.ts';
import { recordOf } from '../../lambda/refresh/manifest.ts';
import { FunctionError } from '../local-function.ts';
import { readConfiguration } from './configuration.ts';
import { Interruption } from './interruption.ts';
import { type Options, readOptions, USAGE, UsageError } from './options.ts';
import { Progress } from './progress.ts';
import { executingCommand, reportRun } from './report.ts';
import type { Ended } from './run.ts';
import type { SimulatedArray } from './simulated-array.ts';

const SUCCESS = 0;
const FAILURE = 1;
const USAGE_ERROR = 2;
const MIXED = 3;

/** The command line. Results go to standard output, progress and errors to standard error. @returns the exit code */
export const main = async (args: readonly string[]): Promise<number> => {
  const progress = new Progress(process.stderr);
  try {
    const options = readOptions(args, process.env);
    if (options.help) {
      console.log(USAGE);
      return SUCCESS;
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
  if (simulated) progress.say('On a simulated array; name a real one with -f.');

  const interruption = new Interruption(
    (text) => progress.warn(text),
    (code) => process.exit(code),
  );
  process.on('SIGINT', interruption.signal).on('SIGTERM', interruption.signal);
  try {
    const { runRefresh } = await import('./run.ts');
    const ended = await runRefresh({ options, configuration, progress, interruption });
    show(ended, options, args, simulated);
    return exitCode(ended, interruption);
  } finally {
    process.off('SIGINT', interruption.signal).off('SIGTERM', interruption.signal);
    await simulated?.stop();
  }
};

/** Simulator and flow are loaded when they are needed: help and mistakes are told at once. */
const simulate = async (options: Options): Promise<SimulatedArray> => {
  const { simulateArray } = await import('./simulated-array.ts');
  return simulateArray(options);
};

const show = (
  { manifest, path, result }: Ended,
  { json }: Options,
  args: readonly string[],
  simulated?: SimulatedArray,
): void => {
  if (!manifest) {
    const reason = result.status === 'FAILED' ? ` ${result.error}: ${result.cause}` : '';
    console.error(`The run failed, and not even that could be recorded.${reason}`);
  } else if (json) {
    console.log(JSON.stringify(manifest, null, 2));
  } else {
    console.log(`\n${reportRun(manifest)}`);
    if (simulated && manifest.status === 'SUCCEEDED')
      console.log(`\n${simulated.compare(manifest)}`);
    if (manifest.status === 'PLANNED')
      console.log(`\nThis executes it:\n  ${executingCommand(args, manifest)}`);
    console.log(`\nManifest  ${path}`);
  }
};

const exitCode = ({ manifest, overwriteBegun }: Ended, interruption: Interruption): number => {
  if (!manifest) return overwriteBegun ? MIXED : FAILURE;
  if (manifest.target === 'mixed') return MIXED;
  if (manifest.error) return codeOf(manifest.error.name);
  return interruption.requested ? FAILURE : SUCCESS;
};

const codeOf = (errorName: string): number =>
  errorKind(errorName) === 'input' ? USAGE_ERROR : FAILURE;

/** An error from before the run, or of the start function. */
const explain = (error: unknown, progress: Progress): number => {
  if (error instanceof UsageError) {
    progress.say(`${error.message}\n(npm start -- --help shows the options.)`);
    return USAGE_ERROR;
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
  return FAILURE;
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
