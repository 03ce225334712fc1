import type { Action } from '../rest/call.ts';
import type { Kind, Tagged } from '../rest/kinds.ts';
import { answerList } from '../rest/list-items.ts';
import { selectObjects } from '../rest/select-objects.ts';
import { tagView } from '../views/tag.ts';

/** `GET /volumes/tags` and its like; without `namespaces` the namespace `default` only (flasharray-rest.md §3). */
export const getTags =
  (kind: Kind<Tagged>): Action =>
  (array, call) => {
    const namespaces = call.query.list('namespaces') ?? ['default'];
    const resources = selectObjects(array, kind, call, 'resource_', 'resource_destroyed');
    return answerList(array, call, {
      objects: resources.flatMap((resource) =>
        resource.tags
          .filter(({ namespace }) => namespaces.includes(namespace))
          .map((tag) => ({ resource, tag })),
      ),
      key: ({ resource, tag }) => `${resource.id} ${tag.namespace} ${tag.key}`,
      view: ({ resource, tag }) => tagView(resource, tag),
    });
  };
