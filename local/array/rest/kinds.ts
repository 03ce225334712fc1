import type { ArrayStore } from '../store/array-store.ts';
import type {
  GroupSnapshot,
  Host,
  HostGroup,
  ProtectionGroup,
  Resource,
  Tag,
  Volume,
  VolumeSnapshot,
} from '../store/model.ts';
import type { Table } from '../store/table.ts';
import { messages } from './errors.ts';

export interface Identified {
  readonly id: string;
  readonly name: string;
}

/** Whatever can carry tags. */
export type Tagged = Resource & { tags: readonly Tag[] };

/** A kind of object: where an array keeps them, and what it says when it cannot find one. */
export interface Kind<T extends Identified> {
  tableOf(array: ArrayStore): Table<T>;
  readonly missing: string;
}

export const volumes: Kind<Volume> = {
  tableOf: (array) => array.volumes,
  missing: messages.volumeMissing,
};
export const volumeSnapshots: Kind<VolumeSnapshot> = {
  tableOf: (array) => array.volumeSnapshots,
  missing: messages.volumeSnapshotMissing,
};
export const groups: Kind<ProtectionGroup> = {
  tableOf: (array) => array.groups,
  missing: messages.groupMissing,
};
export const groupSnapshots: Kind<GroupSnapshot> = {
  tableOf: (array) => array.groupSnapshots,
  missing: messages.groupSnapshotMissing,
};
export const hosts: Kind<Host> = {
  tableOf: (array) => array.hosts,
  missing: messages.hostMissing,
};
export const hostGroups: Kind<HostGroup> = {
  tableOf: (array) => array.hostGroups,
  missing: messages.hostGroupMissing,
};
