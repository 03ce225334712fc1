import type { Action } from '../rest/call.ts';
import { volumeSnapshots, volumeSources } from '../rest/kinds.ts';
import { answerList } from '../rest/list-items.ts';
import { selectSnapshots } from '../rest/select-snapshots.ts';
import { transferView } from '../views/transfer.ts';

/** `GET /volume-snapshots/transfer`: each volume goes as fast as its group. */
export const getVolumeSnapshotTransfers: Action = (array, call) =>
  answerList(array, call, {
    objects: selectSnapshots(array, call, volumeSnapshots, volumeSources),
    key: ({ id }) => id,
    view: transferView(0, call.version, ({ size }) => size),
    tags: ({ tags }) => tags,
    totals: ['data_transferred', 'physical_bytes_written'],
  });
