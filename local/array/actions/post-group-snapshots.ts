import { type Action, answerItems } from '../rest/call.ts';
import { nextNumber, takeGroupSnapshot } from '../store/take-group-snapshot.ts';
import { groupSnapshotView } from '../views/group-snapshot.ts';
import { checkSnapshot, openLanes, readSnapshotRequest } from './snapshot-request.ts';

/** `POST /protection-group-snapshots`: one instant for all volumes of all groups asked for, replicated if asked to. */
export const postGroupSnapshots: Action = (array, call) => {
  const request = readSnapshotRequest(array, call);
  const { groups, suffix, tags, replicates } = request;
  for (const group of groups) checkSnapshot(array, call.lanes, group, request);
  const snapshots = groups.map((group) => {
    const snapshot = takeGroupSnapshot(array, group, {
      suffix: suffix ?? nextNumber(array, group),
      created: call.now,
      tags,
    });
    const lanes = replicates ? openLanes(call.lanes, group) : [];
    for (const lane of lanes) lane.send(snapshot, call.now);
    return snapshot;
  });
  return answerItems(snapshots.map(groupSnapshotView(array, call.version, call.now)));
};
