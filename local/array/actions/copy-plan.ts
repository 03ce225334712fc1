import { attempt } from '../rest/attempt.ts';
import { ArrayError, messages, refuse } from '../rest/errors.ts';
import type { ArrayStore } from '../store/array-store.ts';
import { type Image, imageOf, overwriteVolume } from '../store/copy-volume.ts';
import type { Tag, Volume, VolumeSnapshot } from '../store/model.ts';
import { isQualifiedName } from '../store/names.ts';
import { upsertTags } from '../store/upsert-tags.ts';
import type { CopyRequest } from './copy-request.ts';

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

/** Does what the requests ask for: all of them, or none and throws what is wrong with each. */
export function carryOut(
  array: ArrayStore,
  requests: readonly CopyRequest[],
  overwrite: boolean,
  now: number,
): Volume[] {
  const attempts = requests.map((request) =>
    attempt(() => planCopy(array, request, overwrite, now)),
  );
  const entries = attempts.flatMap(({ error }) => error?.entries ?? []);
  if (entries.length > 0) throw new ArrayError(400, entries);
  return attempts.flatMap(({ value }) => (value === undefined ? [] : copy(array, value, now)));
}

function copy(array: ArrayStore, plan: CopyPlan, now: number): Volume {
  const volume = plan.target ?? createVolume(array, plan, now);
  if (plan.image !== null) {
    const keepsCreated = plan.target !== undefined && array.keepsCreated;
    overwriteVolume(volume, keepsCreated ? { ...plan.image, created: volume.created } : plan.image);
  }
  volume.tags = upsertTags(volume.tags, plan.tags);
  return volume;
}

function findTarget(array: ArrayStore, name: string, overwrite: boolean): Volume | undefined {
  const existing = array.volumes.named(name);
  if (existing === undefined && overwrite) throw refuse(messages.volumeMissing, name);
  if (existing === undefined) {
    if (!isQualifiedName(name)) throw refuse(`Invalid volume name: '${name}'.`, name);
    return undefined;
  }
  if (existing.destroyedAt !== null) throw refuse(messages.volumeDestroyed, existing.name);
  if (!overwrite) throw refuse(messages.volumeExists, existing.name);
  if (existing.promotionStatus === 'demoted') throw refuse(messages.volumeDemoted, existing.name);
  if (existing.subtype === 'protocol_endpoint') {
    throw refuse(messages.volumeIsEndpoint, existing.name);
  }
  return existing;
}

function findSource(
  array: ArrayStore,
  { name, id }: NonNullable<CopyRequest['source']>,
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
  if (snapshot?.transfer?.completed === null)
    throw refuse(messages.notReplicatedYet, snapshot.name);
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
    promotionStatus: 'promoted',
    subtype: 'regular',
  };
  array.volumes.add(volume);
  return volume;
}
