import type { ArrayStore } from '../store/array-store.ts';
import { byCreation } from '../store/by-creation.ts';
import type { GroupSnapshot, Reference, Resource } from '../store/model.ts';
import type { Call } from './call.ts';
import { findAsked, findObjects } from './find-objects.ts';
import { groupSnapshots, groups, type Identified, type Kind } from './kinds.ts';
import { hasState, selectObjects } from './select-objects.ts';

type Snapshot = Resource & { readonly source: Reference; readonly created: number };

/**
 * The snapshots that a GET is about. On these endpoints `names` takes wildcards, and a name may stand for several
 * snapshots (flasharray-rest.md §2): `standsFor` says for which. `source_names` and `source_ids` narrow them down.
 */
export function selectSnapshots<T extends Snapshot>(
  array: ArrayStore,
  call: Call,
  kind: Kind<T>,
  sourceKind: Kind<Identified>,
  standsFor: (name: string) => T[] | undefined = () => undefined,
): T[] {
  const all = kind.tableOf(array).all();
  const expand = (name: string) =>
    name.includes('*') ? all.filter(matchesWildcard(name)) : standsFor(name);
  const names = call.query.list('names') ?? [];
  const isPlain = (name: string) => expand(name) === undefined;
  const selected = names.every(isPlain)
    ? selectObjects(array, kind, call)
    : [
        ...findObjects(array, kind, 'name', names.filter(isPlain)),
        ...names.flatMap((name) => expand(name) ?? []),
      ].filter(hasState(call, 'destroyed'));
  const sources = findAsked(array, sourceKind, call, 'source_');
  const isFromSource = ({ source }: T) => sources?.some(({ id }) => id === source.id) ?? true;
  return byCreation([...new Set(selected)].filter(isFromSource));
}

/** As `selectSnapshots`, for group snapshots: there the name of a group stands for all that were taken of it. */
export const selectGroupSnapshots = (array: ArrayStore, call: Call): GroupSnapshot[] =>
  selectSnapshots(array, call, groupSnapshots, groups, (name) => {
    const group = array.groups.named(name);
    return group && array.groupSnapshots.all().filter(({ source }) => source.id === group.id);
  });

function matchesWildcard(pattern: string): (object: Identified) => boolean {
  const regExp = new RegExp(`^${pattern.split('*').map(RegExp.escape).join('.*')}$`, 'i');
  return ({ name }) => regExp.test(name);
}
