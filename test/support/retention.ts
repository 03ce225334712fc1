import type { StateFile } from '../../local/array/simulator.ts';
import { databases, group, volume } from './databases.ts';
import { type ArrayReport, copiedSnapshots, type RunReport } from './run-report.ts';
import type { World } from './world.ts';

/** The state with snapshots of a group that somebody has made by hand. */
export const withSnapshots = (
  state: StateFile,
  group: string,
  suffixes: readonly string[],
): StateFile => ({
  arrays: state.arrays.map((array) => ({
    ...array,
    protection_groups: (array.protection_groups ?? []).map((given) =>
      given.name === group
        ? { ...given, snapshots: suffixes.map((suffix) => ({ suffix })) }
        : given,
    ),
  })),
});

/** Made by hand: one that fits the template to the letter, a beginning of it, more than it, and another case. */
export const FOREIGN = ['run-900', 'run', 'run-1x', 'RUN-901'];

const safe = [volume('safe-data', 10)];
const qa = [volume('qa-data', 10)];
/** The database with foreign snapshots, and beside it a group under SafeMode and one more to copy onto. */
export const amongForeign = withSnapshots(
  databases({
    volumes: [...safe, ...qa],
    protection_groups: [
      { ...group('safe-pg', safe), retention_lock: 'ratcheted' },
      group('qa-pg', qa),
    ],
  }),
  'prd-pg',
  FOREIGN,
);

/** Runs a refresh so many times, one after the other. */
export const runMany = async (
  world: World,
  count: number,
  refresh = 'nightly',
): Promise<RunReport[]> => {
  const reports: RunReport[] = [];
  for (let index = 0; index < count; index++) reports.push(await world.run(refresh));
  return reports;
};

/** Names of the snapshots on an array that are no guards, and not destroyed. */
export const liveSnapshots = (array: ArrayReport): string[] => {
  const live = new Set(array.snapshots.flatMap(({ name, destroyed }) => (destroyed ? [] : [name])));
  return copiedSnapshots(array)
    .filter((name) => live.has(name))
    .sort();
};

/** What a run has asked to be destroyed of the source's snapshots, and of their replicas. */
export const askedToDestroy = ({ requests }: RunReport): string[] =>
  requests
    .filter(
      ({ method, path }) => method === 'PATCH' && path.endsWith('/protection-group-snapshots'),
    )
    .filter(({ body }) => JSON.stringify(body) === '{"destroyed":true}')
    .flatMap(({ query }) => String(query['names']).split(','))
    .filter((name) => !/\.(?:before|restored)-/.test(name));

/** Requests that eradicate something. */
export const eradications = ({ requests }: RunReport): string[] =>
  requests.flatMap(({ method, path }) => (method === 'DELETE' ? [path] : []));
