import { from, reference } from '../rest/fields.ts';
import type { JsonObject } from '../rest/json.ts';
import type { ArrayStore } from '../store/array-store.ts';
import { protectedVolumes } from '../store/list-connections.ts';
import type { ProtectionGroup } from '../store/model.ts';
import { podOf } from '../store/names.ts';
import { destroyedFields } from './resource.ts';
import { space } from './space.ts';

/** No schedule, and the retention of a group that nobody has configured: nothing happens here by itself. */
const schedule = { at: null, enabled: false, frequency: 86_400_000 };
const retention = { all_for_sec: 86_400, days: 7, per_day: 4 };

/** Nothing of a group under SafeMode is eradicated by hand (2.26 spec, `ProtectionGroupEradicationConfig`). */
export const eradicationOf = (group: ProtectionGroup | undefined): JsonObject => ({
  manual_eradication: group?.retentionLock === 'ratcheted' ? 'disabled' : 'enabled',
});

/** Makes the view of protection groups: the schema `ProtectionGroup`. */
export const protectionGroupView =
  (array: ArrayStore, version: number, now: number) =>
  (group: ProtectionGroup): JsonObject => {
    const pod = array.container(podOf(group.name));
    const provisioned = protectedVolumes(array, group).reduce((total, { size }) => total + size, 0);
    return {
      ...from(26, version, { id: group.id }),
      name: group.name,
      ...destroyedFields(group, now),
      is_local: group.origin === null,
      pod: reference(pod),
      source: reference(group.origin ?? pod ?? array),
      volume_count: group.volumeIds.length,
      host_count: group.hosts.length,
      host_group_count: group.hostGroups.length,
      target_count: group.targets.length,
      ...from(13, version, {
        retention_lock: group.retentionLock,
        eradication_config: eradicationOf(group),
      }),
      source_retention: retention,
      target_retention: retention,
      snapshot_schedule: schedule,
      replication_schedule: { ...schedule, blackout: { start: null, end: null } },
      space: space(provisioned),
      ...from(40, version, { workload: { ...reference(null), configuration: null } }),
    };
  };
