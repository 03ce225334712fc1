import type { Action } from '../rest/call.ts';
import { answerList } from '../rest/list-items.ts';
import { selectGroupSnapshots } from '../rest/select-snapshots.ts';
import { sizeOf } from '../store/take-group-snapshot.ts';
import { transferView } from '../views/transfer.ts';

/** `GET /protection-group-snapshots/transfer`. The name of a protection group stands for all its snapshots. */
export const getGroupSnapshotTransfers: Action = (array, call) =>
  answerList(array, call, {
    objects: selectGroupSnapshots(array, call),
    key: ({ id }) => id,
    view: transferView(26, call.version, (snapshot) => sizeOf(array, snapshot)),
    tags: ({ tags }) => tags,
    totals: ['data_transferred', 'physical_bytes_written'],
  });
