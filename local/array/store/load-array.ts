import type { ArrayState } from '../state-file.ts';
import { ArrayStore } from './array-store.ts';
import type { Tag } from './model.ts';
import { inPod } from './names.ts';
import { createIdSource } from './seeded-ids.ts';
import { takeGroupSnapshot } from './take-group-snapshot.ts';

const TIB = 2 ** 40;
const DAY_MS = 86_400_000;
const SECOND_MS = 1000;

export interface LoadOptions {
  seed: number;
  sessionIdleMs: number;
  /** When the simulator was started: what the state file does not date was created within the day before. */
  startedAt: number;
  /** When the state is loaded: what it calls destroyed was destroyed just now. */
  now: number;
}

/** Builds an array from a checked state file, alone as yet. The same state and options give the same ids and times. */
export function loadArray(state: ArrayState, options: LoadOptions): ArrayStore {
  const ids = createIdSource(options.seed);
  const array = new ArrayStore({
    id: state.id ?? ids.id(),
    name: state.name,
    apiToken: state.api_token ?? ids.id(),
    sessionIdleMs: options.sessionIdleMs,
    ids,
    keepsCreated: state.keeps_created ?? false,
    capacity: state.capacity ?? 100 * TIB,
    used: state.used ?? 0,
  });
  loadVolumes(array, state, options);
  loadHosts(array, state);
  loadGroups(array, state, options);
  return array;
}

function loadVolumes(array: ArrayStore, state: ArrayState, times: LoadOptions): void {
  for (const [index, volume] of (state.volumes ?? []).entries()) {
    const id = volume.id ?? array.ids.id();
    array.volumes.add({
      id,
      name: volume.name,
      serial: volume.serial ?? array.ids.serial(),
      size: volume.size,
      created: volume.created ?? times.startedAt - DAY_MS + index * SECOND_MS,
      content: volume.content ?? `${array.name} ${volume.name} ${id}`,
      destroyedAt: volume.destroyed === true ? times.now : null,
      source: null,
      tags: readTags(volume.tags),
      performance: { reads_per_sec: 0, writes_per_sec: 0 },
      promotionStatus: volume.promotion_status ?? 'promoted',
      subtype: volume.subtype ?? 'regular',
    });
  }
}

const readTags = (tags: Readonly<Record<string, string>> = {}): Tag[] =>
  Object.entries(tags).map(([key, value]) => ({
    namespace: 'default',
    key,
    value,
    copyable: true,
  }));

function loadHosts(array: ArrayStore, state: ArrayState): void {
  for (const group of state.host_groups ?? []) {
    const volumeIds = volumeIdsOf(array, group.volumes);
    array.hostGroups.add({ id: array.ids.id(), name: group.name, volumeIds });
  }
  for (const host of state.hosts ?? []) {
    const hostGroup = state.host_groups?.find(({ hosts = [] }) =>
      hosts.some((name) => name.toLowerCase() === host.name.toLowerCase()),
    );
    array.hosts.add({
      id: array.ids.id(),
      name: host.name,
      volumeIds: volumeIdsOf(array, host.volumes),
      protocolEndpoint: array.container(host.protocol_endpoint ?? null),
      hostGroup: array.hostGroups.named(hostGroup?.name ?? '') ?? null,
    });
  }
}

function loadGroups(array: ArrayStore, state: ArrayState, times: LoadOptions): void {
  for (const given of state.protection_groups ?? []) {
    const group = {
      id: given.id ?? array.ids.id(),
      name: inPod(given.pod, given.name),
      destroyedAt: given.destroyed === true ? times.now : null,
      volumeIds: volumeIdsOf(array, given.volumes),
      hosts: (given.hosts ?? []).flatMap((host) => array.hosts.named(host)?.name ?? []),
      hostGroups: (given.host_groups ?? []).flatMap(
        (hostGroup) => array.hostGroups.named(hostGroup)?.name ?? [],
      ),
      targets: [],
      origin: null,
      lastNumber: 0,
      retentionLock: given.retention_lock ?? 'unlocked',
    };
    array.groups.add(group);
    for (const [index, { suffix, created, destroyed, tags }] of (given.snapshots ?? []).entries()) {
      takeGroupSnapshot(array, group, {
        suffix,
        created: created ?? times.startedAt - DAY_MS / 2 + index * SECOND_MS,
        destroyedAt: destroyed === true ? times.now : null,
        tags: readTags(tags),
      });
    }
  }
}

const volumeIdsOf = (array: ArrayStore, names: readonly string[] = []): string[] =>
  names.flatMap((name) => array.volumes.named(name)?.id ?? []);
