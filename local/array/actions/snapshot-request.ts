import * as z from 'zod';
import { readBody } from '../rest/body.ts';
import type { Call } from '../rest/call.ts';
import { messages, refuse } from '../rest/errors.ts';
import { findRequired } from '../rest/find-objects.ts';
import { groups } from '../rest/kinds.ts';
import { readTag, tagBody, tagList } from '../rest/tag-body.ts';
import type { ArrayStore } from '../store/array-store.ts';
import type { Lane } from '../store/lane.ts';
import type { ProtectionGroup, Tag } from '../store/model.ts';
import { isSuffix } from '../store/names.ts';

export interface SnapshotRequest {
  readonly groups: readonly ProtectionGroup[];
  /** Undefined: the array gives a number. */
  readonly suffix: string | undefined;
  readonly tags: readonly Tag[];
  /** Whether the snapshot is sent to the allowed targets of its group. */
  readonly replicates: boolean;
}

const snapshotBody = z.strictObject({
  suffix: z.string().optional(),
  tags: tagList(tagBody).optional(),
});

/** Reads what `POST /protection-group-snapshots` and its dry run take. */
export function readSnapshotRequest(array: ArrayStore, call: Call): SnapshotRequest {
  const replicates = readReplicate(call);
  const body = readBody(snapshotBody, call.body ?? {}, call.version, { tags: 44 });
  return {
    groups: findRequired(array, groups, call, 'source_'),
    suffix: body.suffix,
    tags: (body.tags ?? []).map(readTag),
    replicates,
  };
}

/**
 * Whether the request asks for replication. `replicate` waits for earlier transfers of the group, and as these run one
 * after another, so does `replicate_now`: somebody measured no difference (flasharray-rest.md §5.4).
 */
function readReplicate({ query }: Call): boolean {
  if (query.flag('for_replication') === true) {
    throw refuse(
      'The simulator refuses for_replication: it does not replicate, it destroys and eradicates the snapshot after 1 hour.',
      'for_replication',
    );
  }
  const [replicate, now] = [query.flag('replicate') === true, query.flag('replicate_now') === true];
  if (replicate && now) throw refuse('replicate and replicate_now cannot be used together.');
  return replicate || now;
}

/** Throws why the array will not take the snapshot. */
export function checkSnapshot(
  array: ArrayStore,
  lanes: readonly Lane[],
  group: ProtectionGroup,
  { suffix, replicates }: SnapshotRequest,
): void {
  if (group.destroyedAt !== null) throw refuse(messages.groupDestroyed, group.name);
  if (group.origin !== null) throw refuse(messages.groupReplica, group.name);
  if (replicates && group.targets.length === 0) {
    throw refuse(messages.groupWithoutTargets, group.name);
  }
  if (suffix === undefined) return;
  if (!isSuffix(suffix)) throw refuse(`Invalid snapshot suffix: '${suffix}'.`, group.name);
  const name = `${group.name}.${suffix}`;
  if (array.groupSnapshots.named(name) !== undefined) {
    throw refuse(messages.groupSnapshotExists, name);
  }
  const taken = replicates
    ? openLanes(lanes, group).flatMap((lane) => lane.namesake(suffix)?.name ?? [])
    : [];
  if (taken[0] !== undefined) throw refuse(messages.groupSnapshotExists, taken[0]);
}

/** The lanes to the targets that allow it: what is replicated goes along all of them. */
export const openLanes = (lanes: readonly Lane[], group: ProtectionGroup): Lane[] =>
  lanes.filter(({ ends }) => ends.group === group && ends.permission.allowed);
