import Table from 'cli-table3';

interface Columns {
  /** Those that are aligned to the right. */
  readonly right?: readonly number[];
  /** Widths in characters, beyond which texts are wrapped; null: as wide as it needs to be. */
  readonly widths?: readonly (number | null)[];
}

/** A table as wide as it needs to be, unless `widths` says otherwise. */
export const table = (
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { right = [], widths = [] }: Columns = {},
): string => {
  const drawn = new Table({
    head: [...head],
    style: { head: [], border: [], compact: true },
    colAligns: head.map((_, column) => (right.includes(column) ? 'right' : 'left')),
    colWidths: [...widths],
    wordWrap: widths.length > 0,
  });
  for (const row of rows) drawn.push([...row]);
  return drawn.toString();
};
