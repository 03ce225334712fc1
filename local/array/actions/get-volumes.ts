import type { Action } from '../rest/call.ts';
import { volumes } from '../rest/kinds.ts';
import { answerList } from '../rest/list-items.ts';
import { selectObjects } from '../rest/select-objects.ts';
import { byCreation } from '../store/by-creation.ts';
import { volumeView } from '../views/volume.ts';

/** `GET /volumes`. */
export const getVolumes: Action = (array, call) =>
  answerList(array, call, {
    objects: byCreation(selectObjects(array, volumes, call)),
    key: ({ id }) => id,
    view: volumeView(array, call.version, call.now),
    tags: ({ tags }) => tags,
    totals: ['provisioned', 'space.total_provisioned'],
  });
