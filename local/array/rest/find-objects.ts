import type { ArrayStore } from '../store/array-store.ts';
import type { Call } from './call.ts';
import { ArrayError, refuse } from './errors.ts';
import type { Identified, Kind } from './kinds.ts';

/** How a request asks for objects: `names` and `ids`, or with something before, as in `group_names`. */
export type Prefix =
  | ''
  | 'group_'
  | 'member_'
  | 'resource_'
  | 'source_'
  | 'volume_'
  | 'host_'
  | 'host_group_';

/** Finds objects by name or id. The error has one entry for each that does not exist. */
export function findObjects<T extends Identified>(
  array: ArrayStore,
  kind: Kind<T>,
  by: 'name' | 'id',
  references: readonly string[],
): T[] {
  const table = kind.tableOf(array);
  const found = references.map((reference) => ({
    reference,
    object: by === 'name' ? table.named(reference) : table.withId(reference),
  }));
  const lost = found.filter(({ object }) => object === undefined);
  if (lost.length > 0) {
    const entries = lost.map(({ reference }) => ({ context: reference, message: kind.missing }));
    throw new ArrayError(400, entries);
  }
  return [...new Set(found.flatMap(({ object }) => object ?? []))];
}

/** Finds what `names` or `ids` ask for, whichever is set; undefined where neither is. */
export function findAsked<T extends Identified>(
  array: ArrayStore,
  kind: Kind<T>,
  call: Call,
  prefix: Prefix,
): T[] | undefined {
  const names = call.query.list(`${prefix}names`);
  const ids = call.query.list(`${prefix}ids`);
  if (names !== undefined && ids !== undefined) {
    throw refuse(`${prefix}names and ${prefix}ids cannot be set together.`);
  }
  if (names !== undefined) return findObjects(array, kind, 'name', names);
  if (ids !== undefined) return findObjects(array, kind, 'id', ids);
  return undefined;
}

/** As `findAsked`, for requests that have to ask for something. */
export function findRequired<T extends Identified>(
  array: ArrayStore,
  kind: Kind<T>,
  call: Call,
  prefix: Prefix,
): T[] {
  const found = findAsked(array, kind, call, prefix);
  if (found === undefined) throw refuse(`${prefix}names is required.`);
  return found;
}
