import type * as z from 'zod';
import { nameKey } from '../refresh/naming.ts';
import type { ArrayIdentity } from '../refresh/run.ts';
import type {
  ArraySpace,
  ArrayVolume,
  Capabilities,
  Connection,
  FlashArray,
  GroupMember,
  ProtectionGroup,
  ReplicationTarget,
  VolumeCopy,
  VolumeLoad,
} from '../steps/ports.ts';
import { batchCall, MAPPING_KEY, mappingTag } from './mutations.ts';
import { chunkNames, quote } from './query.ts';
import { unlessMissing } from './rest-endpoints.ts';
import * as schemas from './schemas.ts';
import { SnapshotEndpoints } from './snapshot-endpoints.ts';
import { capabilitiesOf } from './version.ts';

/** The endpoints that a refresh uses, over one session. */
export class RestFlashArray extends SnapshotEndpoints implements FlashArray {
  async identify(): Promise<ArrayIdentity> {
    const [array] = await this.session.list('/arrays', {}, schemas.arrayItem);
    const minor = await this.session.minor();
    return { name: array?.name ?? '', host: this.session.host, rest_version: `2.${minor}` };
  }

  async capabilities(): Promise<Capabilities> {
    return capabilitiesOf(await this.session.minor());
  }

  async space(): Promise<ArraySpace> {
    const [array] = await this.session.list('/arrays', {}, schemas.arraySpaceItem);
    const { total_used, total_physical } = array?.space ?? {};
    return {
      capacity: array?.capacity ?? null,
      used: total_used ?? total_physical ?? null,
      asOf: array?._as_of ?? null,
    };
  }

  async protectionGroups(names: readonly string[]): Promise<ProtectionGroup[]> {
    const items = await this.session.list('/protection-groups', { names }, schemas.groupItem);
    return items.map((item) => ({
      name: item.name,
      destroyed: item.destroyed,
      hostCount: item.host_count,
      hostGroupCount: item.host_group_count,
      retentionLock: item.retention_lock,
    }));
  }

  async groupVolumes(groups: readonly string[]): Promise<GroupMember[]> {
    const items = await this.session.list(
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
    const items = await this.listByNames('/volumes', 'names', names, schemas.volumeItem, {
      sort: 'name',
    });
    return items.map(asVolume);
  }

  async volumesWithIds(ids: readonly string[]): Promise<ArrayVolume[]> {
    return (await this.listByField('/volumes', 'id', ids, schemas.volumeItem)).map(asVolume);
  }

  async loads(volumes: readonly string[]): Promise<VolumeLoad[]> {
    const items = await this.listByNames(
      '/volumes/performance',
      'names',
      volumes,
      schemas.loadItem,
    );
    return items.map(({ name, reads_per_sec, writes_per_sec }) => ({
      volume: name,
      readsPerSecond: reads_per_sec,
      writesPerSecond: writes_per_sec,
    }));
  }

  async mappings(volumes: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const tags = await this.listByNames(
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

  async replicationTargets(group: string): Promise<ReplicationTarget[]> {
    const path = '/protection-groups/targets';
    const items = await this.session.list(path, { group_names: [group] }, schemas.groupTargetItem);
    return items.map(({ member, allowed }) => ({ array: member.name, allowed }));
  }

  async connectionStatus(array: string): Promise<string | undefined> {
    const found = await unlessMissing(
      this.session.list('/array-connections', { names: [array] }, schemas.arrayConnectionItem),
    );
    return found?.[0] && (found[0].status ?? 'unknown');
  }

  async testOverwrite(copies: readonly VolumeCopy[]): Promise<void> {
    await this.test(batchCall('/volumes/batch/test', copies));
  }

  async overwriteBatch(copies: readonly VolumeCopy[]): Promise<void> {
    await this.session.items(batchCall('/volumes/batch', copies), schemas.volumeItem);
  }

  async overwriteVolume({ target, snapshot }: VolumeCopy): Promise<void> {
    await this.session.items(
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
    if (mapping === null) return;
    await this.session.items(
      {
        method: 'PUT',
        path: '/volumes/tags/batch',
        query: { resource_names: [target] },
        body: [mappingTag(mapping)],
      },
      schemas.tagItem,
    );
  }

  async untagVolumes(volumes: readonly string[]): Promise<void> {
    for (const resource_names of chunkNames(volumes)) {
      const query = { resource_names, keys: [MAPPING_KEY] };
      await this.session.done({ method: 'DELETE', path: '/volumes/tags', query });
    }
  }

  logOut(): Promise<void> {
    return this.session.logOut();
  }

  async #memberNames(path: string, group: string): Promise<string[]> {
    const items = await this.session.list(path, { group_names: [group] }, schemas.groupMemberItem);
    return items.map((item) => item.member.name);
  }

  async #connections(parameter: string, names: readonly string[]): Promise<Connection[]> {
    const items = await this.listByNames('/connections', parameter, names, schemas.connectionItem);
    return items.map((item) => ({
      volume: item.volume.name,
      host: item.host?.name ?? null,
      throughProtocolEndpoint: Boolean(item.protocol_endpoint?.name),
    }));
  }
}

const asVolume = (item: z.output<typeof schemas.volumeItem>): ArrayVolume => ({
  id: item.id,
  name: item.name,
  serial: item.serial,
  size: item.provisioned,
  created: item.created,
  destroyed: item.destroyed,
  subtype: item.subtype,
  promotion: item.promotion_status,
});
