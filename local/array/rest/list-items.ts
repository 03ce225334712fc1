import type { ArrayStore } from '../store/array-store.ts';
import type { Tag } from '../store/model.ts';
import type { Answer, Call } from './call.ts';
import { refuse } from './errors.ts';
import { hasField } from './field-path.ts';
import { parseFilter, type Row } from './filter.ts';
import type { Json, JsonObject } from './json.ts';
import { parseSort, type SortKey, sortRows } from './sort-rows.ts';
import { sumFields } from './sum-fields.ts';

/** The default page, and the largest (flasharray-rest.md §2). */
const MAX_PAGE = 1000;

export interface Listing<T> {
  /** What `names` and the like select, in the array's own order. */
  readonly objects: readonly T[];
  /** Tells the objects apart while a client pages through them. */
  key(object: T): string;
  view(object: T): JsonObject;
  /** The tags of an object, where `tags()` can filter by them. */
  tags?(object: T): readonly Tag[];
  /** The fields that `total` sums up, dotted; without it the reply has no `total`. */
  readonly totals?: readonly string[];
}

interface KeyedRow extends Row {
  readonly key: string;
}

/** The one way in which all GETs answer: filter, sort, total, page (flasharray-rest.md §2). */
export function answerList<T>(array: ArrayStore, call: Call, listing: Listing<T>): Answer {
  const { query } = call;
  const sort = parseSort(query.list('sort') ?? []);
  const all = filterRows(listing, query.text('filter'), sort);
  const rows = orderRows(array, all, sort, query.text('continuation_token'));
  const limit = Math.min(query.count('limit') ?? MAX_PAGE, MAX_PAGE);
  const offset = query.count('offset') ?? 0;
  const totalOnly = query.flag('total_only') === true;
  const page = totalOnly ? [] : rows.slice(offset, offset + limit);
  const rest = totalOnly || limit === 0 ? [] : rows.slice(offset + limit);
  const isByToken = query.offers('continuation_token') && sort.length === 0;
  const token = rest.length > 0 && isByToken ? keepCursor(array, rest) : null;
  const isCounted = query.flag('total_item_count') === true || limit === 0;
  const items: Json[] = page.map(({ item }) => item);
  return {
    body: {
      continuation_token: token,
      items,
      more_items_remaining: rest.length > 0,
      total_item_count: isCounted ? all.length : null,
      ...(listing.totals && { total: totalOnly ? sumFields(all, listing.totals) : [] }),
    },
    ...(token !== null && { headers: { 'x-next-token': token } }),
  };
}

function filterRows<T>(
  listing: Listing<T>,
  filterText: string | undefined,
  sort: readonly SortKey[],
): KeyedRow[] {
  const rows = listing.objects.map((object) => ({
    key: listing.key(object),
    item: listing.view(object),
    tags: listing.tags?.(object),
  }));
  const filter = filterText === undefined ? null : parseFilter(filterText);
  const [example] = rows;
  for (const field of [...(filter?.fields ?? []), ...sort.map((key) => key.field)]) {
    if (example !== undefined && !hasField(example.item, field)) {
      throw refuse(`There is no field ${field} to filter or sort by.`, field);
    }
  }
  return filter === null ? rows : rows.filter((row) => filter.matches(row));
}

/** By `sort`, or in the array's own order; of that, what a continuation token stands for. */
function orderRows(
  array: ArrayStore,
  rows: readonly KeyedRow[],
  sort: readonly SortKey[],
  token: string | undefined,
): readonly KeyedRow[] {
  if (token === undefined) return sortRows(rows, sort);
  if (sort.length > 0) throw refuse('A sorted list has no continuation token: page by offset.');
  const keys = array.cursors.get(token);
  if (keys === undefined) throw refuse('The continuation token is not valid.', token);
  const byKey = new Map(rows.map((row) => [row.key, row]));
  return keys.flatMap((key) => byKey.get(key) ?? []);
}

/** Remembers what is still to come: whoever pages by token gets each item once, whatever changes meanwhile. */
function keepCursor(array: ArrayStore, rest: readonly KeyedRow[]): string {
  const token = Buffer.from(`page ${array.cursors.size + 1}`).toString('base64');
  const keys = rest.map(({ key }) => key);
  array.cursors.set(token, keys);
  return token;
}
