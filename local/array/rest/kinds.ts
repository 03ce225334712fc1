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
import { Table } from '../store/table.ts';
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
/** What a volume snapshot can be of: a volume, or the replica of one that is elsewhere. */
export const volumeSources: Kind<Identified> = {
  tableOf: (array) => listed([...array.volumes.all(), ...array.replicaVolumes.all()]),
  missing: messages.volumeMissing,
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
/** The array itself, and those that it is connected to. */
export const arrays: Kind<Identified> = {
  tableOf: (array) => listed([array, ...array.connections.map((connection) => connection.array)]),
  missing: messages.arrayMissing,
};
export const connectedArrays: Kind<Identified> = {
  tableOf: (array) => listed(array.connections.map((connection) => connection.array)),
  missing: messages.arrayMissing,
};

function listed(objects: readonly Identified[]): Table<Identified> {
  const table = new Table<Identified>();
  for (const object of objects) table.add(object);
  return table;
}
