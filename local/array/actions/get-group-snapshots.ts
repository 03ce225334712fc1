import type { Action } from '../rest/call.ts';
import { messages } from '../rest/errors.ts';
import { answerList } from '../rest/list-items.ts';
import { selectBySource } from '../rest/select-by-source.ts';
import { selectObjects } from '../rest/select-objects.ts';
import { groupSnapshotView } from '../views/group-snapshot.ts';
import { byCreation } from '../views/resource.ts';

/** `GET /protection-group-snapshots`. The name of a protection group stands for all its snapshots. */
export const getGroupSnapshots: Action = (array, call) => {
  const selected = selectObjects(
    array.groupSnapshots,
    call,
    messages.groupSnapshotMissing,
    (name) => {
      const group = array.groups.named(name);
      return group && array.groupSnapshots.all().filter(({ source }) => source.id === group.id);
    },
  );
  return answerList(array, call, {
    objects: byCreation(selectBySource(selected, array.groups, call, messages.groupMissing)),
    key: ({ id }) => id,
    view: groupSnapshotView(array, call.version, call.now),
    tags: ({ tags }) => tags,
    totals: ['space.total_provisioned'],
  });
};
