/** Query parameters by name; a list becomes comma-separated values. */
export type Query = Readonly<Record<string, string | readonly string[]>>;

/** Longest list of names in one URL, in encoded characters: with path and other parameters it stays below 6 kB. */
const MAX_LIST_LENGTH = 5_600;

/** The query string, each value encoded and each comma between values not. */
export const encodeQuery = (query: Query): string => {
  const parts = Object.entries(query).map(([key, value]) => {
    const values = typeof value === 'string' ? [value] : value;
    return `${key}=${values.map(encodeURIComponent).join(',')}`;
  });
  return parts.length > 0 ? `?${parts.join('&')}` : '';
};

/** `names` in lists that each fit into one URL. No list is empty: an empty `names=` could mean "all". */
export const chunkNames = (names: readonly string[]): string[][] => {
  const chunks: string[][] = [];
  let room = 0;
  for (const name of names) {
    const length = encodeURIComponent(name).length + 1;
    const last = chunks.at(-1);
    if (last && length <= room) {
      last.push(name);
      room -= length;
    } else {
      chunks.push([name]);
      room = MAX_LIST_LENGTH - length;
    }
  }
  return chunks;
};

/** A string for a filter expression: quoted, with quotes and backslashes escaped. `*` stays a wildcard. */
export const quote = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;
