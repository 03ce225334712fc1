/** What an array keeps. Times are milliseconds since the epoch, sizes bytes. */

export interface Reference {
  readonly id: string;
  readonly name: string;
}

export interface Tag {
  readonly namespace: string;
  readonly key: string;
  readonly value: string;
  /** Whether the tag travels with a copy of its resource. */
  readonly copyable: boolean;
}

/** What every object that can be destroyed has in common. A destroyed object keeps its name until its time is up. */
export interface Resource {
  readonly id: string;
  name: string;
  /** When it was destroyed; null while it lives. */
  destroyedAt: number | null;
}

/** Whether a volume accepts writes: all but a demoted one do (2.26 spec, `Volume`). */
export const PROMOTION_STATUSES = ['promoted', 'demoted'] as const;
export const VOLUME_SUBTYPES = ['regular', 'protocol_endpoint'] as const;

export interface Volume extends Resource {
  readonly serial: string;
  size: number;
  created: number;
  content: string;
  /** The volume that its content was copied from. */
  source: Reference | null;
  tags: readonly Tag[];
  performance: Performance;
  readonly promotionStatus: (typeof PROMOTION_STATUSES)[number];
  readonly subtype: (typeof VOLUME_SUBTYPES)[number];
}

export interface Performance {
  readonly reads_per_sec: number;
  readonly writes_per_sec: number;
}

export interface VolumeSnapshot extends Resource {
  readonly serial: string;
  suffix: string;
  readonly created: number;
  readonly size: number;
  readonly content: string;
  source: Reference;
  readonly groupSnapshotId: string;
  /** How it came here; null where it was taken here. */
  readonly transfer: Transfer | null;
  tags: readonly Tag[];
}

export interface GroupSnapshot extends Resource {
  suffix: string;
  readonly created: number;
  readonly source: Reference;
  /** How it came here; null where it was taken here. */
  readonly transfer: Transfer | null;
  tags: readonly Tag[];
}

/** How a replica comes to its array; the group snapshot and its members share one. */
export interface Transfer {
  readonly started: number;
  /** Null: still under way, and nothing can be copied from the replica. */
  completed: number | null;
  /** From 0 to 1. */
  progress: number;
}

/** `ratcheted`: SafeMode keeps the group's snapshots (2.26 spec, `ProtectionGroup`). */
export const RETENTION_LOCKS = ['unlocked', 'ratcheted'] as const;
export type RetentionLock = (typeof RETENTION_LOCKS)[number];

export interface ProtectionGroup extends Resource {
  /** Members by id or, as hosts and host groups have none in REST, by name; of one kind only. */
  volumeIds: readonly string[];
  readonly hosts: readonly string[];
  readonly hostGroups: readonly string[];
  /** Arrays that the group replicates to; those of a replica are the array that it is on. */
  readonly targets: ReplicationTarget[];
  /** For the replica of a group: the array or pod where the group itself is. Null: it is here. */
  readonly origin: Reference | null;
  /** The number that the last snapshot without a suffix got. */
  lastNumber: number;
  readonly retentionLock: RetentionLock;
}

/** A target of a group: one object, which the group and its replica share. */
export interface ReplicationTarget {
  readonly array: Reference;
  /** Whether the target takes what is sent to it. */
  allowed: boolean;
}

/** The states of an array connection (2.26 spec, `ArrayConnection`). In all but `connecting` the arrays communicate. */
export const LINK_STATUSES = [
  'connected',
  'connecting',
  'partially_connected',
  'unbalanced',
] as const;
export const LINK_TYPES = ['async-replication', 'sync-replication'] as const;

/** The connection of two arrays: one object, which both share. */
export interface Link {
  status: (typeof LINK_STATUSES)[number];
  readonly type: (typeof LINK_TYPES)[number];
}

/** A connection as one of its arrays sees it. */
export interface ArrayConnection {
  /** The array at the other end. */
  readonly array: Reference;
  readonly link: Link;
}

export interface Host {
  readonly id: string;
  readonly name: string;
  readonly volumeIds: readonly string[];
  /** Set where the host reaches its volumes through a protocol endpoint. */
  readonly protocolEndpoint: Reference | null;
  readonly hostGroup: HostGroup | null;
}

export interface HostGroup {
  readonly id: string;
  readonly name: string;
  readonly volumeIds: readonly string[];
}

/** One path from a host to a volume. */
export interface Connection {
  readonly volume: Volume;
  readonly host: Host;
  /** Set where the host is connected through its host group. */
  readonly hostGroup: HostGroup | null;
  readonly lun: number;
}
