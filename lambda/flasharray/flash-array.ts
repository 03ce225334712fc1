import type * as z from 'zod';
import { isError, listNames, RefreshError } from '../refresh/errors.ts';
import { nameKey, sameName } from '../refresh/naming.ts';
import type { Transfer } from '../refresh/replication.ts';
import type { ArrayIdentity } from '../refresh/run.ts';
import type {
  ArrayVolume,
  Capabilities,
  Connection,
  FlashArray,
  GroupMember,
  GroupSnapshot,
  ProtectionGroup,
  ReplicationTarget,
  VolumeCopy,
  VolumeSnapshot,
} from '../steps/ports.ts';
import { batchCall, MAPPING_KEY, mappingTag, SNAPSHOTS, snapshotCall } from './mutations.ts';
import { chunkNames, type Query, quote } from './query.ts';
import * as schemas from './schemas.ts';
import type { Call, Session } from './session.ts';
import { capabilitiesOf } from './version.ts';

/** The endpoints that a refresh uses, over one session. */
export class RestFlashArray implements FlashArray {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  get host(): string {
    return this.#session.host;
  }

  get requestCount(): number {
    return this.#session.requestCount;
  }

  async identify(): Promise<ArrayIdentity> {
    const [array] = await this.#session.list('/arrays', {}, schemas.arrayItem);
    const minor = await this.#session.minor();
    return { name: array?.name ?? '', host: this.#session.host, rest_version: `2.${minor}` };
  }

  async capabilities(): Promise<Capabilities> {
    return capabilitiesOf(await this.#session.minor());
  }

  async protectionGroups(names: readonly string[]): Promise<ProtectionGroup[]> {
    const items = await this.#session.list('/protection-groups', { names }, schemas.groupItem);
    return items.map((item) => ({
      name: item.name,
      destroyed: item.destroyed,
      hostCount: item.host_count,
      hostGroupCount: item.host_group_count,
    }));
  }

  async groupVolumes(groups: readonly string[]): Promise<GroupMember[]> {
    const items = await this.#session.list(
      '/protection-groups/volumes',
      { group_names: groups },
      schemas.groupVolumeItem,
    );
    return items.map(({ group, member }) => ({
      group: group.name,
      id: member.id,
      name: member.name,
      destroyed: member.destroyed,
    }));
  }

  groupHosts(group: string): Promise<string[]> {
    return this.#memberNames('/protection-groups/hosts', group);
  }

  groupHostGroups(group: string): Promise<string[]> {
    return this.#memberNames('/protection-groups/host-groups', group);
  }

  connectionsOfVolumes(volumes: readonly string[]): Promise<Connection[]> {
    return this.#connections('volume_names', volumes);
  }

  connectionsOfHosts(hosts: readonly string[]): Promise<Connection[]> {
    return this.#connections('host_names', hosts);
  }

  connectionsOfHostGroups(hostGroups: readonly string[]): Promise<Connection[]> {
    return this.#connections('host_group_names', hostGroups);
  }

  async volumes(names: readonly string[]): Promise<ArrayVolume[]> {
    const items = await this.#listByNames('/volumes', 'names', names, schemas.volumeItem, {
      sort: 'name',
    });
    return items.map((item) => ({
      id: item.id,
      name: item.name,
      serial: item.serial,
      size: item.provisioned,
      created: item.created,
      destroyed: item.destroyed,
      connectionCount: item.connection_count,
    }));
  }

  async mappings(volumes: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const tags = await this.#listByNames(
      '/volumes/tags',
      'resource_names',
      volumes,
      schemas.tagItem,
      {
        filter: `key=${quote(MAPPING_KEY)}`,
      },
    );
    return new Map(
      tags
        .filter((tag) => tag.key === MAPPING_KEY)
        .map((tag) => [nameKey(tag.resource.name), tag.value]),
    );
  }

  async groupSnapshot(name: string): Promise<GroupSnapshot | undefined> {
    const found = await unlessMissing(
      this.#session.list(SNAPSHOTS, { names: [name] }, schemas.groupSnapshotItem),
    );
    return found?.find((snapshot) => sameName(snapshot.name, name));
  }

  async newestGroupSnapshot(group: string): Promise<GroupSnapshot | undefined> {
    const query = { source_names: [group], destroyed: 'false', sort: 'created-', limit: '1' };
    const found = await unlessMissing(
      this.#session.items({ method: 'GET', path: SNAPSHOTS, query }, schemas.groupSnapshotItem),
    );
    return found?.[0];
  }

  async replicationTargets(group: string): Promise<ReplicationTarget[]> {
    const path = '/protection-groups/targets';
    const items = await this.#session.list(path, { group_names: [group] }, schemas.groupTargetItem);
    return items.map(({ member, allowed }) => ({ array: member.name, allowed }));
  }

  async connectionStatus(array: string): Promise<string | undefined> {
    const found = await unlessMissing(
      this.#session.list('/array-connections', { names: [array] }, schemas.arrayConnectionItem),
    );
    return found?.[0] && (found[0].status ?? 'unknown');
  }

  async sendReplica(groupSnapshot: string, array: string): Promise<void> {
    const query = { names: [groupSnapshot], on: array };
    await this.#session.items(
      { method: 'POST', path: `${SNAPSHOTS}/replica`, query },
      schemas.replicaItem,
    );
  }

  async transfer(groupSnapshot: string): Promise<Transfer | undefined> {
    const found = await unlessMissing(
      this.#session.list(`${SNAPSHOTS}/transfer`, { names: [groupSnapshot] }, schemas.transferItem),
    );
    const item = found?.find((transfer) => sameName(transfer.name, groupSnapshot));
    return (
      item && {
        progress: item.progress,
        bytes: item.data_transferred,
        completed: item.completed ?? null,
      }
    );
  }

  async volumeSnapshots(groupSnapshot: string): Promise<VolumeSnapshot[]> {
    const prefix = `${groupSnapshot}.`;
    const query = { filter: `name=${quote(`${prefix}*`)}`, destroyed: 'false', sort: 'name' };
    const items = await this.#session.list('/volume-snapshots', query, schemas.volumeSnapshotItem);
    return items
      .filter((item) => nameKey(item.name).startsWith(nameKey(prefix)))
      .map((item) => ({
        name: item.name,
        size: item.provisioned,
        created: item.created,
        source: item.source ?? { id: null, name: null },
      }));
  }

  async testGroupSnapshot(group: string, suffix: string, replicateNow = false): Promise<void> {
    await this.#test(snapshotCall(`${SNAPSHOTS}/test`, group, suffix, replicateNow));
  }

  async createGroupSnapshot(
    group: string,
    suffix: string,
    replicateNow = false,
  ): Promise<GroupSnapshot> {
    const call = snapshotCall(SNAPSHOTS, group, suffix, replicateNow);
    const [made] = await this.#session.items(call, schemas.groupSnapshotItem);
    if (made) return made;
    throw new RefreshError(
      'ArrayProtocolError',
      `Array ${this.#session.host} answered POST /protection-group-snapshots with no snapshot.`,
      'Look on the array whether the snapshot was made, then run again.',
    );
  }

  async testOverwrite(copies: readonly VolumeCopy[]): Promise<void> {
    await this.#test(batchCall('/volumes/batch/test', copies));
  }

  async overwriteBatch(copies: readonly VolumeCopy[]): Promise<void> {
    await this.#session.items(batchCall('/volumes/batch', copies), schemas.volumeItem);
  }

  async overwriteVolume({ target, snapshot }: VolumeCopy): Promise<void> {
    await this.#session.items(
      {
        method: 'POST',
        path: '/volumes',
        query: { names: [target], overwrite: 'true' },
        body: { source: { name: snapshot } },
      },
      schemas.volumeItem,
    );
  }

  async tagVolume({ target, mapping }: VolumeCopy): Promise<void> {
    await this.#session.items(
      {
        method: 'PUT',
        path: '/volumes/tags/batch',
        query: { resource_names: [target] },
        body: [mappingTag(mapping)],
      },
      schemas.tagItem,
    );
  }

  logOut(): Promise<void> {
    return this.#session.logOut();
  }

  async #memberNames(path: string, group: string): Promise<string[]> {
    const items = await this.#session.list(path, { group_names: [group] }, schemas.groupMemberItem);
    return items.map((item) => item.member.name);
  }

  async #connections(parameter: string, names: readonly string[]): Promise<Connection[]> {
    const items = await this.#listByNames('/connections', parameter, names, schemas.connectionItem);
    return items.map((item) => ({
      volume: item.volume.name,
      host: item.host?.name ?? null,
      throughProtocolEndpoint: Boolean(item.protocol_endpoint?.name),
    }));
  }

  /** One listing for as many names as a URL takes, the listings in parallel. */
  async #listByNames<T extends z.ZodType>(
    path: string,
    parameter: string,
    names: readonly string[],
    schema: T,
    query: Query = {},
  ): Promise<z.output<T>[]> {
    const lists = await Promise.all(
      chunkNames(names).map((chunk) =>
        this.#session.list(path, { ...query, [parameter]: chunk }, schema),
      ),
    );
    return lists.flat();
  }

  /** @throws ArrayRequestRefused with what the array says of each object that would fail */
  async #test(call: Call): Promise<void> {
    const results = await this.#session.items(call, schemas.testItem);
    const failed = results.filter((result) => !result.success);
    if (failed.length === 0) return;
    const names = failed.map((result) => result.resource?.name ?? 'unnamed');
    const details = new Set(failed.map((result) => result.result_details ?? 'no reason given'));
    const said = [...details].slice(0, 5).join(' ').slice(0, 1_000);
    throw new RefreshError(
      'ArrayRequestRefused',
      `Array ${this.#session.host} tried ${call.path} and would refuse it for ${listNames(names)}: ${said}`,
      'Act on what the array says, then run again. Nothing was changed by the trial.',
    );
  }
}

/** The array refuses a request that names what is not there. */
const unlessMissing = async <T>(answer: Promise<T>): Promise<T | undefined> => {
  try {
    return await answer;
  } catch (error) {
    if (isError(error, 'ArrayObjectNotFound')) return undefined;
    throw error;
  }
};
