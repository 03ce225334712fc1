import type { Tag, Volume, VolumeSnapshot } from './model.ts';

export type CopySource = Volume | VolumeSnapshot;

/**
 * Gives a volume the content and the size of the source; its id, serial, name and connections stay. `created` becomes
 * the snapshot's and `source` the snapshot's source volume (flasharray-rest.md §5.2). Copyable tags of the source are
 * added, tags that only the target has stay.
 */
export function copyOntoVolume(target: Volume, source: CopySource, now: number): void {
  const isSnapshot = 'groupSnapshotId' in source;
  target.content = source.content;
  target.size = source.size;
  target.created = isSnapshot ? source.created : now;
  target.source = isSnapshot ? source.source : { id: source.id, name: source.name };
  target.tags = upsertTags(
    target.tags,
    source.tags.filter((tag) => tag.copyable),
  );
}

/** Tags are the same tag if namespace and key are the same. */
export function upsertTags(tags: readonly Tag[], added: readonly Tag[]): Tag[] {
  const byKey = new Map([...tags, ...added].map((tag) => [`${tag.namespace}\n${tag.key}`, tag]));
  return [...byKey.values()];
}
