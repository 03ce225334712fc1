import type { Action } from '../rest/call.ts';
import { from } from '../rest/fields.ts';
import { findAsked } from '../rest/find-objects.ts';
import { arrays, groups } from '../rest/kinds.ts';
import { answerList } from '../rest/list-items.ts';

/**
 * `GET /protection-groups/targets`. On the source a row for each target; on the target one for the replica of the group,
 * which is where it is allowed or not (cinder's driver does so there).
 */
export const getGroupTargets: Action = (array, call) => {
  const askedGroups = findAsked(array, groups, call, 'group_') ?? array.groups.all();
  const asked = findAsked(array, arrays, call, 'member_')?.map(({ id }) => id);
  return answerList(array, call, {
    objects: askedGroups.flatMap((group) =>
      group.targets
        .filter((target) => asked?.includes(target.array.id) ?? true)
        .map((target) => ({ group, target })),
    ),
    key: ({ group, target }) => `${group.id} ${target.array.id}`,
    view: ({ group, target }) => ({
      group: { ...from(26, call.version, { id: group.id }), name: group.name },
      member: {
        ...from(37, call.version, { id: target.array.id, resource_type: 'arrays' }),
        name: target.array.name,
      },
      allowed: target.allowed,
      // `suspended` is for demoted and stretched targets, not for connections that are down (2.37 SDK model).
      ...from(37, call.version, { status: target.allowed ? 'replicating' : 'disallowed' }),
    }),
  });
};
