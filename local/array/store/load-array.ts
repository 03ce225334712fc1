import type { ArrayState } from '../state-file.ts';
import { ArrayStore } from './array-store.ts';
import type { Tag } from './model.ts';
import { createIdSource } from './seeded-ids.ts';
import { takeGroupSnapshot } from './take-group-snapshot.ts';

const DAY_MS = 86_400_000;
const SECOND_MS = 1000;

export interface LoadOptions {
  seed: number;
  sessionIdleMs: number;
  /** When the simulator was started: what the state file does not date lies within the day before. */
  startedAt: number;
}

/** Builds an array from a checked state file. The same state and options give the same ids. */
export function loadArray(state: ArrayState, options: LoadOptions): ArrayStore {
  const ids = createIdSource(options.seed);
  const array = new ArrayStore({
    id: state.id ?? ids.id(),
    name: state.name,
    apiToken: state.api_token ?? ids.id(),
    sessionIdleMs: options.sessionIdleMs,
    ids,
  });
  const timeOf = (index: number) => options.startedAt - DAY_MS + index * SECOND_MS;
  const destroyedAt = (object: { destroyed?: boolean | undefined }) =>
    object.destroyed === true ? options.startedAt : null;

  for (const [index, volume] of (state.volumes ?? []).entries()) {
    const id = volume.id ?? ids.id();
    array.volumes.add({
      id,
      name: volume.name,
      serial: volume.serial ?? ids.serial(),
      size: volume.size,
      created: volume.created ?? timeOf(index),
      content: volume.content ?? `${state.name} ${volume.name} ${id}`,
      destroyedAt: destroyedAt(volume),
      source: null,
      tags: Object.entries(volume.tags ?? {}).map(toTag),
      performance: { reads_per_sec: 0, writes_per_sec: 0 },
    });
  }
  const volumeIds = (names: readonly string[] = []) =>
    names.flatMap((name) => array.volumes.named(name)?.id ?? []);

  for (const group of state.host_groups ?? []) {
    array.hostGroups.add({
      id: ids.id(),
      name: group.name,
      volumeIds: volumeIds(group.volumes),
    });
  }
  for (const host of state.hosts ?? []) {
    const group = state.host_groups?.find(({ hosts }) => hosts?.some(sameName(host.name)));
    array.hosts.add({
      id: ids.id(),
      name: host.name,
      volumeIds: volumeIds(host.volumes),
      protocolEndpoint: array.container(host.protocol_endpoint ?? null),
      hostGroup: group?.name ?? null,
    });
  }
  for (const state_ of state.protection_groups ?? []) {
    const group = {
      id: state_.id ?? ids.id(),
      name: state_.pod === undefined ? state_.name : `${state_.pod}::${state_.name}`,
      destroyedAt: destroyedAt(state_),
      volumeIds: volumeIds(state_.volumes),
      hosts: (state_.hosts ?? []).flatMap((name) => array.hosts.named(name)?.name ?? []),
      hostGroups: (state_.host_groups ?? []).flatMap(
        (name) => array.hostGroups.named(name)?.name ?? [],
      ),
      targets: state_.targets ?? [],
      nextNumber: 1,
    };
    array.groups.add(group);
    for (const [index, snapshot] of (state_.snapshots ?? []).entries()) {
      takeGroupSnapshot(array, group, {
        suffix: snapshot.suffix,
        created: snapshot.created ?? options.startedAt - DAY_MS / 2 + index * SECOND_MS,
        destroyedAt: destroyedAt(snapshot),
      });
    }
  }
  return array;
}

const sameName = (name: string) => (other: string) => other.toLowerCase() === name.toLowerCase();

const toTag = ([key, value]: [string, string]): Tag => ({
  namespace: 'default',
  key,
  value,
  copyable: true,
});
