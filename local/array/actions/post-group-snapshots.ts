import * as z from 'zod';
import { readBody } from '../rest/body.ts';
import { type Action, answerItems, type Call } from '../rest/call.ts';
import { messages, refuse } from '../rest/errors.ts';
import { findAsked } from '../rest/select-objects.ts';
import { readTag, tagBody } from '../rest/tag-body.ts';
import type { ArrayStore } from '../store/array-store.ts';
import type { ProtectionGroup, Tag } from '../store/model.ts';
import { isSuffix } from '../store/names.ts';
import { takeGroupSnapshot } from '../store/take-group-snapshot.ts';
import { groupSnapshotView } from '../views/group-snapshot.ts';
import { problemOf, testResult } from '../views/test-result.ts';

/** `POST /protection-group-snapshots`: one instant for all volumes of all groups asked for. */
export const postGroupSnapshots: Action = (array, call) => {
  const { groups, suffix, tags } = readRequest(array, call);
  for (const group of groups) checkSnapshot(array, group, suffix);
  const snapshots = groups.map((group) =>
    takeGroupSnapshot(array, group, {
      suffix: suffix ?? String(group.nextNumber++),
      created: call.now,
      tags,
    }),
  );
  return answerItems(snapshots.map(groupSnapshotView(array, call.version, call.now)));
};

/** `POST /protection-group-snapshots/test`: says whether it could be taken, and takes nothing. */
export const testGroupSnapshots: Action = (array, call) => {
  const { groups, suffix } = readRequest(array, call);
  return answerItems(
    groups.map((group) =>
      testResult(
        group,
        problemOf(() => checkSnapshot(array, group, suffix)),
      ),
    ),
  );
};

const snapshotBody = z.strictObject({
  suffix: z.string().optional(),
  tags: z.array(tagBody).optional(),
});

function readRequest(
  array: ArrayStore,
  call: Call,
): { groups: ProtectionGroup[]; suffix: string | undefined; tags: Tag[] } {
  refuseReplication(call);
  const parameters = { names: 'source_names', ids: 'source_ids' };
  const groups = findAsked(array.groups, call, parameters, messages.groupMissing);
  if (groups === undefined) throw refuse('source_names is required.');
  const body = readBody(snapshotBody, call.body ?? {}, call.version, { tags: 44 });
  return { groups, suffix: body.suffix, tags: (body.tags ?? []).map(readTag) };
}

/** Replication is not simulated, and `for_replication` would eradicate the snapshot (flasharray-rest.md §0 fact 5). */
function refuseReplication(call: Call): void {
  for (const parameter of ['replicate', 'replicate_now', 'for_replication']) {
    if (call.query.flag(parameter) === true) {
      throw refuse(`The simulator does not simulate ${parameter}.`, parameter);
    }
  }
}

function checkSnapshot(
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
