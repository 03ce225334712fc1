import { availableParallelism } from 'node:os';
import { table } from '../command-line/table.ts';
import type { Comparison } from './measure.ts';

const MIB = 2 ** 20;
const HEAD = [
  ...['REST', 'Latency', 'Volumes', 'Requests', 'by script', 'Time', 'by script', 'Times'],
  ...['Mixed', 'by script', 'Memory'],
];

/** The figures for people. */
export const reportTable = (comparisons: readonly Comparison[]): string =>
  table(
    HEAD,
    comparisons.map(({ restVersion, latencyMs, volumes, refresh, script, ratio }) => [
      restVersion,
      `${latencyMs} ms`,
      String(volumes),
      String(refresh.requests),
      String(script.requests),
      seconds(refresh.ms),
      seconds(script.ms),
      ratio.toFixed(1),
      seconds(refresh.mixedMs),
      seconds(script.mixedMs),
      `${Math.round(refresh.peakBytes / MIB)} MiB`,
    ]),
    { right: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] },
  );

/** What the columns mean, and where it was measured. */
export const legend = (runs: number): string =>
  `A refresh, and beside it what the Python script sends, one request after the other, on an array that is alike.
Time     from the entering of the first state to the write of the manifest, in a process that is warm; the median of ${runs}.
         Of the script: from the first request to the answer to the last tag.
Times    as long as the refresh takes the script.
Mixed    from the first overwrite that the array carries out to the last one: a part of the volumes is new. 0: one request.
Memory   the most that the process held at any request of a refresh: array, S3 and state machine are in it as well.
${surroundings()}`;

/** The figures for programs. */
export const reportJson = (comparisons: readonly Comparison[], runs: number): string =>
  JSON.stringify(
    { node: process.version, cores: availableParallelism(), runs, comparisons },
    null,
    2,
  );

const surroundings = () =>
  `Measured with Node ${process.version} on ${availableParallelism()} cores.`;

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`;
