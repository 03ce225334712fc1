import type { Action } from '../rest/call.ts';
import { messages, refuse } from '../rest/errors.ts';
import { from } from '../rest/fields.ts';
import { answerList } from '../rest/list-items.ts';
import { findAsked } from '../rest/select-objects.ts';

/** `GET /protection-groups/volumes`: volumes that are members themselves, not those behind a host. */
export const getGroupVolumes: Action = (array, call) => {
  const groups =
    findAsked(
      array.groups,
      call,
      { names: 'group_names', ids: 'group_ids' },
      messages.groupMissing,
    ) ?? array.groups.all();
  const asked = findAsked(
    array.volumes,
    call,
    { names: 'member_names', ids: 'member_ids' },
    messages.volumeMissing,
  );
  const destroyed = call.query.flag('member_destroyed');
  const stranger = asked?.find((v) => destroyed !== undefined && isDestroyed(v) !== destroyed);
  if (stranger !== undefined) {
    const message = destroyed === true ? 'Volume is not destroyed.' : messages.volumeDestroyed;
    throw refuse(message, stranger.name);
  }
  const objects = groups.flatMap((group) =>
    group.volumeIds
      .flatMap((id) => array.volumes.withId(id) ?? [])
      .filter((volume) => asked === undefined || asked.includes(volume))
      .filter((volume) => destroyed === undefined || isDestroyed(volume) === destroyed)
      .map((volume) => ({ group, volume })),
  );
  return answerList(array, call, {
    objects,
    key: ({ group, volume }) => `${group.id} ${volume.id}`,
    view: ({ group, volume }) => ({
      group: { ...from(26, call.version, { id: group.id }), name: group.name },
      member: {
        ...from(9, call.version, { id: volume.id, destroyed: isDestroyed(volume) }),
        name: volume.name,
      },
    }),
  });
};

const isDestroyed = (volume: { destroyedAt: number | null }) => volume.destroyedAt !== null;
