import * as z from 'zod';
import type { Call } from '../rest/call.ts';
import { messages, refuse } from '../rest/errors.ts';
import type { ArrayStore } from '../store/array-store.ts';
import { type Image, imageOf, overwriteVolume } from '../store/copy-volume.ts';
import type { Tag, Volume, VolumeSnapshot } from '../store/model.ts';
import { upsertTags } from '../store/upsert-tags.ts';

/** The source of a copy: a volume snapshot or a volume, by name or id. */
export const sourceBody = z.strictObject({
  name: z.string().optional(),
  id: z.string().optional(),
});
/** A size: 1 MiB to 4 PiB in sectors of 512 bytes (flasharray-rest.md §3). */
export const provisionedBody = z.int().min(1_048_576).max(4_503_599_627_370_496).multipleOf(512);

/** One volume that a request wants to create or to overwrite. */
export interface CopyRequest {
  readonly name: string;
  readonly source?: z.infer<typeof sourceBody> | undefined;
  readonly provisioned?: number | undefined;
  readonly tags: readonly Tag[];
}

interface CopyPlan {
  readonly name: string;
  /** Undefined: to be created. */
  readonly target: Volume | undefined;
  /** Null: an empty volume. */
  readonly image: Image | null;
  readonly size: number;
  readonly tags: readonly Tag[];
}

/** What a new volume has without `provisioned` (2.26 spec, `POST /volumes`). */
const DEFAULT_SIZE = 1_048_576;

/** Reads `overwrite`, which excludes any say about the protection of new volumes (2.26 spec, `POST /volumes`). */
export function readOverwrite({ query }: Call): boolean {
  const overwrite = query.flag('overwrite') === true;
  if (overwrite && query.flag('with_default_protection') !== undefined) {
    throw refuse('with_default_protection cannot be provided when overwrite is true.');
  }
  return overwrite;
}

/** Says what a request would do, or throws why the array will not. Changes nothing. */
export function planCopy(
  array: ArrayStore,
  request: CopyRequest,
  overwrite: boolean,
  now: number,
): CopyPlan {
  const target = findTarget(array, request.name, overwrite);
  const source = request.source && findSource(array, request.source);
  if (overwrite && source === undefined) {
    throw refuse('source is required when overwrite is true.', request.name);
  }
  if (source !== undefined && source === target) {
    throw refuse('A volume cannot be copied onto itself.', request.name);
  }
  const size = request.provisioned ?? source?.size ?? DEFAULT_SIZE;
  if (source !== undefined && size !== source.size) {
    throw refuse('The simulator gives a copy no other size than its source has.', request.name);
  }
  const image = source === undefined ? null : imageOf(source, now);
  return { name: request.name, target, image, size, tags: request.tags };
}

/** Does what was planned. */
export function carryOut(array: ArrayStore, plan: CopyPlan, now: number): Volume {
  const volume = plan.target ?? createVolume(array, plan, now);
  if (plan.image !== null) overwriteVolume(volume, plan.image);
  volume.tags = upsertTags(volume.tags, plan.tags);
  return volume;
}

function findTarget(array: ArrayStore, name: string, overwrite: boolean): Volume | undefined {
  const existing = array.volumes.named(name);
  if (existing === undefined && overwrite) throw refuse(messages.volumeMissing, name);
  if (existing === undefined) return undefined;
  if (existing.destroyedAt !== null) throw refuse(messages.volumeDestroyed, existing.name);
  if (!overwrite) throw refuse(messages.volumeExists, existing.name);
  return existing;
}

function findSource(
  array: ArrayStore,
  { name, id }: z.infer<typeof sourceBody>,
): Volume | VolumeSnapshot {
  const find = <T extends Volume | VolumeSnapshot>(table: {
    named(name: string): T | undefined;
    withId(id: string): T | undefined;
  }) => (name === undefined ? table.withId(id ?? '') : table.named(name));
  const snapshot = find(array.volumeSnapshots);
  const source = snapshot ?? find(array.volumes);
  if (source === undefined) throw refuse(messages.sourceMissing, name ?? id ?? null);
  if (source.destroyedAt !== null) {
    throw refuse(
      source === snapshot ? messages.volumeSnapshotDestroyed : messages.volumeDestroyed,
      source.name,
    );
  }
  return source;
}

function createVolume(array: ArrayStore, { name, size }: CopyPlan, now: number): Volume {
  const id = array.ids.id();
  const volume: Volume = {
    id,
    name,
    serial: array.ids.serial(),
    size,
    created: now,
    content: `${array.name} ${name} ${id}`,
    destroyedAt: null,
    source: null,
    tags: [],
    performance: { reads_per_sec: 0, writes_per_sec: 0 },
  };
  array.volumes.add(volume);
  return volume;
}
