import { type DatabaseRecord, NO_FACTS } from '../refresh/database-facts.ts';
import { factNames, factsFromTags } from '../refresh/fact-tags.ts';
import type { FlashArray } from './ports.ts';

/**
 * What the tags of a snapshot tell of its database: its own where the array has such, else those of its volume snapshots,
 * which all bear the same. Null where they tell nothing.
 */
export const lookAtFacts = async (
  array: FlashArray,
  groupSnapshot: string,
): Promise<DatabaseRecord | null> => {
  const { snapshotTags } = await array.capabilities();
  const tags = snapshotTags
    ? await array.tagsOfGroupSnapshot(groupSnapshot)
    : await array.tagsOfMembers([`${groupSnapshot}.*`], factNames);
  const { facts, cut } = factsFromTags(tags);
  if (Object.keys(facts).length === 0) return null;
  return { read_from: 'tags', facts: { ...NO_FACTS, ...facts }, shortened: [...cut] };
};
