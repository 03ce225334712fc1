import { fieldReader } from './field-path.ts';
import type { Row } from './filter.ts';
import { isObject, type Json, type JsonObject } from './json.ts';

/** The `total` of a list: one row that looks like an item, with the sums in it and nothing else. */
export function sumFields(rows: readonly Row[], fields: readonly string[]): JsonObject[] {
  const [first] = rows;
  if (first === undefined) return [];
  const fill = (value: Json | undefined, path: string): Json => {
    if (fields.includes(path)) return sum(rows, path);
    if (!isObject(value)) return null;
    return fillAll(value, `${path}.`);
  };
  const fillAll = (value: JsonObject, prefix: string): JsonObject =>
    Object.fromEntries(
      Object.entries(value).map(([name, part]) => [name, fill(part, prefix + name)]),
    );
  return [fillAll(first.item, '')];
}

function sum(rows: readonly Row[], path: string): number {
  const read = fieldReader(path);
  return rows.reduce((total, { item }) => {
    const value = read(item).values[0];
    return total + (typeof value === 'number' ? value : 0);
  }, 0);
}
