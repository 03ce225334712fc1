import { isError } from '../refresh/errors.ts';
import { groupSnapshotName } from '../refresh/naming.ts';
import type { RefreshRequest } from '../refresh/request.ts';
import type { Run } from '../refresh/run.ts';
import type { Arrays } from './arrays.ts';
import { atOnce } from './at-once.ts';
import { findGroups, type Membership, type Memberships } from './find-groups.ts';
import { readGroups } from './look-at-groups.ts';
import { lookAtReplication, type ReplicaLook } from './look-at-replication.ts';
import { findSnapshot, snapshotVolumes } from './look-at-snapshot.ts';
import type { GroupSnapshot } from './ports.ts';
import { type Connections, readConnections } from './refuse-shared-hosts.ts';
import { refuseUnready } from './refuse-unready.ts';

/** What is found when nothing is known but the names of the groups. */
export interface Named {
  readonly members: Memberships;
  /** The one to be copied, where it exists. */
  readonly snapshot: GroupSnapshot | undefined;
}

export const lookByName = async (arrays: Arrays, request: RefreshRequest): Promise<Named> => {
  const source = request.source_protection_group ?? '';
  const looks = await atOnce({
    members: findGroups(arrays, request),
    snapshot: findSnapshot(arrays.source, groupSnapshotName(source, request.snapshot_suffix)),
  });
  return { members: await looks.members, snapshot: await looks.snapshot };
};

/** What is found when the names of the volumes are known too: all in one round trip, as far as it can be. */
export const lookAround = (
  run: Run,
  arrays: Arrays,
  request: RefreshRequest,
  { members: { source, target }, snapshot }: Named,
) =>
  atOnce({
    groups: readGroups(arrays, { source, target }),
    replication: replicationOf(run, arrays, request, source, snapshot),
    /** Undefined where the snapshot is yet to be made. */
    members: snapshotMembers(arrays, snapshot),
    mappings: mappingsOf(arrays, target),
    connections: connectionsOf(arrays, request, source, target),
    readiness: readinessOf(arrays, request, target),
  });

const replicationOf = async (
  { source_array, target_array }: Run,
  arrays: Arrays,
  request: RefreshRequest,
  source: Membership,
  snapshot: GroupSnapshot | undefined,
): Promise<ReplicaLook | undefined> =>
  source_array && target_array
    ? lookAtReplication(arrays, { source_array, target_array }, source.name, request, snapshot)
    : undefined;

const snapshotMembers = async ({ source }: Arrays, snapshot: GroupSnapshot | undefined) =>
  snapshot && snapshotVolumes(source, snapshot.name);

const mappingsOf = async ({ target: array }: Arrays, target: Membership | null) =>
  target ? array.mappings(target.volumes) : new Map<string, string>();

/** Undefined where the array refuses one of the volumes: below REST 2.9 a group lists destroyed ones too. */
const connectionsOf = async (
  arrays: Arrays,
  { allow_shared_hosts }: RefreshRequest,
  source: Membership,
  target: Membership | null,
): Promise<Connections | undefined> => {
  if (!target || allow_shared_hosts) return NO_CONNECTIONS;
  try {
    return await readConnections(arrays, source.volumes, target.volumes);
  } catch (error) {
    if (REFUSALS.some((refusal) => isError(error, refusal))) return undefined;
    throw error;
  }
};

const REFUSALS = ['ArrayObjectNotFound', 'ArrayRequestRefused'] as const;
const NO_CONNECTIONS: Connections = { ofSources: [], ofTargets: [] };

/** @returns warnings */
const readinessOf = async (
  { target: array }: Arrays,
  request: RefreshRequest,
  target: Membership | null,
): Promise<string[]> => (target ? refuseUnready(array, target.volumes, request) : []);
