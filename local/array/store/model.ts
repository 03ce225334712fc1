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

export interface Volume extends Resource {
  readonly serial: string;
  size: number;
  created: number;
  content: string;
  /** The volume that its content was copied from. */
  source: Reference | null;
  tags: readonly Tag[];
  performance: Performance;
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
  readonly source: Reference;
  readonly groupSnapshotId: string;
  tags: readonly Tag[];
}

export interface GroupSnapshot extends Resource {
  suffix: string;
  readonly created: number;
  readonly source: Reference;
  tags: readonly Tag[];
}

export interface ProtectionGroup extends Resource {
  /** Members by id or, as hosts and host groups have none in REST, by name; of one kind only. */
  readonly volumeIds: readonly string[];
  readonly hosts: readonly string[];
  readonly hostGroups: readonly string[];
  /** Arrays that the group replicates to. */
  readonly targets: readonly string[];
  /** The number that the last snapshot without a suffix got. */
  lastNumber: number;
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
