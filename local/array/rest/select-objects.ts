import type { Resource } from '../store/model.ts';
import type { Table } from '../store/table.ts';
import type { Call } from './call.ts';
import { ArrayError } from './errors.ts';
import { refuseBoth } from './query.ts';

/** Finds objects by name; the error has one entry per name that does not exist. */
export function findNamed<T extends { id: string; name: string }>(
  table: Table<T>,
  names: readonly string[],
  missing: string,
): T[] {
  return findAll(names, (name) => table.named(name), missing);
}

/** Finds objects by id, as `findNamed` does by name. */
export function findWithIds<T extends { id: string; name: string }>(
  table: Table<T>,
  ids: readonly string[],
  missing: string,
): T[] {
  return findAll(ids, (id) => table.withId(id), missing);
}

function findAll<T>(
  references: readonly string[],
  find: (reference: string) => T | undefined,
  missing: string,
): T[] {
  const found = [...new Set(references)].map((reference) => ({
    reference,
    object: find(reference),
  }));
  const lost = found.filter(({ object }) => object === undefined);
  if (lost.length > 0) {
    throw new ArrayError(
      400,
      lost.map(({ reference }) => ({ context: reference, message: missing })),
    );
  }
  return found.flatMap(({ object }) => object ?? []);
}

/** Finds what `names` or `ids` ask for, whichever is set; undefined where neither is. */
export function findAsked<T extends { id: string; name: string }>(
  table: Table<T>,
  call: Call,
  parameters: { names: string; ids: string },
  missing: string,
): T[] | undefined {
  refuseBoth(call.query, parameters.names, parameters.ids);
  const names = call.query.list(parameters.names);
  const ids = call.query.list(parameters.ids);
  if (names !== undefined) return findNamed(table, names, missing);
  if (ids !== undefined) return findWithIds(table, ids, missing);
  return undefined;
}

/**
 * The objects that a GET lists: by `names` (with `*` for any characters) or `ids`, or all; then by `destroyed`. An
 * object asked for by name that is not in the state asked for counts as missing, as the Ansible collection relies on.
 */
export function selectObjects<T extends Resource>(
  table: Table<T>,
  call: Call,
  missing: string,
  expand: (name: string) => T[] | undefined = () => undefined,
): T[] {
  const { query } = call;
  refuseBoth(query, 'names', 'ids');
  const destroyed = query.flag('destroyed');
  const fits = (object: T) =>
    destroyed === undefined || (object.destroyedAt !== null) === destroyed;
  const ids = query.list('ids');
  if (ids !== undefined)
    return findAll(
      ids,
      live(fits, (id) => table.withId(id)),
      missing,
    );
  const names = query.list('names');
  if (names === undefined) return table.all().filter(fits);
  const many = names.map((name) => (name.includes('*') ? matching(table, name) : expand(name)));
  const single = names.filter((_, index) => many[index] === undefined);
  const found = findAll(
    single,
    live(fits, (name) => table.named(name)),
    missing,
  );
  return [...new Set([...found, ...many.flatMap((objects) => objects ?? []).filter(fits)])];
}

const live =
  <T>(fits: (object: T) => boolean, find: (reference: string) => T | undefined) =>
  (reference: string) => {
    const object = find(reference);
    return object !== undefined && fits(object) ? object : undefined;
  };

function matching<T extends Resource>(table: Table<T>, name: string): T[] {
  const source = name.split('*').map(RegExp.escape).join('.*');
  const pattern = new RegExp(`^${source}$`, 'i');
  return table.all().filter((object) => pattern.test(object.name));
}
