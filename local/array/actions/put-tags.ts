import * as z from 'zod';
import { readBody } from '../rest/body.ts';
import { type Action, type Answer, answerItems, type Call } from '../rest/call.ts';
import { messages, refuse } from '../rest/errors.ts';
import { findAsked, findNamed, findWithIds } from '../rest/select-objects.ts';
import { readTag, tagBody } from '../rest/tag-body.ts';
import { upsertTags } from '../store/copy-onto-volume.ts';
import type { Table } from '../store/table.ts';
import { tagView } from '../views/tag.ts';
import type { Tagged } from './get-tags.ts';

/** `PUT /volumes/tags/batch`. */
export const putVolumeTags: Action = (array, call) =>
  putTags(call, array.volumes, messages.volumeMissing);

/** `PUT /volume-snapshots/tags/batch`. */
export const putVolumeSnapshotTags: Action = (array, call) =>
  putTags(call, array.volumeSnapshots, messages.volumeSnapshotMissing);

/** `PUT /protection-group-snapshots/tags/batch`. */
export const putGroupSnapshotTags: Action = (array, call) =>
  putTags(call, array.groupSnapshots, messages.groupSnapshotMissing);

const reference = z.strictObject({ id: z.string().optional(), name: z.string().optional() });
const tagList = z
  .array(tagBody.extend({ resource: reference.optional() }))
  .min(1)
  .max(30);

/**
 * Each tag goes to the resource that it names (since 2.43), or to every resource of the query (flasharray-rest.md §0
 * fact 3).
 */
function putTags<T extends Tagged>(call: Call, table: Table<T>, missing: string): Answer {
  const asked = findAsked(table, call, { names: 'resource_names', ids: 'resource_ids' }, missing);
  const entries = readBody(tagList, call.body, call.version, { resource: 43 });
  const puts = entries.flatMap((entry) => {
    const { resource } = entry;
    if ((resource === undefined) === (asked === undefined)) {
      throw refuse('A tag needs a resource: of its own, or from resource_names or resource_ids.');
    }
    const own = resource && findReferenced(table, resource, missing);
    return (own ?? asked ?? []).map((target) => ({ target, tag: readTag(entry) }));
  });
  for (const { target, tag } of puts) target.tags = upsertTags(target.tags, [tag]);
  return answerItems(puts.map(({ target, tag }) => tagView(target, tag)));
}

function findReferenced<T extends Tagged>(
  table: Table<T>,
  { id, name }: z.infer<typeof reference>,
  missing: string,
): T[] {
  if (name !== undefined) return findNamed(table, [name], missing);
  if (id !== undefined) return findWithIds(table, [id], missing);
  throw refuse('The resource of a tag needs a name or an id.');
}
