import { isList, isObject, type Json, type JsonObject } from './json.ts';

/** One step of a dotted field: a name, with `[any]` or `[all]` where a list is looked into. */
interface Step {
  readonly name: string;
  readonly index: 'any' | 'all' | null;
}

export interface FieldValues {
  readonly values: readonly (Json | undefined)[];
  /** Whether one of the values has to fit, or each: `list[any].x` and `list[all].x`. */
  readonly quantifier: 'some' | 'every';
}

export type FieldReader = (item: JsonObject) => FieldValues;

/** Reads a dotted field of any number of items. A list without `[any]` or `[all]` is one value. */
export function fieldReader(field: string): FieldReader {
  const steps = stepsOf(field);
  const quantifier = steps.some(({ index }) => index === 'all') ? 'every' : 'some';
  return (item) => {
    let values: (Json | undefined)[] = [item];
    for (const { name, index } of steps) {
      values = values.map((value) => (isObject(value) ? value[name] : undefined));
      if (index !== null) values = values.flatMap((value) => (isList(value) ? value : []));
    }
    return { values, quantifier };
  };
}

/** Whether there is anything in a field. A reference to nothing is an object with nothing in it. */
export const isPresent = ({ values }: FieldValues): boolean =>
  values.some((value) =>
    isObject(value)
      ? Object.values(value).some((part) => part !== null)
      : value !== null && value !== undefined,
  );

/** Whether items that look like this one have the field. Below an absent value anything may be. */
export function hasField(item: JsonObject, field: string): boolean {
  let value: Json | undefined = item;
  for (const { name, index } of stepsOf(field)) {
    if (value === null || value === undefined) return true;
    if (!isObject(value) || !Object.hasOwn(value, name)) return false;
    value = value[name];
    if (index !== null) value = isList(value) ? value[0] : undefined;
  }
  return true;
}

function stepsOf(field: string): Step[] {
  return field.split('.').map((part) => {
    const [, name = part, index] = /^(\w+)\[(any|all)\]$/.exec(part) ?? [];
    return { name, index: index === 'any' || index === 'all' ? index : null };
  });
}
