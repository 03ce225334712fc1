import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { demoState } from './demo.ts';
import { NEWEST_VERSION, parseVersion } from './rest/versions.ts';
import type { SimulatorOptions } from './simulator.ts';
import { parseStateFile, type StateFile } from './state-file.ts';

const MAX_PORT = 65_535;
const MAX_LATENCY_MS = 600_000;

/** Reads the command line of the simulator (design §8). Rejects with what is wrong with it, in words for the user. */
export async function readOptions(args: string[]): Promise<SimulatorOptions> {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string', default: '0' },
      state: { type: 'string' },
      latency: { type: 'string', default: '0' },
      'rest-version': { type: 'string', default: NEWEST_VERSION },
    },
  });
  parseVersion(values['rest-version']);
  return {
    state: values.state === undefined ? demoState : await readState(values.state),
    port: readCount('--port', values.port, MAX_PORT),
    latencyMs: readCount('--latency', values.latency, MAX_LATENCY_MS),
    restVersion: values['rest-version'],
  };
}

function readCount(option: string, text: string, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= most) return value;
  throw new RangeError(`${option} takes a whole number up to ${most}, not '${text}'`);
}

async function readState(file: string): Promise<StateFile> {
  try {
    return parseStateFile(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : error}`);
  }
}
