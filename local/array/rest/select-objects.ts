import type { ArrayStore } from '../store/array-store.ts';
import type { Resource } from '../store/model.ts';
import type { Call } from './call.ts';
import { refuse } from './errors.ts';
import { findAsked, type Prefix } from './find-objects.ts';
import type { Kind } from './kinds.ts';

/** The parameter that asks for destroyed objects only, or for those that are not. */
export type StateParameter = 'destroyed' | 'member_destroyed' | 'resource_destroyed';

/**
 * The objects that a GET is about: those asked for by name or id, or all; of these, the destroyed ones or the others
 * where the request says so. An object that was asked for, but is not in that state, is an error (2.26 spec,
 * `Resource_destroyed`; for `destroyed` the Ansible collection relies on it).
 */
export function selectObjects<T extends Resource>(
  array: ArrayStore,
  kind: Kind<T>,
  call: Call,
  prefix: Prefix = '',
  state: StateParameter = 'destroyed',
): T[] {
  const fits = hasState(call, state);
  const asked = findAsked(array, kind, call, prefix);
  const stranger = asked?.find((object) => !fits(object));
  if (stranger !== undefined) {
    throw refuse(`With ${state}=${call.query.flag(state)}: ${kind.missing}`, stranger.name);
  }
  return asked ?? kind.tableOf(array).all().filter(fits);
}

/** Whether an object is destroyed, or not, as the request wants it. */
export function hasState(call: Call, state: StateParameter): (object: Resource) => boolean {
  const destroyed = call.query.flag(state);
  return (object) => destroyed === undefined || (object.destroyedAt !== null) === destroyed;
}
