import { listNames, RefreshError } from '../refresh/errors.ts';
import { nameKey } from '../refresh/naming.ts';
import type { Arrays } from './arrays.ts';
import type { Connection } from './ports.ts';

/** What the volumes of the two groups are connected to. */
export interface Connections {
  readonly ofSources: readonly Connection[];
  readonly ofTargets: readonly Connection[];
}

/**
 * On one array one listing for both. A volume without connections is in none, and no mistake: the vendor's Ansible module
 * purefa_info asks so for every volume of an array.
 */
export const readConnections = async (
  { source, target }: Arrays,
  sources: readonly string[],
  targets: readonly string[],
): Promise<Connections> => {
  if (source !== target) {
    const [ofSources, ofTargets] = await Promise.all([
      source.connectionsOfVolumes(sources),
      target.connectionsOfVolumes(targets),
    ]);
    return { ofSources, ofTargets };
  }
  const connections = await source.connectionsOfVolumes([...targets, ...sources]);
  const targetKeys = new Set(targets.map(nameKey));
  const isOfTarget = ({ volume }: Connection) => targetKeys.has(nameKey(volume));
  return {
    ofSources: connections.filter((row) => !isOfTarget(row)),
    ofTargets: connections.filter(isOfTarget),
  };
};

/**
 * Refuses a target volume that is connected to a host which also uses a source volume: most likely production itself.
 * On two arrays a host is the same where its name is. A connection through a protocol endpoint, as of vVols on one
 * hypervisor, does not count.
 * @param sources those that are copied
 * @throws SharedHost
 */
export const refuseSharedHosts = (
  { ofSources, ofTargets }: Connections,
  sources: readonly { readonly name: string }[],
): void => {
  const copied = new Set(sources.map(({ name }) => nameKey(name)));
  const productive = new Set(
    ofSources
      .filter(counts)
      .filter(({ volume }) => copied.has(nameKey(volume)))
      .map(({ host }) => nameKey(host)),
  );
  const shared = ofTargets.filter(counts).filter(({ host }) => productive.has(nameKey(host)));
  if (shared.length === 0) return;
  const hosts = [...new Set(shared.map(({ host }) => host))];
  const volumes = [...new Set(shared.map(({ volume }) => volume))];
  throw new RefreshError(
    'SharedHost',
    `Target volumes ${listNames(volumes)} are connected to ${listNames(hosts)}, which also uses source volumes.`,
    'Disconnect the target volumes from that host, or set allow_shared_hosts in the definition if this is meant to be.',
  );
};

const counts = (connection: Connection): connection is Connection & { host: string } =>
  connection.host !== null && !connection.throughProtocolEndpoint;
