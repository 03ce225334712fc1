import { fileURLToPath } from 'node:url';
import { readConfiguration } from '../../local/command-line/configuration.ts';
import { Interruption } from '../../local/command-line/interruption.ts';
import { readOptions } from '../../local/command-line/options.ts';
import { Progress } from '../../local/command-line/progress.ts';
import { type Ended, runRefresh } from '../../local/command-line/run.ts';

export interface DatabaseRun {
  /** Where the simulated database is that takes the place of the one in the file. */
  readonly url: string;
  /** As on the command line. */
  readonly args: readonly string[];
  /** Reads what is shown; can send a signal. */
  readonly watch: (text: string, interruption: Interruption) => void;
}

/** Nothing that it would wait for comes late here. */
class Hasty extends Interruption {
  override readonly wait = async (): Promise<void> => {};
}

/** A run as the command line makes it, on a simulated database that was there before and outlives it. */
export const runOnDatabase = async ({ url, args, watch }: DatabaseRun): Promise<Ended> => {
  const options = readOptions(args, { REFRESH_RETRY_SCALE: '0' });
  const configuration = await readConfiguration(options.configFile ?? '', options, {});
  const interruption: Interruption = new Hasty({
    say: (text) => watch(text, interruption),
    exit: (code) => process.exit(code),
    recovering: () => '',
    waitForHook: async () => {},
    now: () => performance.now(),
  });
  const { database } = configuration;
  return runRefresh({
    options,
    configuration: { ...configuration, database: database && { ...database, simulator: url } },
    progress: new Progress({ write: (text) => watch(text, interruption) }),
    interruption,
  });
};

export const entry = fileURLToPath(import.meta.url);

// As a process of its own, which can be killed.
if (process.argv[1] === entry) {
  const [url = '', ...args] = process.argv.slice(2);
  await runOnDatabase({ url, args, watch: (text) => process.stderr.write(text) });
}
