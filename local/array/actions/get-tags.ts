import type { Action, Answer, Call } from '../rest/call.ts';
import { messages, refuse } from '../rest/errors.ts';
import { answerList } from '../rest/list-items.ts';
import { findAsked } from '../rest/select-objects.ts';
import type { ArrayStore } from '../store/array-store.ts';
import type { Resource, Tag } from '../store/model.ts';
import type { Table } from '../store/table.ts';
import { tagView } from '../views/tag.ts';

export type Tagged = Resource & { tags: readonly Tag[] };

/** `GET /volumes/tags`. */
export const getVolumeTags: Action = (array, call) =>
  answerTags(array, call, array.volumes, messages.volumeMissing);

/** `GET /volume-snapshots/tags`. */
export const getVolumeSnapshotTags: Action = (array, call) =>
  answerTags(array, call, array.volumeSnapshots, messages.volumeSnapshotMissing);

/** `GET /protection-group-snapshots/tags`. */
export const getGroupSnapshotTags: Action = (array, call) =>
  answerTags(array, call, array.groupSnapshots, messages.groupSnapshotMissing);

/** Without `namespaces` an array shows the namespace `default` only (flasharray-rest.md §3). */
function answerTags<T extends Tagged>(
  array: ArrayStore,
  call: Call,
  table: Table<T>,
  missing: string,
): Answer {
  const parameters = { names: 'resource_names', ids: 'resource_ids' };
  const asked = findAsked(table, call, parameters, missing);
  const destroyed = call.query.flag('resource_destroyed');
  const fits = (resource: T) =>
    destroyed === undefined || (resource.destroyedAt !== null) === destroyed;
  const stranger = asked?.find((resource) => !fits(resource));
  if (stranger !== undefined) {
    throw refuse(
      destroyed === true ? 'Resource is not destroyed.' : 'Resource has been destroyed.',
      stranger.name,
    );
  }
  const namespaces = call.query.list('namespaces') ?? ['default'];
  return answerList(array, call, {
    objects: (asked ?? table.all())
      .filter(fits)
      .flatMap((resource) =>
        resource.tags
          .filter(({ namespace }) => namespaces.includes(namespace))
          .map((tag) => ({ resource, tag })),
      ),
    key: ({ resource, tag }) => `${resource.id} ${tag.namespace} ${tag.key}`,
    view: ({ resource, tag }) => tagView(resource, tag),
  });
}
