import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunkNames, encodeQuery, quote } from '../../../lambda/flasharray/query.ts';
import { runs } from '../../support/extent.ts';

const RUNS = { numRuns: runs(2_000) };
/** Of long lists, which take long to make. */
const FEWER_RUNS = { numRuns: runs(300) };
const MOST_BYTES = 6_000;

/** The longest names there are, and characters that take three when encoded. */
const volumeName = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/),
  fc
    .tuple(fc.stringMatching(/^[a-z]{1,63}$/), fc.stringMatching(/^[a-z]{1,63}$/))
    .map(([group, name]) => `${group}/${name}`),
  fc.stringMatching(/^[a-z]{63}::[a-z]{63}$/),
);
const volumeNames = fc.array(volumeName, { maxLength: 400, size: 'max' });

describe('lists of names', () => {
  it('are cut into chunks that are not empty, lose nothing and keep the order', () => {
    fc.assert(
      fc.property(volumeNames, (names) => {
        const chunks = chunkNames(names);

        expect(chunks.every((chunk) => chunk.length > 0)).toBe(true);
        expect(chunks.flat()).toEqual(names);
      }),
      FEWER_RUNS,
    );
  });

  it('give URLs that stay below six kilobytes, with few requests', () => {
    fc.assert(
      fc.property(volumeNames, (names) => {
        const urls = chunkNames(names).map(
          (chunk) =>
            `/api/2.56/volumes/tags${encodeQuery({
              filter: `key=${quote('snapshot_mapping')}`,
              sort: 'name',
              resource_names: chunk,
              offset: '999999999',
            })}`,
        );

        for (const url of urls) expect(Buffer.byteLength(url)).toBeLessThan(MOST_BYTES);
        // All but the last are nearly full: the next name did not go in.
        for (const url of urls.slice(0, -1)) expect(url.length).toBeGreaterThan(MOST_BYTES * 0.9);
      }),
      FEWER_RUNS,
    );
  });

  it('of nothing are no list: an empty one could mean all', () => {
    expect(chunkNames([])).toEqual([]);
  });
});

describe('a query', () => {
  it('is read back by the other side as it was meant', () => {
    const value = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.constantFrom("a'b", 'a&b=c', 'a,b', '%'),
    );
    const query = fc.record({ filter: value, names: fc.array(value, { minLength: 1 }) });
    fc.assert(
      fc.property(query, ({ filter, names }) => {
        const text = encodeQuery({ filter, names });
        const [, filterText = '', namesText = ''] = /^\?filter=(.*)&names=(.*)$/.exec(text) ?? [];

        expect(decodeURIComponent(filterText)).toBe(filter);
        expect(namesText.split(',').map(decodeURIComponent)).toEqual(names);
        expect(new URL(`https://array/${text}`).searchParams.get('filter')).toBe(filter);
      }),
      RUNS,
    );
  });

  it('without parameters is no query', () => {
    expect(encodeQuery({})).toBe('');
  });
});

describe('a string in a filter', () => {
  /** The array's reading: a backslash takes the next character as it is, a bare quote ends the string. */
  const unquote = (quoted: string): string => {
    const body = /^'((?:[^'\\]|\\.)*)'$/s.exec(quoted)?.[1];
    if (body === undefined) throw new Error(`Not one quoted string: ${quoted}`);
    return body.replace(/\\(.)/gs, '$1');
  };

  it('is read back as it was, and ends where it should', () => {
    const text = fc.array(fc.oneof(fc.string(), fc.constantFrom("'", '\\', "\\'", '"', '*')));
    fc.assert(
      fc.property(
        text.map((parts) => parts.join('')),
        (name) => unquote(quote(name)) === name,
      ),
      RUNS,
    );
  });
});
