import type { Tag } from '../store/model.ts';
import { refuse } from './errors.ts';
import { type FieldReader, fieldReader, isPresent } from './field-path.ts';
import { compare, type Literal, operators, readPlain, readQuoted } from './filter-literal.ts';
import { type Token, tokenizeFilter } from './filter-tokens.ts';
import { isList, type JsonObject } from './json.ts';

/** An item of a list, with the tags that `tags()` looks at where it can have any. */
export interface Row {
  readonly item: JsonObject;
  readonly tags?: readonly Tag[] | undefined;
}

export interface Filter {
  matches(row: Row): boolean;
  /** The fields that it names. */
  readonly fields: readonly string[];
}

/** Reads the filter language of flasharray-rest.md §2; `and` binds tighter than `or`. */
export function parseFilter(filter: string): Filter {
  const parser = new FilterParser(tokenizeFilter(filter), filter);
  const matches = parser.parse();
  return { matches, fields: parser.fields };
}

type Predicate = (row: Row) => boolean;

class FilterParser {
  readonly fields: string[] = [];
  readonly #tokens: readonly Token[];
  readonly #filter: string;
  #next = 0;

  constructor(tokens: readonly Token[], filter: string) {
    this.#tokens = tokens;
    this.#filter = filter;
  }

  parse(): Predicate {
    const predicate = this.#either();
    if (this.#next < this.#tokens.length) throw this.#misread();
    return predicate;
  }

  #either(): Predicate {
    const terms = [this.#both()];
    while (this.#takeWord('or')) terms.push(this.#both());
    return (row) => terms.some((term) => term(row));
  }

  #both(): Predicate {
    const terms = [this.#single()];
    while (this.#takeWord('and')) terms.push(this.#single());
    return (row) => terms.every((term) => term(row));
  }

  #single(): Predicate {
    if (this.#takeWord('not')) {
      const term = this.#single();
      return (row) => !term(row);
    }
    if (this.#take('(')) {
      const inner = this.#either();
      this.#expect(')');
      return inner;
    }
    const word = this.#word();
    if (this.#take('(')) return this.#callOf(word);
    return this.#comparison(this.#field(word));
  }

  /** `contains(field,'x')` and `tags('key','value')`. */
  #callOf(name: string): Predicate {
    if (name !== 'contains' && name !== 'tags') throw this.#misread();
    const field = name === 'contains' ? this.#field(this.#word()) : null;
    const first = field ?? this.#literal().text;
    this.#expect(',');
    const second = this.#literal();
    this.#expect(')');
    if (field === null) return (row) => hasTag(row, first, second);
    const read = fieldReader(field);
    return (row) => contains(row.item, read, second.text, isName(field));
  }

  #comparison(field: string): Predicate {
    const operator = operators.find((candidate) => this.#take(candidate));
    const read = fieldReader(field);
    if (operator === undefined) return (row) => isPresent(read(row.item));
    const literals = this.#take('(') ? this.#listOf() : [this.#literal()];
    const ignoreCase = isName(field);
    // Unequal to a list means equal to none of it.
    const each = operator === '!=' ? 'every' : 'some';
    const texts = operator === '=' ? plainTexts(literals, ignoreCase) : null;
    return (row) => {
      const { values, quantifier } = read(row.item);
      return values[quantifier]((value) =>
        texts !== null && typeof value === 'string'
          ? texts.has(ignoreCase ? value.toLowerCase() : value)
          : literals[each]((literal) => compare(value, operator, literal, ignoreCase)),
      );
    };
  }

  #listOf(): Literal[] {
    const literals = [this.#literal()];
    while (this.#take(',')) literals.push(this.#literal());
    this.#expect(')');
    return literals;
  }

  #literal(): Literal {
    const token = this.#tokens[this.#next++];
    if (token?.kind === 'string') return readQuoted(token.text);
    const isBare = token?.kind === 'number' || /^(true|false)$/i.test(token?.text ?? '');
    if (token === undefined || !isBare) throw this.#misread();
    return readPlain(token.text.toLowerCase());
  }

  #field(word: string): string {
    this.fields.push(word);
    return word;
  }

  #word(): string {
    const token = this.#tokens[this.#next++];
    if (token?.kind !== 'word') throw this.#misread();
    return token.text;
  }

  #takeWord(word: string): boolean {
    const token = this.#tokens[this.#next];
    const isIt = token?.kind === 'word' && token.text.toLowerCase() === word;
    if (isIt) this.#next++;
    return isIt;
  }

  #take(symbol: string): boolean {
    const token = this.#tokens[this.#next];
    const isIt = token?.kind === 'symbol' && token.text === symbol;
    if (isIt) this.#next++;
    return isIt;
  }

  #expect(symbol: string): void {
    if (!this.#take(symbol)) throw this.#misread();
  }

  #misread() {
    return refuse('The filter cannot be read.', this.#filter);
  }
}

/** What a text may be equal to, of a list that may be long; null where one of it is a pattern. */
function plainTexts(literals: readonly Literal[], ignoreCase: boolean): Set<string> | null {
  if (literals.some(({ pattern }) => pattern !== null)) return null;
  return new Set(literals.map(({ text }) => (ignoreCase ? text.toLowerCase() : text)));
}

/** Names are case-insensitive on input, and so in filters. */
const isName = (field: string) => field === 'name' || field.endsWith('.name');

function contains(item: JsonObject, read: FieldReader, part: string, ignoreCase: boolean): boolean {
  const fold = (text: string) => (ignoreCase ? text.toLowerCase() : text);
  return read(item).values.some((value) => {
    if (isList(value)) return value.some((element) => element === part);
    return typeof value === 'string' && fold(value).includes(fold(part));
  });
}

function hasTag(row: Row, key: string, value: Literal): boolean {
  if (row.tags === undefined) throw refuse('A filter cannot ask for tags here.');
  return row.tags.some((tag) => tag.key === key && compare(tag.value, '=', value, false));
}
