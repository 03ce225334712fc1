import { parseArgs } from 'node:util';
import { parseVersion } from '../array/rest/versions.ts';
import { UsageError } from '../command-line/options.ts';

/** What is measured: each number of volumes on each version at each latency. */
export interface Options {
  readonly volumes: readonly number[];
  /** Newest REST version of the array, such as `2.56`. */
  readonly rest: readonly string[];
  /** Milliseconds that every request to the array takes longer. */
  readonly latency: readonly number[];
  /** Measured runs of each; some that are not measured precede them. */
  readonly runs: number;
  readonly json: boolean;
  readonly help: boolean;
}

/** The array answers with a thousand objects a page: beyond that, the script sends more than 12 + 3n requests. */
const MOST_VOLUMES = 1_000;

export const USAGE = `Usage: npm run bench -- [options]

Measures whole refreshes on a simulated array, and beside them the requests of the Python script on the same array.
All of it takes about eleven minutes.

  --volumes N,…     volumes of each group, 1 to ${MOST_VOLUMES} (default: 4,16,64,256)
  --rest 2.N,…      REST versions of the array (default: 2.26,2.56)
  --latency MS,…    milliseconds that every request takes longer (default: 0,20)
  --runs N          measured runs of each, of which the median counts (default: 5)
  --json            print the figures as JSON and nothing else
  --help            show this

Exit codes: 0 measured; 1 a run failed, or its copy was wrong; 2 bad options.`;

/** @throws UsageError */
export const readOptions = (args: readonly string[]): Options => {
  const { volumes, rest, latency, runs, json, help } = parse(args);
  return {
    // Each once: an array has no two groups of one name.
    volumes: [
      ...new Set(list(volumes).map((text) => readNumber('--volumes', text, 1, MOST_VOLUMES))),
    ],
    rest: list(rest).map(readVersion),
    latency: list(latency).map((text) => readNumber('--latency', text, 0, 10_000)),
    runs: readNumber('--runs', runs, 1, 100),
    json,
    help,
  };
};

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        volumes: { type: 'string', default: '4,16,64,256' },
        rest: { type: 'string', default: '2.26,2.56' },
        latency: { type: 'string', default: '0,20' },
        runs: { type: 'string', default: '5' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
};

const list = (text: string): string[] => text.split(',').map((part) => part.trim());

const readNumber = (option: string, text: string, least: number, most: number): number => {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) return number;
  throw new UsageError(`${option} is "${text}"; it must be a whole number of ${least} to ${most}.`);
};

const readVersion = (text: string): string => {
  try {
    parseVersion(text);
    return text;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
};
