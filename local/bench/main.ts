import { EXIT } from '../command-line/exit-codes.ts';
import { UsageError } from '../command-line/options.ts';
import { type Options, readOptions, USAGE } from './options.ts';

/** Measures and reports: figures to standard output, all else to standard error. @returns the exit code */
export const main = async (args: readonly string[]): Promise<number> => {
  try {
    const options = readOptions(args);
    if (options.help) {
      console.log(USAGE);
      return EXIT.success;
    }
    return await measure(options);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n(npm run bench -- --help shows the options.)`);
    return EXIT.usage;
  }
};

const measure = async (options: Options): Promise<number> => {
  // Loaded when they are needed: help and mistakes are told at once.
  const { findAssembly } = await import('../assembly.ts');
  const { readStack } = await import('../template.ts');
  const { compareAll } = await import('./measure.ts');
  const { legend, reportJson, reportTable } = await import('./report.ts');
  const assembly = await findAssembly(() => console.error('Synthesizing the stack …'));
  const comparisons = await compareAll(await readStack(assembly), options, console.error);
  console.log(
    options.json
      ? reportJson(comparisons, options.runs)
      : `${reportTable(comparisons)}\n${legend(options.runs)}`,
  );
  const isRight = comparisons.every(({ refresh, script }) => refresh.isRight && script.isRight);
  if (!isRight) console.error('A COPY WAS WRONG.');
  return isRight ? EXIT.success : EXIT.failure;
};
