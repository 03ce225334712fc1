import type { Reference } from '../store/model.ts';
import type { Table } from '../store/table.ts';
import type { Call } from './call.ts';
import { findAsked } from './select-objects.ts';

/** Narrows snapshots down to those of `source_names` or `source_ids`. */
export function selectBySource<
  S extends { source: Reference },
  T extends { id: string; name: string },
>(snapshots: readonly S[], sources: Table<T>, call: Call, missing: string): readonly S[] {
  const asked = findAsked(sources, call, { names: 'source_names', ids: 'source_ids' }, missing);
  if (asked === undefined) return snapshots;
  const ids = new Set(asked.map(({ id }) => id));
  return snapshots.filter(({ source }) => ids.has(source.id));
}
