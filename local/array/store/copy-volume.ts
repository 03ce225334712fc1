import type { Reference, Tag, Volume, VolumeSnapshot } from './model.ts';
import { upsertTags } from './upsert-tags.ts';

/** What a copy takes from its source, as it is at that moment. */
export interface Image {
  readonly content: string;
  readonly size: number;
  readonly created: number;
  readonly source: Reference;
  readonly tags: readonly Tag[];
}

/**
 * The image of a volume snapshot or a volume. The copy's `created` is the snapshot's, and its `source` the snapshot's
 * source volume (flasharray-rest.md §5.2). Tags come along where they are copyable.
 */
export function imageOf(source: Volume | VolumeSnapshot, now: number): Image {
  const isSnapshot = 'groupSnapshotId' in source;
  return {
    content: source.content,
    size: source.size,
    created: isSnapshot ? source.created : now,
    source: isSnapshot ? source.source : { id: source.id, name: source.name },
    tags: source.tags.filter(({ copyable }) => copyable),
  };
}

/** Overwrites a volume. Its id, serial, name and connections stay, and so do tags that only it has. */
export function overwriteVolume(volume: Volume, image: Image): void {
  volume.content = image.content;
  volume.size = image.size;
  volume.created = image.created;
  volume.source = image.source;
  volume.tags = upsertTags(volume.tags, image.tags);
}
