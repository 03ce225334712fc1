import type { ArrayStore } from './array-store.ts';
import type { Connection, ProtectionGroup, Volume } from './model.ts';

/** LUNs of shared connections count down from here, those of private ones up from 1 (2.26 spec, `Connection.lun`). */
const FIRST_SHARED_LUN = 254;

/** All connections of an array: one row per host, also where the host is connected through its host group. */
export function listConnections(array: ArrayStore): Connection[] {
  return array.hosts.all().flatMap((host) => {
    const { hostGroup } = host;
    const volumeIds = [...new Set([...(hostGroup?.volumeIds ?? []), ...host.volumeIds])];
    return volumeIds.flatMap((id, index) => {
      const volume = array.volumes.withId(id);
      if (volume === undefined) return [];
      const lun = hostGroup === null ? index + 1 : FIRST_SHARED_LUN - index;
      return { volume, host, hostGroup, lun };
    });
  });
}

/**
 * The live volumes that a protection group protects: its members or, where its members are hosts or host groups, every
 * volume connected to one of them (flasharray-rest.md §5.1).
 */
export function protectedVolumes(array: ArrayStore, group: ProtectionGroup): Volume[] {
  const volumes = new Set<Volume>();
  for (const id of group.volumeIds) {
    const volume = array.volumes.withId(id);
    if (volume !== undefined) volumes.add(volume);
  }
  if (group.hosts.length + group.hostGroups.length > 0) {
    for (const { volume, host, hostGroup } of listConnections(array)) {
      const isMember =
        group.hosts.includes(host.name) || group.hostGroups.includes(hostGroup?.name ?? '');
      if (isMember) volumes.add(volume);
    }
  }
  return [...volumes].filter((volume) => volume.destroyedAt === null);
}
