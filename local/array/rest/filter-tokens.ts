import { refuse } from './errors.ts';

/** One token of a filter. `text` of a string is what lies between its quotes, escapes still in it. */
export interface Token {
  readonly kind: 'string' | 'number' | 'word' | 'symbol';
  readonly text: string;
}

const TOKEN =
  /\s*(?:'(?<single>(?:[^'\\]|\\.)*)'|"(?<double>(?:[^"\\]|\\.)*)"|(?<number>-?\d+(?:\.\d+)?)|(?<word>[a-z_]\w*(?:\[(?:any|all)\])?(?:\.\w+(?:\[(?:any|all)\])?)*)|(?<symbol>!=|<=|>=|[=<>(),]))\s*/iy;

/** Cuts a filter into tokens. */
export function tokenizeFilter(filter: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let end = 0; end < filter.length; end = TOKEN.lastIndex) {
    const groups = TOKEN.exec(filter)?.groups;
    if (groups === undefined) {
      throw refuse(`The filter cannot be read at '${filter.slice(end)}'.`, filter);
    }
    tokens.push(toToken(groups));
  }
  return tokens;
}

function toToken(groups: Record<string, string | undefined>): Token {
  const string = groups['single'] ?? groups['double'];
  if (string !== undefined) return { kind: 'string', text: string };
  if (groups['number'] !== undefined) return { kind: 'number', text: groups['number'] };
  if (groups['word'] !== undefined) return { kind: 'word', text: groups['word'] };
  return { kind: 'symbol', text: groups['symbol'] ?? '' };
}
