import * as z from 'zod';
import {
  LINK_STATUSES,
  LINK_TYPES,
  type Link,
  PROMOTION_STATUSES,
  RETENTION_LOCKS,
  type RetentionLock,
  VOLUME_SUBTYPES,
} from './store/model.ts';
import { isPlainName, isQualifiedName, NAME_RULE } from './store/names.ts';

/** What the state file says of one array. */

const MIB = 1_048_576;
/** Largest volume: 4 PiB (flasharray-rest.md §3, quotas). */
const MAX_SIZE = 4_503_599_627_370_496;

const id = z.string().min(1);
const time = z.int().nonnegative();
const size = z.int().min(MIB).max(MAX_SIZE).multipleOf(512);

const plainName = z.string().refine(isPlainName, `not a name: ${NAME_RULE}`);
const name = z
  .string()
  .refine(isQualifiedName, `not a name: ${NAME_RULE}, optionally behind pod:: and vgroup/`);

/** In the namespace `default`, copyable as tags are unless somebody says otherwise. */
const tags = z.record(z.string().max(64), z.string().max(256));

const volume = z.strictObject({
  name,
  /** Bytes, a multiple of 512. */
  size,
  id: id.optional(),
  serial: z
    .string()
    .regex(/^[0-9A-F]{24}$/, 'not a serial: 24 upper-case hexadecimal digits')
    .optional(),
  tags: tags.optional(),
  /** Milliseconds since the epoch; without it volumes are one second apart, in the order of the file. */
  created: time.optional(),
  /** What is "on" the volume; without it something that no other volume has. */
  content: z.string().optional(),
  /** True: destroyed when the simulator starts, pending eradication. */
  destroyed: z.boolean().optional(),
  /** `promoted` and `regular` unless somebody says otherwise; no copy goes onto any other volume. */
  promotion_status: z.enum(PROMOTION_STATUSES).optional(),
  subtype: z.enum(VOLUME_SUBTYPES).optional(),
});

const snapshot = z.strictObject({
  suffix: z
    .string()
    .regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/, 'not a snapshot suffix'),
  created: time.optional(),
  destroyed: z.boolean().optional(),
  /** Of the group snapshot; those of its volume snapshots are what the volumes have at the start. */
  tags: tags.optional(),
});

const target = z.union(
  [
    z.string(),
    z.strictObject({
      name: z.string(),
      /** Whether the array takes what the group sends; it does unless somebody says otherwise. */
      allowed: z.boolean().optional(),
      /** Of the group's replica there, which has a lock of its own. */
      retention_lock: z.enum(RETENTION_LOCKS).optional(),
    }),
  ],
  'not a target: the name of an array, or { name, allowed?, retention_lock? }',
);

const connection = z.strictObject({
  /** The array at the other end. It need not say so as well. */
  name: z.string(),
  status: z.enum(LINK_STATUSES).optional(),
  type: z.enum(LINK_TYPES).optional(),
});

const protectionGroup = z.strictObject({
  name,
  id: id.optional(),
  /** Members are of one kind: volumes, or hosts, or host groups. */
  volumes: z.array(z.string()).optional(),
  hosts: z.array(z.string()).optional(),
  host_groups: z.array(z.string()).optional(),
  /** The arrays that it replicates to, each by its name or as `{ name, allowed, retention_lock }`. */
  targets: z.array(target).optional(),
  /** The pod of the group, where `name` is written without `pod::`. */
  pod: plainName.optional(),
  destroyed: z.boolean().optional(),
  /** `ratcheted`: SafeMode; `unlocked` unless somebody says otherwise. */
  retention_lock: z.enum(RETENTION_LOCKS).optional(),
  /** Group snapshots that exist already; they hold what the members hold at the start. */
  snapshots: z.array(snapshot).optional(),
});

const host = z.strictObject({
  name: plainName,
  /** Volumes connected to the host; through its host group where it is in one. */
  volumes: z.array(z.string()).optional(),
  /** Set where these volumes (vVols) are connected through a protocol endpoint: its name. */
  protocol_endpoint: z.string().min(1).optional(),
});

const hostGroup = z.strictObject({
  name: plainName,
  hosts: z.array(z.string()).optional(),
  /** Volumes connected to the host group as a whole, and so to each of its hosts. */
  volumes: z.array(z.string()).optional(),
});

export const arrayState = z.strictObject({
  name: plainName,
  id: id.optional(),
  api_token: z.string().min(1).optional(),
  volumes: z.array(volume).optional(),
  protection_groups: z.array(protectionGroup).optional(),
  hosts: z.array(host).optional(),
  host_groups: z.array(hostGroup).optional(),
  /** Bytes; 100 TiB without it. */
  capacity: z.int().positive().optional(),
  /** What is occupied of it, in bytes; 0 without it. What is copied here occupies nothing. */
  used: z.int().nonnegative().optional(),
  /** True: a volume that is overwritten keeps its own `created`; false without it. */
  keeps_created: z.boolean().optional(),
  /** Connections to other arrays of the file. A source and its target are connected without a word about it. */
  connections: z.array(connection).optional(),
});

export type ArrayState = z.infer<typeof arrayState>;

/** What a connection is, where the file says nothing else about it. */
export const linkOf = ({
  status = 'connected',
  type = 'async-replication',
}: Partial<z.infer<typeof connection>>): Link => ({ status, type });

/** A target is allowed, and the replica there unlocked, unless the file says otherwise. */
export function readTarget(given: z.infer<typeof target>): {
  name: string;
  allowed: boolean;
  retentionLock: RetentionLock;
} {
  const {
    name,
    allowed = true,
    retention_lock = 'unlocked',
  } = typeof given === 'string' ? { name: given } : given;
  return { name, allowed, retentionLock: retention_lock };
}
