import type { Action } from '../rest/call.ts';
import { groups } from '../rest/kinds.ts';
import { answerList } from '../rest/list-items.ts';
import { selectObjects } from '../rest/select-objects.ts';
import { protectionGroupView } from '../views/protection-group.ts';

/** `GET /protection-groups`. */
export const getProtectionGroups: Action = (array, call) =>
  answerList(array, call, {
    objects: selectObjects(array, groups, call),
    key: ({ id }) => id,
    view: protectionGroupView(array, call.version, call.now),
    totals: ['space.total_provisioned'],
  });
