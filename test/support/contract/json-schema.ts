import * as z from 'zod';
import type { OpenApi, Schema } from './openapi.ts';

/** Who writes the document that is validated: the client its request, the array its reply. */
export type Direction = 'request' | 'reply';

/** Checked as they stand; they mean the same in JSON Schema. */
const ASSERTIONS = [
  ...['type', 'enum', 'format', 'pattern', 'required', 'uniqueItems', 'multipleOf'],
  ...['minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems'],
];
/** They say nothing that could be violated. */
const ANNOTATIONS = ['description', 'title', 'example', 'default', 'deprecated', 'externalDocs'];
/** Handled below. */
const STRUCTURE = ['properties', 'additionalProperties', 'items', 'allOf', 'oneOf', 'readOnly'];
const KNOWN = new Set([...ASSERTIONS, ...ANNOTATIONS, ...STRUCTURE]);

const oneSchema = z.record(z.string(), z.unknown());
const schemaList = z.array(oneSchema);
const schemaMap = z.record(z.string(), oneSchema);
/** A schema deeper than this holds itself. */
const MOST_LEVELS = 30;

/**
 * The JSON Schema for what OpenAPI describes, made stricter in two ways: an object has no property that its schema does
 * not name, and a request has none that is marked `readOnly`. Without `allOf`, whose branches could not see each
 * other's properties.
 */
export const toJsonSchema = (document: OpenApi, schema: Schema, direction: Direction): Schema => {
  const convert = (raw: Schema, above: readonly Schema[]): Schema => {
    const flat = flatten(document, raw, above);
    const within = [...above, raw];
    const { properties, items, oneOf } = flat;
    const made: Record<string, unknown> = {};
    for (const key of ASSERTIONS) if (Object.hasOwn(flat, key)) made[key] = flat[key];
    if (items !== undefined) made['items'] = convert(oneSchema.parse(items), within);
    if (oneOf !== undefined) {
      made['oneOf'] = schemaList.parse(oneOf).map((branch) => convert(branch, within));
    }
    if (properties !== undefined) {
      made['additionalProperties'] = flat['additionalProperties'] ?? false;
      made['properties'] = Object.fromEntries(
        Object.entries(schemaMap.parse(properties)).map(([name, property]) => [
          name,
          direction === 'request' && flatten(document, property, within)['readOnly'] === true
            ? false
            : convert(property, within),
        ]),
      );
    }
    return made;
  };
  return convert(schema, []);
};

/** The schema without `$ref` and `allOf`: what the branches say, taken together. */
const flatten = (document: OpenApi, raw: Schema, above: readonly Schema[]): Schema => {
  const { allOf, ...own } = document.resolve(raw);
  if (above.length > MOST_LEVELS) {
    throw new Error('The contract check follows no schema that holds itself.');
  }
  const unknown = Object.keys(own).find((key) => !KNOWN.has(key));
  if (unknown) throw new Error(`The contract check does not understand the keyword ${unknown}.`);
  return schemaList
    .parse(allOf ?? [])
    .map((branch) => flatten(document, branch, [...above, raw]))
    .reduce(merge, own);
};

const merge = (a: Schema, b: Schema): Schema => {
  const required = [a['required'], b['required']].flatMap((names) => names ?? []);
  const merged: Record<string, unknown> = { ...b, ...a, ...(required.length > 0 && { required }) };
  if (a['properties'] === undefined || b['properties'] === undefined) return merged;
  const [first, second] = [schemaMap.parse(a['properties']), schemaMap.parse(b['properties'])];
  const both: Record<string, Schema> = { ...first, ...second };
  for (const [name, property] of Object.entries(first)) {
    const other = second[name];
    // Both hold: it is read-only, say, if one of them says so.
    if (other !== undefined) both[name] = { allOf: [property, other] };
  }
  return { ...merged, properties: both };
};
