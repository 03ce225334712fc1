import { isError, splitMessage } from '../refresh/errors.ts';
import { nameKey } from '../refresh/naming.ts';
import type { Going, Left } from '../refresh/retention.ts';
import type { Arrays } from './arrays.ts';
import type { FlashArray } from './ports.ts';

/** What has become of the snapshots that were to go. */
export interface Destroyed {
  readonly left: readonly Left[];
  readonly warnings: readonly string[];
}

/**
 * Destroys snapshots with their replicas; nothing is eradicated. A replica goes first: without its origin nobody could
 * prove any more whose it is.
 * @param isOver whether there is no time for another request
 */
export const destroyOlder = async (
  going: readonly Going[],
  { source, target }: Arrays,
  isOver: () => boolean,
): Promise<Destroyed> => {
  const replicas = going.flatMap(({ replica }) => replica ?? []);
  const onTarget = await destroy(target, replicas, isOver);
  const kept = new Set(onTarget.map(({ name }) => nameKey(name)));
  const waits = going.filter(({ replica }) => replica !== undefined && kept.has(nameKey(replica)));
  const onSource = await destroy(
    source,
    going.filter((one) => !waits.includes(one)).map(({ snapshot }) => snapshot),
    isOver,
  );
  const refused = [...onTarget, ...onSource];
  const [first] = refused;
  return {
    left: [
      ...refused,
      ...waits.map(({ snapshot, replica }) => ({
        name: snapshot,
        reason: `it stays as long as its replica "${replica}" does`,
      })),
    ],
    warnings: first
      ? [
          `${refused.length === 1 ? 'An older snapshot' : `${refused.length} older snapshots`} of the source could not be destroyed; the next run tries again. "${first.name}": ${first.reason}`,
        ]
      : [],
  };
};

/** @returns those that are not seen destroyed afterwards, whatever the array has answered */
const destroy = async (
  array: FlashArray,
  names: readonly string[],
  isOver: () => boolean,
): Promise<Left[]> => {
  if (names.length === 0) return [];
  const refusals = await ask(array, names, isOver);
  const found = await array.groupSnapshotsNamed(names);
  const destroyed = new Set(found.flatMap((one) => (one.destroyed ? [nameKey(one.name)] : [])));
  return names
    .filter((name) => !destroyed.has(nameKey(name)))
    .map((name) => ({ name, reason: refusals.get(nameKey(name)) ?? NOT_DONE }));
};

const NOT_DONE = 'there was no time left, or the array does not list it any more';

/**
 * Asks for all at once, and where the array refuses that because of one of them, for each alone. After no answer at all
 * nothing more is asked.
 * @returns why, by `nameKey`, of those that were asked for in vain
 */
const ask = async (
  array: FlashArray,
  names: readonly string[],
  isOver: () => boolean,
): Promise<ReadonlyMap<string, string>> => {
  const refusals = new Map<string, string>();
  const requests = [names, ...(names.length > 1 ? names.map((name) => [name]) : [])];
  for (const request of requests) {
    if (isOver()) break;
    try {
      await array.destroySnapshots(request);
      if (request === names) break;
    } catch (error) {
      const { message } = splitMessage(error instanceof Error ? error.message : String(error));
      for (const name of request) refusals.set(nameKey(name), message);
      if (!ANSWERED.some((name) => isError(error, name))) break;
    }
  }
  return refusals;
};

const ANSWERED = ['ArrayRequestRefused', 'ArrayObjectNotFound'] as const;
