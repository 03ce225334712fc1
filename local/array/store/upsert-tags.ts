import type { Tag } from './model.ts';

/** Adds tags to others. Those with the same namespace and key take the new value. */
export function upsertTags(tags: readonly Tag[], added: readonly Tag[]): Tag[] {
  const byKey = new Map([...tags, ...added].map((tag) => [`${tag.namespace}\n${tag.key}`, tag]));
  return [...byKey.values()];
}
