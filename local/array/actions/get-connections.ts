import type { Action, Call } from '../rest/call.ts';
import { refuse } from '../rest/errors.ts';
import { from, reference } from '../rest/fields.ts';
import { findAsked } from '../rest/find-objects.ts';
import { hostGroups, hosts, volumes } from '../rest/kinds.ts';
import { answerList } from '../rest/list-items.ts';
import { listConnections } from '../store/list-connections.ts';

/** `GET /connections`: one row per host, also where it is connected through its host group. */
export const getConnections: Action = (array, call) => {
  refuseMixed(call);
  const askedVolumes = findAsked(array, volumes, call, 'volume_');
  const askedHosts = findAsked(array, hosts, call, 'host_');
  const askedHostGroups = findAsked(array, hostGroups, call, 'host_group_');
  return answerList(array, call, {
    objects: listConnections(array)
      .filter(({ volume }) => askedVolumes?.includes(volume) ?? true)
      .filter(({ host }) => askedHosts?.includes(host) ?? true)
      .filter(({ hostGroup }) => askedHostGroups?.some((asked) => asked === hostGroup) ?? true),
    key: ({ volume, host }) => `${volume.id} ${host.id}`,
    view: ({ volume, host, hostGroup, lun }) => ({
      volume: reference(volume),
      host: { name: host.name },
      host_group: { name: hostGroup?.name ?? null },
      lun,
      protocol_endpoint: reference(host.protocolEndpoint),
      ...from(27, call.version, { nsid: null }),
    }),
  });
};

/** Of the kinds of objects asked for, only one may be asked for by more than one name (2.26 spec, `Volume_names`). */
function refuseMixed(call: Call): void {
  const parameters = ['volume_names', 'host_names', 'host_group_names'];
  const plural = parameters.filter((parameter) => (call.query.list(parameter)?.length ?? 0) > 1);
  if (plural.length > 1) {
    throw refuse(`Only one of ${plural.join(' and ')} may have more than one name.`);
  }
}
