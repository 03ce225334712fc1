import { type Action, type Call, noAnswer } from '../rest/call.ts';
import { ArrayError, messages, refuse } from '../rest/errors.ts';
import { findRequired } from '../rest/find-objects.ts';
import type { Kind, Tagged } from '../rest/kinds.ts';

/**
 * `DELETE /volumes/tags`: takes tags off by their keys, in one namespace; without `namespaces` in `default`. A resource
 * that has no such tag is an error, and then none loses any: a guess, as the specification says nothing about it.
 */
export const deleteTags =
  (kind: Kind<Tagged>): Action =>
  (array, call) => {
    const resources = findRequired(array, kind, call, 'resource_');
    const keys = call.query.list('keys');
    if (keys === undefined) throw refuse('keys is required.');
    const namespace = readNamespace(call);
    const lost = resources.flatMap(({ name, tags }) =>
      keys
        .filter((key) => !tags.some((tag) => tag.namespace === namespace && tag.key === key))
        .map(() => ({ context: name, message: messages.tagMissing })),
    );
    if (lost.length > 0) throw new ArrayError(400, lost);
    for (const resource of resources) {
      resource.tags = resource.tags.filter(
        (tag) => tag.namespace !== namespace || !keys.includes(tag.key),
      );
    }
    return noAnswer;
  };

/** Only one namespace is allowed per request (2.26 spec, `Namespaces_delete`). */
function readNamespace({ query }: Call): string {
  const [namespace = 'default', ...others] = query.list('namespaces') ?? [];
  if (others.length > 0) throw refuse('Only one namespace is allowed.', 'namespaces');
  return namespace;
}
