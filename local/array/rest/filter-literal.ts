import { refuse } from './errors.ts';
import type { Json } from './json.ts';

/** A value in a filter. */
export interface Literal {
  /** The value without quotes and escapes. */
  readonly text: string;
  /** For values with a `*` that is not escaped: zero or more characters. */
  readonly pattern: Pattern | null;
}

interface Pattern {
  readonly exact: RegExp;
  readonly ignoringCase: RegExp;
}

/** Reads what stood between quotes: a backslash takes the next character as it is. */
export function readQuoted(raw: string): Literal {
  if (!/[\\*]/.test(raw)) return readPlain(raw);
  const characters = [...raw.matchAll(/\\(.)|([^\\])/gs)].map(([, escaped, plain]) => ({
    character: escaped ?? plain ?? '',
    isWildcard: plain === '*',
  }));
  const text = characters.map(({ character }) => character).join('');
  if (!characters.some(({ isWildcard }) => isWildcard)) return { text, pattern: null };
  const source = characters
    .map(({ character, isWildcard }) => (isWildcard ? '.*' : RegExp.escape(character)))
    .join('');
  const pattern = {
    exact: new RegExp(`^${source}$`, 's'),
    ignoringCase: new RegExp(`^${source}$`, 'is'),
  };
  return { text, pattern };
}

export const readPlain = (text: string): Literal => ({ text, pattern: null });

export const operators = ['=', '!=', '<', '<=', '>', '>='] as const;
export type Operator = (typeof operators)[number];

const byOrder: Record<Operator, (order: number) => boolean> = {
  '=': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

/**
 * Compares a field with a literal, by the type of the field. An absent value is unequal to everything, and neither
 * smaller nor larger than anything.
 */
export function compare(
  value: Json | undefined,
  operator: Operator,
  literal: Literal,
  ignoreCase: boolean,
): boolean {
  if (value === null || value === undefined) return operator === '!=';
  if (typeof value === 'object') throw refuse('A filter cannot compare a field that has fields.');
  if (typeof value === 'number') {
    const number = literal.text === '' ? Number.NaN : Number(literal.text);
    if (Number.isNaN(number)) throw refuse(`The filter compares a number with '${literal.text}'.`);
    return byOrder[operator](value - number);
  }
  const isEquality = operator === '=' || operator === '!=';
  if (literal.pattern !== null && isEquality) {
    const pattern = ignoreCase ? literal.pattern.ignoringCase : literal.pattern.exact;
    return pattern.test(String(value)) === (operator === '=');
  }
  const fold = (text: string) => (ignoreCase ? text.toLowerCase() : text);
  const [left, right] = [fold(String(value)), fold(literal.text)];
  return byOrder[operator](left < right ? -1 : Number(left > right));
}
