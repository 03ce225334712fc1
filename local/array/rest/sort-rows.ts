import { refuse } from './errors.ts';
import { fieldReader } from './field-path.ts';
import type { Row } from './filter.ts';
import type { Json } from './json.ts';

export interface SortKey {
  readonly field: string;
  readonly descending: boolean;
}

/** Reads `name,created-`: a minus behind a field turns its order round. */
export function parseSort(keys: readonly string[]): SortKey[] {
  return keys.map((key) => {
    const [, field, minus] = /^([a-z]+(?:[_.][a-z]+)*)(-?)$/.exec(key) ?? [];
    if (field === undefined) throw refuse(`The simulator cannot sort by '${key}'.`, key);
    return { field, descending: minus === '-' };
  });
}

export function sortRows<R extends Row>(rows: readonly R[], keys: readonly SortKey[]): R[] {
  const readers = keys.map(({ field, descending }) => ({ read: fieldReader(field), descending }));
  return rows.toSorted((left, right) => {
    for (const { read, descending } of readers) {
      const order = compareValues(read(left.item).values[0], read(right.item).values[0]);
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  });
}

/** Absent values come first. Values of one field are of one type. */
function compareValues(left: Json | undefined, right: Json | undefined): number {
  const [a, b] = [left ?? '', right ?? ''];
  return a < b ? -1 : Number(a > b);
}
