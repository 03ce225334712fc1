import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { demoState } from '../local/array/demo.ts';
import { parseVersion } from '../local/array/rest/versions.ts';
import { type SimulatorOptions, startSimulator } from '../local/array/simulator.ts';
import { parseStateFile } from '../local/array/state-file.ts';

const USAGE = 'npm run simulator -- [--port N] [--state FILE] [--latency MS] [--rest-version 2.N]';

/** Reads the command line. Throws whatever is wrong with it, in words for the user. */
async function readOptions(args: string[]): Promise<SimulatorOptions> {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string', default: '0' },
      state: { type: 'string' },
      latency: { type: 'string', default: '0' },
      'rest-version': { type: 'string', default: '2.56' },
    },
  });
  parseVersion(values['rest-version']);
  return {
    state: values.state === undefined ? demoState : await readState(values.state),
    port: readCount('--port', values.port, 65_535),
    latencyMs: readCount('--latency', values.latency, 600_000),
    restVersion: values['rest-version'],
  };
}

function readCount(option: string, text: string, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= most) return value;
  throw new RangeError(`${option} takes a whole number up to ${most}, not '${text}'`);
}

async function readState(file: string) {
  try {
    return parseStateFile(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : error}`);
  }
}

try {
  const simulator = await startSimulator(await readOptions(process.argv.slice(2)));
  const stop = async () => {
    await simulator.stop();
    process.exit(0);
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  console.log(JSON.stringify({ arrays: simulator.arrays, admin: simulator.admin }));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(USAGE);
  process.exitCode = 2;
}
