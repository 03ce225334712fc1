import type { StateFile } from '../../local/array/simulator.ts';
import { type ArrayReport, copiedSnapshots, type RunReport } from './run-report.ts';

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
