import { from, reference } from '../rest/fields.ts';
import type { JsonObject } from '../rest/json.ts';
import type { ArrayStore } from '../store/array-store.ts';
import { listConnections } from '../store/list-connections.ts';
import type { Volume } from '../store/model.ts';
import { podOf, volumeGroupOf } from '../store/names.ts';
import { destroyedFields } from './resource.ts';
import { space } from './space.ts';

/** Makes the view of volumes: the schema `Volume`. */
export function volumeView(array: ArrayStore, version: number, now: number) {
  const connectionCounts = countConnections(array);
  return (volume: Volume): JsonObject => ({
    id: volume.id,
    name: volume.name,
    serial: volume.serial,
    provisioned: volume.size,
    connection_count: connectionCounts.get(volume)?.size ?? 0,
    created: volume.created,
    ...destroyedFields(volume, now),
    source: reference(volume.source),
    pod: reference(array.container(podOf(volume.name))),
    volume_group: reference(array.container(volumeGroupOf(volume.name))),
    subtype: volume.subtype,
    promotion_status: volume.promotionStatus,
    requested_promotion_state: volume.promotionStatus,
    space: space(volume.size),
    ...from(40, version, { workload: { ...reference(null), configuration: null } }),
  });
}

/** The hosts and host groups that a volume is connected to. */
function countConnections(array: ArrayStore): Map<Volume, Set<object>> {
  const counts = new Map<Volume, Set<object>>();
  for (const { volume, host, hostGroup } of listConnections(array)) {
    const connected = counts.get(volume) ?? new Set();
    counts.set(volume, connected.add(hostGroup ?? host));
  }
  return counts;
}
