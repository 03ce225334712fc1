import { messages, refuse } from '../rest/errors.ts';
import type { ArrayStore } from '../store/array-store.ts';
import { type CopySource, copyOntoVolume, upsertTags } from '../store/copy-onto-volume.ts';
import type { Tag, Volume } from '../store/model.ts';

/** One volume that a request wants to create or overwrite. */
export interface CopyRequest {
  readonly name: string;
  readonly source?: { name?: string | undefined; id?: string | undefined } | undefined;
  readonly provisioned?: number | undefined;
  readonly tags: readonly Tag[];
}

interface CopyPlan {
  readonly target: Volume;
  readonly source: CopySource | null;
  readonly tags: readonly Tag[];
}

const DEFAULT_SIZE = 1_048_576;

/** Checks one copy and says what it would do; changes nothing. `overwrite` decides whether the target has to exist. */
export function planCopy(array: ArrayStore, request: CopyRequest, overwrite: boolean): CopyPlan {
  const existing = array.volumes.named(request.name);
  if (overwrite && existing === undefined) throw refuse(messages.volumeMissing, request.name);
  if (existing !== undefined) {
    if (existing.destroyedAt !== null) throw refuse(messages.volumeDestroyed, existing.name);
    if (!overwrite) throw refuse(messages.volumeExists, existing.name);
  }
  const source = request.source === undefined ? null : findSource(array, request.source);
  if (overwrite && source === null) throw refuse('source is required to overwrite.', request.name);
  if (source !== null && source === existing) {
    throw refuse('A volume cannot be copied onto itself.', request.name);
  }
  const size = source?.size ?? DEFAULT_SIZE;
  if (source !== null && request.provisioned !== undefined && request.provisioned !== size) {
    throw refuse(
      'The simulator copies no volume to a size other than its source has.',
      request.name,
    );
  }
  const target = existing ?? newVolume(array, request.name, request.provisioned ?? size);
  return { target, source, tags: request.tags };
}

/** Does what was planned. */
export function carryOut(array: ArrayStore, plan: CopyPlan, now: number): Volume {
  const { target, source, tags } = plan;
  if (array.volumes.named(target.name) === undefined) {
    target.created = now;
    array.volumes.add(target);
  }
  if (source !== null) copyOntoVolume(target, source, now);
  target.tags = upsertTags(target.tags, tags);
  return target;
}

/** A volume snapshot or a volume, by name or id. */
function findSource(
  array: ArrayStore,
  { name, id }: { name?: string | undefined; id?: string | undefined },
): CopySource {
  const context = name ?? id ?? null;
  const snapshot =
    name === undefined ? array.volumeSnapshots.withId(id ?? '') : array.volumeSnapshots.named(name);
  const volume = name === undefined ? array.volumes.withId(id ?? '') : array.volumes.named(name);
  const source = snapshot ?? volume;
  if (source === undefined) throw refuse(messages.sourceMissing, context);
  if (source.destroyedAt !== null) {
    const message =
      source === snapshot ? messages.volumeSnapshotDestroyed : messages.volumeDestroyed;
    throw refuse(message, source.name);
  }
  return source;
}

const newVolume = (array: ArrayStore, name: string, size: number): Volume => ({
  id: array.ids.id(),
  name,
  serial: array.ids.serial(),
  size,
  created: 0,
  content: `${array.name} ${name} new`,
  destroyedAt: null,
  source: null,
  tags: [],
  performance: { reads_per_sec: 0, writes_per_sec: 0 },
});
