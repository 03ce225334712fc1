import { type Action, answerItems } from '../rest/call.ts';
import { nextNumber, takeGroupSnapshot } from '../store/take-group-snapshot.ts';
import { groupSnapshotView } from '../views/group-snapshot.ts';
import { checkSnapshot, readSnapshotRequest } from './snapshot-request.ts';

/** `POST /protection-group-snapshots`: one instant for all volumes of all groups asked for. */
export const postGroupSnapshots: Action = (array, call) => {
  const { groups, suffix, tags } = readSnapshotRequest(array, call);
  for (const group of groups) checkSnapshot(array, group, suffix);
  const snapshots = groups.map((group) =>
    takeGroupSnapshot(array, group, {
      suffix: suffix ?? nextNumber(array, group),
      created: call.now,
      tags,
    }),
  );
  return answerItems(snapshots.map(groupSnapshotView(array, call.version, call.now)));
};
