import type { Action } from '../rest/call.ts';
import { volumes } from '../rest/kinds.ts';
import { answerList } from '../rest/list-items.ts';
import { selectObjects } from '../rest/select-objects.ts';
import { byCreation } from '../store/by-creation.ts';
import { performanceView } from '../views/performance.ts';

/** `GET /volumes/performance`: the present only. */
export const getVolumesPerformance: Action = (array, call) =>
  answerList(array, call, {
    objects: byCreation(selectObjects(array, volumes, call)),
    key: ({ id }) => id,
    view: performanceView(call.now),
    tags: ({ tags }) => tags,
    totals: ['reads_per_sec', 'writes_per_sec', 'read_bytes_per_sec', 'write_bytes_per_sec'],
  });
