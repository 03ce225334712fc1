import type { HookRights } from '../refresh/hooks.ts';
import type { Transfer } from '../refresh/replication.ts';
import type { ArrayIdentity } from '../refresh/run.ts';

/** The bucket. Keys are whole object keys, bodies are text. */
export interface ObjectStore {
  /** The object's text; undefined when there is no such object. */
  read(key: string): Promise<string | undefined>;
  write(key: string, text: string, contentType: string): Promise<void>;
  /** The same as `read`, with what tells this text of it from any other. */
  readVersion(key: string): Promise<ObjectVersion | undefined>;
  /**
   * Writes JSON where the object is what it was.
   * @param version as it was; undefined: there was none
   * @returns the new version; undefined where somebody else has written it since, and then nothing is written
   */
  replace(key: string, text: string, version: string | undefined): Promise<string | undefined>;
  /** All keys that begin with `prefix`. */
  list(prefix: string): Promise<string[]>;
}

export interface ObjectVersion {
  readonly text: string;
  readonly version: string;
}

/** Time, injected so that tests own it. */
export interface Clock {
  now(): Date;
  /** A signal that aborts after `ms` milliseconds. */
  deadline(ms: number): AbortSignal;
}

export interface ProtectionGroup {
  readonly name: string;
  readonly destroyed: boolean;
  readonly hostCount: number;
  readonly hostGroupCount: number;
  /** `ratcheted`: SafeMode keeps what belongs to it. Null below REST 2.13. */
  readonly retentionLock: string | null;
}

/** How full an array is, in bytes, and when; nulls where it does not tell this user. */
export interface ArraySpace {
  readonly capacity: number | null;
  readonly used: number | null;
  /** By the array's clock, milliseconds since epoch. */
  readonly asOf: number | null;
}

export interface GroupMember {
  readonly group: string;
  /** Null below REST 2.9. */
  readonly id: string | null;
  readonly name: string;
  readonly destroyed: boolean;
}

/** A volume as the array lists it. Sizes are bytes, times milliseconds since epoch. */
export interface ArrayVolume {
  readonly id: string;
  readonly name: string;
  readonly serial: string;
  readonly size: number;
  readonly created: number;
  readonly destroyed: boolean;
  /** Such as `regular`; null where the array does not say. */
  readonly subtype: string | null;
  /** Such as `promoted`: what is not takes no writes. Null where the array does not say. */
  readonly promotion: string | null;
}

/** What hosts do with a volume at present. */
export interface VolumeLoad {
  readonly volume: string;
  readonly readsPerSecond: number;
  readonly writesPerSecond: number;
}

export interface Connection {
  readonly volume: string;
  /** Null for a connection to a host group that has no host yet. */
  readonly host: string | null;
  /** Of a vVol: connected through a protocol endpoint, not by itself. */
  readonly throughProtocolEndpoint: boolean;
}

export interface GroupSnapshot {
  /** Null below REST 2.26. */
  readonly id: string | null;
  readonly name: string;
  readonly created: number;
  readonly destroyed: boolean;
}

export interface VolumeSnapshot {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  readonly created: number;
  /** The volume that it was taken from; nulls when that was eradicated. */
  readonly source: { readonly id: string | null; readonly name: string | null };
}

/** One overwrite: what is copied, onto which volume, and the source volume's id for its tag; null: it gets none. */
export interface VolumeCopy {
  readonly target: string;
  readonly snapshot: string;
  readonly mapping: string | null;
}

/** A tag, whatever bears it: at most 64 and 256 characters. */
export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** A tag of a volume snapshot, or of a group snapshot. */
export interface SnapshotTag extends Tag {
  /** Name and id of the snapshot. */
  readonly snapshot: string;
  readonly id: string | null;
}

/** What a group snapshot is made with, besides its name. */
export interface SnapshotOptions {
  /** Sends it to the group's targets at once. */
  readonly replicateNow?: boolean;
  /** Its own tags, at most 30, copyable: they travel to its replicas. No array promises that its members get them. */
  readonly tags?: readonly Tag[];
  /** Likewise, but these are about this very snapshot and must not travel anywhere. */
  readonly marks?: readonly Tag[];
}

/** What a REST version can do. */
export interface Capabilities {
  /** `POST /volumes/batch` copies all volumes and sets their tags in one request (2.32). */
  readonly batchOverwrite: boolean;
  /** `POST /volumes/batch/test` tries that without doing it (2.33). */
  readonly batchTest: boolean;
  /** `POST /protection-group-snapshots/test` (2.25). */
  readonly snapshotTest: boolean;
  /** `replicate_now` in the request that makes a snapshot (2.4). */
  readonly replicateNow: boolean;
  /** `POST /protection-group-snapshots/replica` sends a snapshot that exists (2.25). */
  readonly sendReplica: boolean;
  /** `tags` in the request that makes a group snapshot, and the tag endpoints of group snapshots (2.44). */
  readonly snapshotTags: boolean;
}

/** An array that a group replicates to, as the group's own array lists it. */
export interface ReplicationTarget {
  readonly array: string;
  /** Whether that array lets the group in. */
  readonly allowed: boolean;
}

/**
 * One FlashArray. Reads take any number of names and send as few requests as the URL's length allows.
 * Every method throws the errors of kind `array`.
 */
export interface FlashArray {
  /** As the credentials name it. */
  readonly host: string;
  /** Requests sent so far, also those of earlier runs on a warm session. */
  readonly requestCount: number;
  /** With which the array has shown itself on the newest connection; null before the first. */
  readonly certificate: { readonly validTo: Date } | null;
  /** Begins anew: ends the session and asks which versions there are. @returns the one that is spoken, such as `2.26` */
  greet(): Promise<string>;
  identify(): Promise<ArrayIdentity>;
  capabilities(): Promise<Capabilities>;
  space(): Promise<ArraySpace>;
  /** @throws ArrayObjectNotFound when one of them does not exist */
  protectionGroups(names: readonly string[]): Promise<ProtectionGroup[]>;
  groupVolumes(groups: readonly string[]): Promise<GroupMember[]>;
  groupHosts(group: string): Promise<string[]>;
  groupHostGroups(group: string): Promise<string[]>;
  connectionsOfVolumes(volumes: readonly string[]): Promise<Connection[]>;
  connectionsOfHosts(hosts: readonly string[]): Promise<Connection[]>;
  connectionsOfHostGroups(hostGroups: readonly string[]): Promise<Connection[]>;
  /** In name order. */
  volumes(names: readonly string[]): Promise<ArrayVolume[]>;
  /** Those of them that there are: whatever their names and groups, and also destroyed. */
  volumesWithIds(ids: readonly string[]): Promise<ArrayVolume[]>;
  loads(volumes: readonly string[]): Promise<VolumeLoad[]>;
  /** Source volume ids by volume name, from the tag `snapshot_mapping`. */
  mappings(volumes: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** By exact name, also a destroyed one; undefined when there is none. */
  groupSnapshot(name: string): Promise<GroupSnapshot | undefined>;
  /** Those of them that there are, also destroyed ones. */
  groupSnapshotsNamed(names: readonly string[]): Promise<GroupSnapshot[]>;
  /** Snapshots of a group whose suffix begins with one of these, also destroyed ones. */
  groupSnapshots(group: string, suffixes: readonly string[]): Promise<GroupSnapshot[]>;
  /** Members of a group snapshot, in name order; those of a destroyed one only if it is asked for. */
  volumeSnapshots(groupSnapshot: string, destroyed?: boolean): Promise<VolumeSnapshot[]>;
  /** All tags of one volume snapshot. */
  tagsOfSnapshot(id: string): Promise<SnapshotTag[]>;
  /** All tags of one group snapshot; only where `snapshotTags`. */
  tagsOfGroupSnapshot(name: string): Promise<SnapshotTag[]>;
  /** The tags with these keys of all live volume snapshots whose name is one of these; `*` stands for anything. */
  tagsOfMembers(names: readonly string[], keys: readonly string[]): Promise<SnapshotTag[]>;
  /** The same of group snapshots; only where `snapshotTags`. */
  tagsOfGroupSnapshots(names: readonly string[], keys: readonly string[]): Promise<SnapshotTag[]>;
  /** Gives all these volume snapshots the same tags. Copyable ones travel to replicas, and to volumes that are overwritten. */
  tagSnapshots(
    ids: readonly string[],
    tags: readonly Tag[],
    how: { readonly copyable: boolean },
  ): Promise<void>;
  /** Renames the snapshot that bears this name. */
  renameSnapshot(from: string, to: string): Promise<void>;
  /** Renames this very snapshot, whatever its name; below REST 2.26 that which bears its name. */
  renameThisSnapshot(snapshot: GroupSnapshot, to: string): Promise<void>;
  /** To pending eradication; nothing is eradicated. */
  destroySnapshots(names: readonly string[]): Promise<void>;
  /** From pending eradication. */
  recoverSnapshot(name: string): Promise<void>;
  testGroupSnapshot(group: string, suffix: string, options?: SnapshotOptions): Promise<void>;
  createGroupSnapshot(
    group: string,
    suffix: string,
    options?: SnapshotOptions,
  ): Promise<GroupSnapshot>;
  /** The newest snapshot of a group, or of a group's replica; undefined when there is none. */
  newestGroupSnapshot(group: string): Promise<GroupSnapshot | undefined>;
  replicationTargets(group: string): Promise<ReplicationTarget[]>;
  /** Status of the connection to another array; undefined when there is none. */
  connectionStatus(array: string): Promise<string | undefined>;
  /** Sends a snapshot that exists to a target array. */
  sendReplica(groupSnapshot: string, array: string): Promise<void>;
  /** How far a replica has arrived, asked on the target array; undefined while that does not know it. */
  transfer(groupSnapshot: string): Promise<Transfer | undefined>;
  /** Of these snapshots, the transfers that the array knows to have begun, by `nameKey`. */
  transfers(groupSnapshots: readonly string[]): Promise<ReadonlyMap<string, Transfer>>;
  testOverwrite(copies: readonly VolumeCopy[]): Promise<void>;
  /** One request for all: contents and tags. */
  overwriteBatch(copies: readonly VolumeCopy[]): Promise<void>;
  /** Content only. */
  overwriteVolume(copy: VolumeCopy): Promise<void>;
  tagVolume(copy: VolumeCopy): Promise<void>;
  /** Takes the tag with the source volume's id away. */
  untagVolumes(volumes: readonly string[]): Promise<void>;
  /** Ends the session. Never throws: a session that stays behind expires by itself. */
  logOut(): Promise<void>;
}

/** Whether an execution still works on its run; unknown where this deployment cannot tell. */
export type ExecutionState = 'alive' | 'dead' | 'unknown';

/** What a step may use. */
export interface Ports {
  readonly store: ObjectStore;
  readonly clock: Clock;
  /** State of an execution by its ARN. */
  readonly executionState: (arn: string) => Promise<ExecutionState>;
  /** For how long, in seconds, a step may go on after its execution has ended. */
  readonly lingerSeconds: number;
  /** Whether this deployment can speak to the source database. */
  readonly hasOracle: boolean;
  /** Where others find an object of the bucket: `s3://bucket/key`, or a path on this machine. */
  readonly locate: (key: string) => string;
  /** What hooks may call; undefined where this deployment calls none. */
  readonly hookRights: HookRights | undefined;
  /** The source array, with the REST version pinned if `pin` is not null. */
  readonly sourceArray: (pin: string | null) => Promise<FlashArray>;
  /** The second array, that of the target group of a replicated refresh. */
  readonly targetArray: (pin: string | null) => Promise<FlashArray>;
}
