import * as z from 'zod';
import { readBody } from '../rest/body.ts';
import type { Call } from '../rest/call.ts';
import { messages, refuse } from '../rest/errors.ts';
import { findRequired } from '../rest/find-objects.ts';
import { groups } from '../rest/kinds.ts';
import { readTag, tagBody } from '../rest/tag-body.ts';
import type { ArrayStore } from '../store/array-store.ts';
import type { ProtectionGroup, Tag } from '../store/model.ts';
import { isSuffix } from '../store/names.ts';

export interface SnapshotRequest {
  readonly groups: readonly ProtectionGroup[];
  /** Undefined: the array gives a number. */
  readonly suffix: string | undefined;
  readonly tags: readonly Tag[];
}

const snapshotBody = z.strictObject({
  suffix: z.string().optional(),
  tags: z.array(tagBody).optional(),
});

/** Not simulated; `for_replication` would eradicate the snapshot within the hour (flasharray-rest.md §0 fact 5). */
const REFUSED = ['replicate', 'replicate_now', 'for_replication'];

/** Reads what `POST /protection-group-snapshots` and its dry run take. */
export function readSnapshotRequest(array: ArrayStore, call: Call): SnapshotRequest {
  const refused = REFUSED.find((parameter) => call.query.flag(parameter) === true);
  if (refused !== undefined) throw refuse(`The simulator does not simulate ${refused}.`, refused);
  const body = readBody(snapshotBody, call.body ?? {}, call.version, { tags: 44 });
  return {
    groups: findRequired(array, groups, call, 'source_'),
    suffix: body.suffix,
    tags: (body.tags ?? []).map(readTag),
  };
}

/** Throws why the array will not take the snapshot. */
export function checkSnapshot(
  array: ArrayStore,
  group: ProtectionGroup,
  suffix: string | undefined,
): void {
  if (group.destroyedAt !== null) throw refuse(messages.groupDestroyed, group.name);
  if (suffix === undefined) return;
  if (!isSuffix(suffix)) throw refuse(`Invalid snapshot suffix: '${suffix}'.`, group.name);
  const name = `${group.name}.${suffix}`;
  if (array.groupSnapshots.named(name) !== undefined) {
    throw refuse(messages.groupSnapshotExists, name);
  }
}
