import type { Action } from '../rest/call.ts';
import { messages } from '../rest/errors.ts';
import { answerList } from '../rest/list-items.ts';
import { selectBySource } from '../rest/select-by-source.ts';
import { selectObjects } from '../rest/select-objects.ts';
import { byCreation } from '../views/resource.ts';
import { volumeSnapshotView } from '../views/volume-snapshot.ts';

/** `GET /volume-snapshots`. */
export const getVolumeSnapshots: Action = (array, call) => {
  const selected = selectObjects(array.volumeSnapshots, call, messages.volumeSnapshotMissing);
  return answerList(array, call, {
    objects: byCreation(selectBySource(selected, array.volumes, call, messages.volumeMissing)),
    key: ({ id }) => id,
    view: volumeSnapshotView(array, call.now),
    tags: ({ tags }) => tags,
    totals: ['space.total_provisioned'],
  });
};
