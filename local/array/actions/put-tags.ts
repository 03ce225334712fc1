import * as z from 'zod';
import { readBody } from '../rest/body.ts';
import { type Action, answerItems } from '../rest/call.ts';
import { refuse } from '../rest/errors.ts';
import { findAsked, findObjects } from '../rest/find-objects.ts';
import type { Kind, Tagged } from '../rest/kinds.ts';
import { readTag, tagBody, tagList } from '../rest/tag-body.ts';
import type { ArrayStore } from '../store/array-store.ts';
import { upsertTags } from '../store/upsert-tags.ts';
import { tagView } from '../views/tag.ts';

const referenceBody = z.strictObject({ id: z.string().optional(), name: z.string().optional() });
const putBody = tagList(tagBody.extend({ resource: referenceBody.optional() }));

/**
 * `PUT /volumes/tags/batch` and its like. Each tag goes to the resource that it names (since 2.43), or to every resource
 * of the query (flasharray-rest.md §0 fact 3).
 */
export const putTags =
  (kind: Kind<Tagged>): Action =>
  (array, call) => {
    const asked = findAsked(array, kind, call, 'resource_');
    const entries = readBody(putBody, call.body, call.version, { resource: 43 });
    const puts = entries.flatMap((entry) => {
      if ((entry.resource === undefined) === (asked === undefined)) {
        throw refuse('A tag needs one resource: its own, or resource_names or resource_ids.');
      }
      const targets = asked ?? findReferenced(array, kind, entry.resource ?? {});
      return targets.map((target) => ({ target, tag: readTag(entry) }));
    });
    for (const [target, own] of Map.groupBy(puts, (put) => put.target)) {
      target.tags = upsertTags(
        target.tags,
        own.map(({ tag }) => tag),
      );
    }
    return answerItems(puts.map(({ target, tag }) => tagView(target, tag)));
  };

function findReferenced(
  array: ArrayStore,
  kind: Kind<Tagged>,
  { id, name }: z.infer<typeof referenceBody>,
): Tagged[] {
  if (name !== undefined) return findObjects(array, kind, 'name', [name]);
  if (id !== undefined) return findObjects(array, kind, 'id', [id]);
  throw refuse('The resource of a tag needs a name or an id.');
}
