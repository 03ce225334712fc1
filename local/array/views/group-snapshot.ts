import { from, reference } from '../rest/fields.ts';
import type { JsonObject } from '../rest/json.ts';
import type { ArrayStore } from '../store/array-store.ts';
import type { GroupSnapshot } from '../store/model.ts';
import { podOf } from '../store/names.ts';
import { sizeOf } from '../store/take-group-snapshot.ts';
import { eradicationOf } from './protection-group.ts';
import { destroyedFields } from './resource.ts';
import { space } from './space.ts';

/** Makes the view of group snapshots: the schema `ProtectionGroupSnapshot`. */
export const groupSnapshotView =
  (array: ArrayStore, version: number, now: number) =>
  (snapshot: GroupSnapshot): JsonObject => ({
    ...from(26, version, { id: snapshot.id }),
    name: snapshot.name,
    suffix: snapshot.suffix,
    created: snapshot.created,
    ...destroyedFields(snapshot, now),
    source: reference(snapshot.source),
    pod: reference(array.container(podOf(snapshot.source.name))),
    ...from(13, version, {
      eradication_config: eradicationOf(array.groups.withId(snapshot.source.id)),
    }),
    space: space(sizeOf(array, snapshot)),
  });
