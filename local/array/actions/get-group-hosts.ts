import type { Action, Answer, Call } from '../rest/call.ts';
import { messages } from '../rest/errors.ts';
import { from } from '../rest/fields.ts';
import { answerList } from '../rest/list-items.ts';
import { findAsked, findNamed } from '../rest/select-objects.ts';
import type { ArrayStore } from '../store/array-store.ts';
import type { ProtectionGroup } from '../store/model.ts';
import type { Table } from '../store/table.ts';

/** `GET /protection-groups/hosts`. */
export const getGroupHosts: Action = (array, call) =>
  answerMembers(array, call, array.hosts, messages.hostMissing, (group) => group.hosts);

/** `GET /protection-groups/host-groups`. */
export const getGroupHostGroups: Action = (array, call) =>
  answerMembers(
    array,
    call,
    array.hostGroups,
    messages.hostGroupMissing,
    (group) => group.hostGroups,
  );

function answerMembers<T extends { id: string; name: string }>(
  array: ArrayStore,
  call: Call,
  members: Table<T>,
  missing: string,
  namesIn: (group: ProtectionGroup) => readonly string[],
): Answer {
  const groups =
    findAsked(
      array.groups,
      call,
      { names: 'group_names', ids: 'group_ids' },
      messages.groupMissing,
    ) ?? array.groups.all();
  const memberNames = call.query.list('member_names');
  const asked = memberNames && findNamed(members, memberNames, missing).map(({ name }) => name);
  return answerList(array, call, {
    objects: groups.flatMap((group) =>
      namesIn(group)
        .filter((member) => asked === undefined || asked.includes(member))
        .map((member) => ({ group, member })),
    ),
    key: ({ group, member }) => `${group.id} ${member}`,
    view: ({ group, member }) => ({
      group: { ...from(26, call.version, { id: group.id }), name: group.name },
      member: { name: member },
    }),
  });
}
