import type { Action } from '../rest/call.ts';
import { from } from '../rest/fields.ts';
import { findAsked } from '../rest/find-objects.ts';
import { groups, volumes } from '../rest/kinds.ts';
import { answerList } from '../rest/list-items.ts';
import { selectObjects } from '../rest/select-objects.ts';

/** `GET /protection-groups/volumes`: volumes that are members themselves, not those behind a host. */
export const getGroupVolumes: Action = (array, call) => {
  const askedGroups = findAsked(array, groups, call, 'group_') ?? array.groups.all();
  const members = selectObjects(array, volumes, call, 'member_', 'member_destroyed');
  const memberById = new Map(members.map((volume) => [volume.id, volume]));
  return answerList(array, call, {
    objects: askedGroups.flatMap((group) =>
      group.volumeIds.flatMap((id) => {
        const volume = memberById.get(id);
        return volume === undefined ? [] : { group, volume };
      }),
    ),
    key: ({ group, volume }) => `${group.id} ${volume.id}`,
    view: ({ group, volume }) => ({
      group: { ...from(26, call.version, { id: group.id }), name: group.name },
      member: {
        ...from(9, call.version, { id: volume.id, destroyed: volume.destroyedAt !== null }),
        name: volume.name,
      },
    }),
  });
};
