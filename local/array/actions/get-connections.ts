import type { Action, Call } from '../rest/call.ts';
import { messages, refuse } from '../rest/errors.ts';
import { from, nameOnly, reference } from '../rest/fields.ts';
import { answerList } from '../rest/list-items.ts';
import { findNamed } from '../rest/select-objects.ts';
import { listConnections } from '../store/list-connections.ts';

/** `GET /connections`: one row per host, also where it is connected through its host group. */
export const getConnections: Action = (array, call) => {
  refuseMixed(call);
  const namesOf = (objects: readonly { name: string }[] | undefined) =>
    objects && new Set(objects.map(({ name }) => name));
  const ask = (parameter: string) => call.query.list(parameter);
  const volumeNames = ask('volume_names');
  const hostNames = ask('host_names');
  const hostGroupNames = ask('host_group_names');
  const volumes = namesOf(
    volumeNames && findNamed(array.volumes, volumeNames, messages.volumeMissing),
  );
  const hosts = namesOf(hostNames && findNamed(array.hosts, hostNames, messages.hostMissing));
  const hostGroups = namesOf(
    hostGroupNames && findNamed(array.hostGroups, hostGroupNames, messages.hostGroupMissing),
  );
  return answerList(array, call, {
    objects: listConnections(array)
      .filter(({ volume }) => volumes === undefined || volumes.has(volume.name))
      .filter(({ host }) => hosts === undefined || hosts.has(host))
      .filter(({ hostGroup }) => hostGroups === undefined || hostGroups.has(hostGroup ?? '')),
    key: ({ volume, host }) => `${volume.id} ${host}`,
    view: (connection) => ({
      volume: reference(connection.volume),
      host: nameOnly(connection.host),
      host_group: nameOnly(connection.hostGroup),
      lun: connection.lun,
      protocol_endpoint: reference(connection.protocolEndpoint),
      ...from(27, call.version, { nsid: null }),
    }),
  });
};

/** Of the kinds of objects asked for, only one may be asked for by more than one name (2.26 spec, `Volume_names`). */
function refuseMixed(call: Call): void {
  const kinds = ['volume_names', 'host_names', 'host_group_names'];
  const plural = kinds.filter((kind) => (call.query.list(kind)?.length ?? 0) > 1);
  if (plural.length > 1) {
    throw refuse(`Only one of ${plural.join(' and ')} may have more than one name.`);
  }
}
