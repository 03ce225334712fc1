import type { Action } from '../rest/call.ts';
import { from } from '../rest/fields.ts';
import { findAsked } from '../rest/find-objects.ts';
import { groups, type Identified, type Kind } from '../rest/kinds.ts';
import { answerList } from '../rest/list-items.ts';
import type { ProtectionGroup } from '../store/model.ts';

/** `GET /protection-groups/hosts` and `/host-groups`: members that have a name but no id. */
export const getGroupMembers =
  (kind: Kind<Identified>, namesIn: (group: ProtectionGroup) => readonly string[]): Action =>
  (array, call) => {
    const askedGroups = findAsked(array, groups, call, 'group_') ?? array.groups.all();
    const asked = findAsked(array, kind, call, 'member_')?.map(({ name }) => name);
    return answerList(array, call, {
      objects: askedGroups.flatMap((group) =>
        namesIn(group)
          .filter((member) => asked?.includes(member) ?? true)
          .map((member) => ({ group, member })),
      ),
      key: ({ group, member }) => `${group.id} ${member}`,
      view: ({ group, member }) => ({
        group: { ...from(26, call.version, { id: group.id }), name: group.name },
        member: { name: member },
      }),
    });
  };
