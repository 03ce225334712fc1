import type * as z from 'zod';
import { RefreshError } from '../refresh/errors.ts';
import { nameKey, sameName } from '../refresh/naming.ts';
import type { Transfer } from '../refresh/replication.ts';
import type {
  GroupSnapshot,
  SnapshotOptions,
  SnapshotTag,
  Tag,
  VolumeSnapshot,
} from '../steps/ports.ts';
import {
  chunkTags,
  GROUP_SNAPSHOT_TAGS,
  SNAPSHOT_TAGS,
  SNAPSHOTS,
  snapshotCall,
} from './mutations.ts';
import { chunkNames, type Query, quote } from './query.ts';
import { RestEndpoints, unlessMissing } from './rest-endpoints.ts';
import * as schemas from './schemas.ts';
import type { Call } from './session.ts';

/** What is asked of group snapshots, their members, their tags and their way to another array. */
export class SnapshotEndpoints extends RestEndpoints {
  async groupSnapshot(name: string): Promise<GroupSnapshot | undefined> {
    const found = await unlessMissing(
      this.session.list(SNAPSHOTS, { names: [name] }, schemas.groupSnapshotItem),
    );
    return found?.find((snapshot) => sameName(snapshot.name, name));
  }

  groupSnapshotsNamed(names: readonly string[]): Promise<GroupSnapshot[]> {
    return this.listByField(SNAPSHOTS, 'name', names, schemas.groupSnapshotItem);
  }

  async newestGroupSnapshot(group: string): Promise<GroupSnapshot | undefined> {
    const query = { source_names: [group], destroyed: 'false', sort: 'created-', limit: '1' };
    const found = await unlessMissing(
      this.session.items({ method: 'GET', path: SNAPSHOTS, query }, schemas.groupSnapshotItem),
    );
    return found?.[0];
  }

  async sendReplica(groupSnapshot: string, array: string): Promise<void> {
    const query = { names: [groupSnapshot], on: array };
    await this.session.accepted({ method: 'POST', path: `${SNAPSHOTS}/replica`, query });
  }

  async transfer(groupSnapshot: string): Promise<Transfer | undefined> {
    const found = await unlessMissing(
      this.session.list(`${SNAPSHOTS}/transfer`, { names: [groupSnapshot] }, schemas.transferItem),
    );
    const item = found?.find((transfer) => sameName(transfer.name, groupSnapshot));
    return item && asTransfer(item);
  }

  async transfers(groupSnapshots: readonly string[]): Promise<ReadonlyMap<string, Transfer>> {
    const path = `${SNAPSHOTS}/transfer`;
    const items = await this.listByField(path, 'name', groupSnapshots, schemas.transferItem);
    // A snapshot that was taken here and goes nowhere has a row as well, with nothing in it.
    const begun = items.filter(({ started }) => started != null);
    return new Map(begun.map((item) => [nameKey(item.name), asTransfer(item)]));
  }

  groupSnapshots(group: string, suffixes: readonly string[]): Promise<GroupSnapshot[]> {
    const filter = suffixes.map((suffix) => `name=${quote(`${group}.${suffix}*`)}`).join(' or ');
    return this.session.list(SNAPSHOTS, { filter, sort: 'name' }, schemas.groupSnapshotItem);
  }

  async volumeSnapshots(groupSnapshot: string, destroyed = false): Promise<VolumeSnapshot[]> {
    const prefix = `${groupSnapshot}.`;
    const query = {
      filter: `name=${quote(`${prefix}*`)}`,
      destroyed: String(destroyed),
      sort: 'name',
    };
    const items = await this.session.list('/volume-snapshots', query, schemas.volumeSnapshotItem);
    return items
      .filter((item) => nameKey(item.name).startsWith(nameKey(prefix)))
      .map((item) => ({
        id: item.id,
        name: item.name,
        size: item.provisioned,
        created: item.created,
        source: item.source ?? { id: null, name: null },
      }));
  }

  async tagsOfSnapshot(id: string): Promise<SnapshotTag[]> {
    return asSnapshotTags(
      await this.session.list(SNAPSHOT_TAGS, { resource_ids: [id] }, schemas.tagItem),
    );
  }

  async tagsOfGroupSnapshot(name: string): Promise<SnapshotTag[]> {
    return asSnapshotTags(
      await this.session.list(GROUP_SNAPSHOT_TAGS, { resource_names: [name] }, schemas.tagItem),
    );
  }

  tagsOfMembers(names: readonly string[], keys: readonly string[]): Promise<SnapshotTag[]> {
    return this.#tagsWithKeys(SNAPSHOT_TAGS, names, keys);
  }

  tagsOfGroupSnapshots(names: readonly string[], keys: readonly string[]): Promise<SnapshotTag[]> {
    return this.#tagsWithKeys(GROUP_SNAPSHOT_TAGS, names, keys);
  }

  async #tagsWithKeys(
    path: string,
    names: readonly string[],
    keys: readonly string[],
  ): Promise<SnapshotTag[]> {
    const listed = names.map((name) => `resource.name=${quote(name)}`).join(' or ');
    const filter = `key=(${keys.map(quote).join(',')}) and (${listed})`;
    const query = { filter, resource_destroyed: 'false' };
    return asSnapshotTags(await this.session.list(path, query, schemas.tagItem));
  }

  async tagSnapshots(
    ids: readonly string[],
    tags: readonly Tag[],
    { copyable }: { readonly copyable: boolean },
  ): Promise<void> {
    const tagChunk = async (resource_ids: readonly string[]): Promise<void> => {
      for (const body of chunkTags(tags, copyable)) {
        const call: Call = {
          method: 'PUT',
          path: `${SNAPSHOT_TAGS}/batch`,
          query: { resource_ids },
          body,
        };
        await this.session.accepted(call);
      }
    };
    const chunks = chunkNames(ids).map(tagChunk);
    // When one fails the others are waited for: none may land later unseen.
    await Promise.allSettled(chunks);
    await Promise.all(chunks);
  }

  async renameSnapshot(from: string, to: string): Promise<void> {
    await this.#change({ names: [from] }, { name: to });
  }

  async renameThisSnapshot({ id, name }: GroupSnapshot, to: string): Promise<void> {
    await this.#change(id === null ? { names: [name] } : { ids: [id] }, { name: to });
  }

  async destroySnapshots(names: readonly string[]): Promise<void> {
    for (const chunk of chunkNames(names))
      await this.#change({ names: chunk }, { destroyed: true });
  }

  async recoverSnapshot(name: string): Promise<void> {
    await this.#change({ names: [name] }, { destroyed: false });
  }

  async #change(query: Query, body: { name: string } | { destroyed: boolean }): Promise<void> {
    await this.session.accepted({ method: 'PATCH', path: SNAPSHOTS, query, body });
  }

  async testGroupSnapshot(
    group: string,
    suffix: string,
    options: SnapshotOptions = {},
  ): Promise<void> {
    await this.test(snapshotCall(`${SNAPSHOTS}/test`, group, suffix, options));
  }

  async createGroupSnapshot(
    group: string,
    suffix: string,
    options: SnapshotOptions = {},
  ): Promise<GroupSnapshot> {
    const call = snapshotCall(SNAPSHOTS, group, suffix, options);
    const [made] = await this.session.items(call, schemas.groupSnapshotItem);
    if (made) return made;
    throw new RefreshError(
      'ArrayProtocolError',
      `Array ${this.session.host} answered POST /protection-group-snapshots with no snapshot.`,
      'Look on the array whether the snapshot was made, then run again.',
    );
  }
}

const asTransfer = (item: z.output<typeof schemas.transferItem>): Transfer => ({
  progress: item.progress,
  bytes: item.data_transferred,
  completed: item.completed ?? null,
});

const asSnapshotTags = (items: readonly z.output<typeof schemas.tagItem>[]): SnapshotTag[] =>
  items.map(({ key, value, resource }) => ({
    snapshot: resource.name,
    id: resource.id,
    key,
    value,
  }));
