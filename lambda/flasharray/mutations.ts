import type { SnapshotOptions, Tag, VolumeCopy } from '../steps/ports.ts';
import type { Call } from './session.ts';

export const SNAPSHOTS = '/protection-group-snapshots';
export const SNAPSHOT_TAGS = '/volume-snapshots/tags';
export const GROUP_SNAPSHOT_TAGS = `${SNAPSHOTS}/tags`;
/** Tags that one request takes. */
const MOST_TAGS = 30;

/** Key of the tag that remembers a target volume's source: the Python script's own. */
export const MAPPING_KEY = 'snapshot_mapping';

/** Makes a group snapshot, or tries to. */
export const snapshotCall = (
  path: string,
  group: string,
  suffix: string,
  { replicateNow = false, tags = [], marks = [] }: SnapshotOptions,
): Call => {
  const bodies = [...tagBodies(tags, true), ...tagBodies(marks, false)];
  return {
    method: 'POST',
    path,
    query: { source_names: [group], ...(replicateNow ? { replicate_now: 'true' } : {}) },
    body: { suffix, ...(bodies.length > 0 ? { tags: bodies } : {}) },
  };
};

/** Overwrites all volumes and tags each, or tries to. */
export const batchCall = (path: string, copies: readonly VolumeCopy[]): Call => ({
  method: 'POST',
  path,
  query: { overwrite: 'true' },
  body: copies.map(({ target, snapshot, mapping }) => ({
    name: target,
    source: { name: snapshot },
    ...(mapping === null ? {} : { tags: [mappingTag(mapping)] }),
  })),
});

/** Not copyable: the mapping must not travel to copies of the target. */
export const mappingTag = (mapping: string) => ({
  key: MAPPING_KEY,
  value: mapping,
  copyable: false,
});

/** Tags for requests of as many as one takes. */
export const chunkTags = (tags: readonly Tag[], copyable: boolean) =>
  Array.from({ length: Math.ceil(tags.length / MOST_TAGS) }, (_, index) =>
    tagBodies(tags.slice(index * MOST_TAGS, (index + 1) * MOST_TAGS), copyable),
  );

/** `copyable` is said of each: what it is not said of travels. */
const tagBodies = (tags: readonly Tag[], copyable: boolean) =>
  tags.map(({ key, value }) => ({ key, value, copyable }));
