import { deleteTags } from '../actions/delete-tags.ts';
import { getArrayConnections } from '../actions/get-array-connections.ts';
import { getArrays } from '../actions/get-arrays.ts';
import { getConnections } from '../actions/get-connections.ts';
import { getGroupMembers } from '../actions/get-group-members.ts';
import { getGroupSnapshotTransfers } from '../actions/get-group-snapshot-transfers.ts';
import { getGroupSnapshots } from '../actions/get-group-snapshots.ts';
import { getGroupTargets } from '../actions/get-group-targets.ts';
import { getGroupVolumes } from '../actions/get-group-volumes.ts';
import { getProtectionGroups } from '../actions/get-protection-groups.ts';
import { getTags } from '../actions/get-tags.ts';
import { getVolumeSnapshotTransfers } from '../actions/get-volume-snapshot-transfers.ts';
import { getVolumeSnapshots } from '../actions/get-volume-snapshots.ts';
import { getVolumes } from '../actions/get-volumes.ts';
import { getVolumesPerformance } from '../actions/get-volumes-performance.ts';
import { login } from '../actions/login.ts';
import { logout } from '../actions/logout.ts';
import { patchGroupSnapshots } from '../actions/patch-group-snapshots.ts';
import { postGroupSnapshotReplicas } from '../actions/post-group-snapshot-replicas.ts';
import { postGroupSnapshots } from '../actions/post-group-snapshots.ts';
import { postVolumes } from '../actions/post-volumes.ts';
import { postVolumesBatch } from '../actions/post-volumes-batch.ts';
import { putTags } from '../actions/put-tags.ts';
import { testGroupSnapshots } from '../actions/test-group-snapshots.ts';
import { testVolumesBatch } from '../actions/test-volumes-batch.ts';
import type { Action } from './call.ts';
import { groupSnapshots, hostGroups, hosts, volumeSnapshots, volumes } from './kinds.ts';
import { count, flag, list, type Parameters, since, text } from './query.ts';

export interface Endpoint {
  readonly action: Action;
  readonly parameters: Parameters;
  /** The N of the first version 2.N that has it; without it every version has. */
  readonly since?: number;
  /** True for what a client calls to get a session. */
  readonly isOpen?: boolean;
}

const narrowing = { filter: text, sort: list, limit: count, offset: count, total_item_count: flag };
const paging = { ...narrowing, continuation_token: text };
const named = { names: list, ids: list, destroyed: flag, total_only: flag };
const bySource = { source_names: list };
const grouped = { group_names: list, group_ids: since(26, list), member_names: list };
const tagged = { resource_names: list, resource_ids: list };
const tagListing = {
  ...paging,
  ...tagged,
  resource_destroyed: flag,
  namespaces: since(3, list),
};
const snapshotting = {
  ...bySource,
  source_ids: since(26, list),
  apply_retention: flag,
  replicate: since(4, flag),
  replicate_now: since(4, flag),
  for_replication: since(4, flag),
  allow_throttle: since(25, flag),
};
/** The token of these listings came with 2.29 (flasharray-rest.md §3). */
const transferring = {
  ...narrowing,
  continuation_token: since(29, text),
  ...named,
  ...bySource,
};
const batch = { overwrite: flag, with_default_protection: flag, allow_throttle: flag };

/**
 * What the simulator knows, by method and path: flasharray-rest.md §3 and §7, and the parameters of both OpenAPI files.
 * What is not in here is refused, as are contexts (`context_names`, `allow_errors`): clients talk to each array.
 */
export const endpoints: Readonly<Record<string, Endpoint>> = {
  'POST /login': { action: login, parameters: {}, isOpen: true },
  'POST /logout': { action: logout, parameters: {} },
  'GET /arrays': { action: getArrays, parameters: narrowing },
  'GET /array-connections': {
    action: getArrayConnections,
    parameters: { ...paging, names: list },
    since: 4,
  },
  'GET /protection-groups': {
    action: getProtectionGroups,
    parameters: { ...paging, ...named, ids: since(26, list) },
  },
  'GET /protection-groups/volumes': {
    action: getGroupVolumes,
    parameters: {
      ...paging,
      ...grouped,
      member_ids: since(9, list),
      member_destroyed: since(9, flag),
    },
  },
  'GET /protection-groups/hosts': {
    action: getGroupMembers(hosts, (group) => group.hosts),
    parameters: { ...paging, ...grouped },
  },
  'GET /protection-groups/host-groups': {
    action: getGroupMembers(hostGroups, (group) => group.hostGroups),
    parameters: { ...paging, ...grouped },
  },
  'GET /protection-groups/targets': {
    action: getGroupTargets,
    parameters: { ...paging, ...grouped, member_ids: since(37, list) },
  },
  'GET /protection-group-snapshots': {
    action: getGroupSnapshots,
    parameters: {
      ...paging,
      ...named,
      ...bySource,
      ids: since(26, list),
      source_ids: since(26, list),
    },
  },
  'POST /protection-group-snapshots': { action: postGroupSnapshots, parameters: snapshotting },
  'PATCH /protection-group-snapshots': {
    action: patchGroupSnapshots,
    parameters: { names: list, ids: since(26, list) },
  },
  'POST /protection-group-snapshots/test': {
    action: testGroupSnapshots,
    parameters: snapshotting,
    since: 25,
  },
  'POST /protection-group-snapshots/replica': {
    action: postGroupSnapshotReplicas,
    parameters: {
      names: list,
      ids: since(26, list),
      on: list,
      convert_source_to_baseline: flag,
    },
    since: 25,
  },
  'GET /protection-group-snapshots/transfer': {
    action: getGroupSnapshotTransfers,
    parameters: { ...transferring, ids: since(26, list), source_ids: since(26, list) },
  },
  'GET /protection-group-snapshots/tags': {
    action: getTags(groupSnapshots),
    parameters: tagListing,
    since: 44,
  },
  'PUT /protection-group-snapshots/tags/batch': {
    action: putTags(groupSnapshots),
    parameters: tagged,
    since: 44,
  },
  'GET /volume-snapshots': {
    action: getVolumeSnapshots,
    parameters: { ...paging, ...named, ...bySource, source_ids: list },
  },
  'GET /volume-snapshots/transfer': {
    action: getVolumeSnapshotTransfers,
    parameters: { ...transferring, source_ids: list },
  },
  'GET /volume-snapshots/tags': { action: getTags(volumeSnapshots), parameters: tagListing },
  'PUT /volume-snapshots/tags/batch': { action: putTags(volumeSnapshots), parameters: tagged },
  'GET /volumes': { action: getVolumes, parameters: { ...paging, ...named } },
  'POST /volumes': {
    action: postVolumes,
    parameters: {
      names: list,
      overwrite: flag,
      with_default_protection: since(16, flag),
      allow_throttle: since(31, flag),
    },
  },
  'POST /volumes/batch': { action: postVolumesBatch, parameters: batch, since: 32 },
  'POST /volumes/batch/test': { action: testVolumesBatch, parameters: batch, since: 33 },
  'GET /volumes/performance': {
    action: getVolumesPerformance,
    // The token came after 2.26; 2.29 is when the listing of transfers got its own.
    parameters: { ...narrowing, ...named, continuation_token: since(29, text) },
  },
  'GET /volumes/tags': { action: getTags(volumes), parameters: tagListing },
  'DELETE /volumes/tags': {
    action: deleteTags(volumes),
    parameters: { ...tagged, keys: list, namespaces: since(3, list) },
  },
  'PUT /volumes/tags/batch': { action: putTags(volumes), parameters: tagged },
  'GET /connections': {
    action: getConnections,
    parameters: { ...paging, volume_names: list, host_names: list, host_group_names: list },
  },
};
