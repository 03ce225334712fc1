import { reference } from '../rest/fields.ts';
import type { JsonObject } from '../rest/json.ts';
import type { ArrayStore } from '../store/array-store.ts';
import type { VolumeSnapshot } from '../store/model.ts';
import { podOf, volumeGroupOf } from '../store/names.ts';
import { destroyedFields } from './resource.ts';
import { space } from './space.ts';

/** Makes the view of volume snapshots: the schema `VolumeSnapshot`. */
export const volumeSnapshotView =
  (array: ArrayStore, now: number) =>
  (snapshot: VolumeSnapshot): JsonObject => ({
    id: snapshot.id,
    name: snapshot.name,
    serial: snapshot.serial,
    suffix: snapshot.suffix,
    created: snapshot.created,
    ...destroyedFields(snapshot, now),
    provisioned: snapshot.size,
    source: reference(snapshot.source),
    pod: reference(array.container(podOf(snapshot.source.name))),
    // The volume group of a replica is on the other array.
    volume_group: reference(
      snapshot.transfer === null ? array.container(volumeGroupOf(snapshot.source.name)) : null,
    ),
    space: space(snapshot.size),
  });
