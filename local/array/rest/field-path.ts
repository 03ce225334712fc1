import { isObject, type Json, type JsonObject } from './json.ts';

export interface FieldValues {
  readonly values: readonly (Json | undefined)[];
  /** Whether one of the values has to fit, or each: `list[any].x` and `list[all].x`. */
  readonly quantifier: 'some' | 'every';
}

/** Reads a dotted field. A list without `[any]` or `[all]` is one value. */
export function readField(item: JsonObject, field: string): FieldValues {
  let values: unknown[] = [item];
  let quantifier: FieldValues['quantifier'] = 'some';
  for (const part of field.split('.')) {
    const [, name = '', index] = /^(\w+)(?:\[(any|all)\])?$/i.exec(part) ?? [];
    values = values.map((value) => (isObject(value) ? value[name] : undefined));
    if (index === undefined) continue;
    values = values.flatMap((value) => (Array.isArray(value) ? value : []));
    if (index.toLowerCase() === 'all') quantifier = 'every';
  }
  return { values: values.filter(isJson), quantifier };
}

/** Whether there is anything in the field. */
export const fieldExists = (item: JsonObject, field: string): boolean =>
  readField(item, field).values.some(
    (value) =>
      value !== null &&
      value !== undefined &&
      // A reference to nothing is an object with nothing in it.
      !(isObject(value) && Object.values(value).every((part) => part === null)),
  );

/** Items are made of JSON, so their parts are. */
const isJson = (_value: unknown): _value is Json | undefined => true;
