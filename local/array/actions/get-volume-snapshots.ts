import type { Action } from '../rest/call.ts';
import { volumeSnapshots, volumeSources } from '../rest/kinds.ts';
import { answerList } from '../rest/list-items.ts';
import { selectSnapshots } from '../rest/select-snapshots.ts';
import { volumeSnapshotView } from '../views/volume-snapshot.ts';

/** `GET /volume-snapshots`. */
export const getVolumeSnapshots: Action = (array, call) =>
  answerList(array, call, {
    objects: selectSnapshots(array, call, volumeSnapshots, volumeSources),
    key: ({ id }) => id,
    view: volumeSnapshotView(array, call.now),
    tags: ({ tags }) => tags,
    totals: ['space.total_provisioned'],
  });
