import { refuse } from './errors.ts';

type Kind = 'list' | 'flag' | 'count' | 'text';

export interface Parameter {
  readonly kind: Kind;
  /** The N of the first version 2.N that has it; without it every version has. */
  readonly since?: number;
}
export type Parameters = Readonly<Record<string, Parameter>>;

export const list: Parameter = { kind: 'list' };
export const flag: Parameter = { kind: 'flag' };
export const text: Parameter = { kind: 'text' };
export const count: Parameter = { kind: 'count' };
export const since = (version: number, parameter: Parameter): Parameter => ({
  ...parameter,
  since: version,
});

/** The query of a request, checked against what the endpoint knows. */
export class Query {
  readonly #values: ReadonlyMap<string, string>;
  readonly #offered: ReadonlySet<string>;

  constructor(values: ReadonlyMap<string, string>, offered: ReadonlySet<string>) {
    this.#values = values;
    this.#offered = offered;
  }

  /** Whether the endpoint has that parameter in the version of the request. */
  offers(name: string): boolean {
    return this.#offered.has(name);
  }

  text(name: string): string | undefined {
    return this.#values.get(name);
  }

  list(name: string): string[] | undefined {
    return this.#values.get(name)?.split(',');
  }

  flag(name: string): boolean | undefined {
    const value = this.#values.get(name);
    return value === undefined ? undefined : value.toLowerCase() === 'true';
  }

  count(name: string): number | undefined {
    const value = this.#values.get(name);
    return value === undefined ? undefined : Number(value);
  }
}

const forms: Record<Kind, { matches: RegExp; form: string }> = {
  list: { matches: /^[^,]+(,[^,]+)*$/, form: 'a comma-separated list' },
  flag: { matches: /^(true|false)$/i, form: 'true or false' },
  count: { matches: /^\d{1,9}$/, form: 'a whole number' },
  text: { matches: /./s, form: 'a text' },
};

/** Refuses what the endpoint does not know, what its version does not have yet, and what has the wrong form. */
export function parseQuery(
  parameters: Parameters,
  raw: Iterable<readonly [string, string]>,
  version: number,
): Query {
  const values = new Map<string, string>();
  for (const [name, value] of raw) {
    const parameter = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (parameter === undefined) {
      throw refuse(`The simulator does not know the query parameter ${name} here.`, name);
    }
    if (version < (parameter.since ?? 0)) {
      throw refuse(
        `The query parameter ${name} is not in REST 2.${version}: it came with 2.${parameter.since}.`,
        name,
      );
    }
    if (values.has(name)) throw refuse(`The query parameter ${name} is there twice.`, name);
    const { matches, form } = forms[parameter.kind];
    if (!matches.test(value)) {
      throw refuse(`The query parameter ${name} is not ${form}: '${value}'.`, name);
    }
    values.set(name, value);
  }
  const offered = Object.entries(parameters).filter(([, { since = 0 }]) => version >= since);
  return new Query(values, new Set(offered.map(([name]) => name)));
}
