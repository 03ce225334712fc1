import { attempt } from '../rest/attempt.ts';
import { type Action, answerItems } from '../rest/call.ts';
import { testResult } from '../views/test-result.ts';
import { checkSnapshot, readSnapshotRequest } from './snapshot-request.ts';

/** `POST /protection-group-snapshots/test`: whether the snapshot could be taken; takes nothing. */
export const testGroupSnapshots: Action = (array, call) => {
  const request = readSnapshotRequest(array, call);
  return answerItems(
    request.groups.map((group) => {
      const { error } = attempt(() => checkSnapshot(array, call.lanes, group, request));
      return testResult(group, group.name, error);
    }),
  );
};
