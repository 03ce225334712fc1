import { reference } from '../rest/fields.ts';
import type { JsonObject } from '../rest/json.ts';
import type { Tag } from '../store/model.ts';

/** The schema `Tag`. */
export const tagView = (resource: { id: string; name: string }, tag: Tag): JsonObject => ({
  key: tag.key,
  value: tag.value,
  namespace: tag.namespace,
  copyable: tag.copyable,
  resource: reference(resource),
});
