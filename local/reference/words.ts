import type { Node } from './keys.ts';

const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: '`true` or `false`',
  integer: 'whole number',
  number: 'number',
  object: 'object',
};

/** Where a heading of the page is. */
const anchorOf = (title: string): string => `#${title.toLowerCase().replaceAll(' ', '-')}`;

/** What a value is. */
export const typeOf = (node: Node): string => {
  if (node.title !== undefined) return `[${node.title.toLowerCase()}](${anchorOf(node.title)})`;
  if (node.enum) return node.enum.map((value) => code(String(value))).join(' or ');
  if (node.anyOf) return [...new Set(node.anyOf.map(typeOf))].join(' or ');
  if (node.type === 'array') return `list of ${manyOf(node.items ?? {})}`;
  if (node.additionalProperties) return `object of ${manyOf(node.additionalProperties)}`;
  return WORDS[node.type ?? ''] ?? 'any value';
};

const manyOf = (node: Node): string =>
  typeOf(node)
    .replace(/^list of/, 'lists of')
    .replace(/^object/, 'objects')
    .replace(/^any value$/, 'any values');

/** What bounds a value, and the entries of a list and the names in an object. */
export const boundsOf = (node: Node): string[] => {
  const { minimum, maximum, minLength, maxLength, minItems, maxItems, format, pattern } = node;
  // A format says it in words, where its pattern is long.
  const shape = FORMATS[format ?? ''] ?? (pattern === undefined ? undefined : code(pattern));
  return [
    ...range(minimum, maximum, ''),
    ...range(minLength, maxLength, ' characters'),
    ...range(minItems, maxItems, ' entries'),
    ...(shape === undefined ? [] : [shape]),
    ...(node.allOf ?? []).flatMap(boundsOf),
    ...either(node.anyOf ?? []),
    ...(node.items ? boundsOf(node.items).map((bound) => `each ${bound}`) : []),
    ...(node.propertyNames ? boundsOf(node.propertyNames).map((bound) => `names ${bound}`) : []),
  ];
};

const FORMATS: Readonly<Record<string, string>> = {
  ipv4: 'an IPv4 address',
  cidrv4: 'a block of them',
  email: 'an address for mails',
};

const either = (choices: readonly Node[]): string[] => {
  const bounds = [...new Set(choices.flatMap(boundsOf))];
  return bounds.length === 0 ? [] : [bounds.join(' or ')];
};

const range = (least: number | undefined, most: number | undefined, unit: string): string[] => {
  // As far as a number can be told exactly is no bound.
  const from = least === Number.MIN_SAFE_INTEGER ? undefined : least;
  const to = most === Number.MAX_SAFE_INTEGER ? undefined : most;
  if (from === undefined && to === undefined) return [];
  if (from === undefined) return [`at most ${to}${unit}`];
  if (to === undefined)
    return [from === 1 && unit !== '' ? 'not empty' : `at least ${from}${unit}`];
  return [`${from} to ${to}${unit}`];
};

/** A value that stands in for one that is not given. */
export const defaultOf = (node: Node, isRequired: boolean): string => {
  if (isRequired) return 'required';
  return node.default === undefined ? '' : code(JSON.stringify(node.default));
};

/** In a table even code must not have a bar. */
const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``;
