import type { Action } from '../rest/call.ts';
import { answerList } from '../rest/list-items.ts';
import { selectGroupSnapshots } from '../rest/select-snapshots.ts';
import { groupSnapshotView } from '../views/group-snapshot.ts';

/** `GET /protection-group-snapshots`. The name of a protection group stands for all its snapshots. */
export const getGroupSnapshots: Action = (array, call) =>
  answerList(array, call, {
    objects: selectGroupSnapshots(array, call),
    key: ({ id }) => id,
    view: groupSnapshotView(array, call.version, call.now),
    tags: ({ tags }) => tags,
    totals: ['space.total_provisioned'],
  });
