import { listNames, RefreshError } from '../refresh/errors.ts';
import { nameKey } from '../refresh/naming.ts';
import type { Arrays } from './arrays.ts';
import type { ArrayVolume, Connection } from './ports.ts';

/**
 * Refuses a target volume that is connected to a host which also uses a source volume: most likely production itself.
 * On two arrays a host is the same where its name is. A connection through a protocol endpoint, as of vVols on one
 * hypervisor, does not count.
 * @throws SharedHost
 */
export const refuseSharedHosts = async (
  arrays: Arrays,
  sources: readonly ArrayVolume[],
  targets: readonly ArrayVolume[],
): Promise<void> => {
  const [using, connected] = [connectedNames(sources), connectedNames(targets)];
  if (connected.length === 0 || using.length === 0) return;
  const { ofSources, ofTargets } = await readConnections(arrays, using, connected);
  const productive = new Set(ofSources.filter(counts).map(({ host }) => nameKey(host)));
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

/** On one array one listing for both: each request counts where a round trip is long. */
const readConnections = async (
  { source, target }: Arrays,
  using: string[],
  connected: string[],
) => {
  if (source !== target) {
    const [ofSources, ofTargets] = await Promise.all([
      source.connectionsOfVolumes(using),
      target.connectionsOfVolumes(connected),
    ]);
    return { ofSources, ofTargets };
  }
  const connections = await source.connectionsOfVolumes([...connected, ...using]);
  const targetKeys = new Set(connected.map(nameKey));
  const isOfTarget = ({ volume }: Connection) => targetKeys.has(nameKey(volume));
  return {
    ofSources: connections.filter((row) => !isOfTarget(row)),
    ofTargets: connections.filter(isOfTarget),
  };
};

/** Those that are, or for all that is known may be, connected. */
const connectedNames = (volumes: readonly ArrayVolume[]): string[] =>
  volumes.filter((volume) => volume.connectionCount !== 0).map((volume) => volume.name);

const counts = (connection: Connection): connection is Connection & { host: string } =>
  connection.host !== null && !connection.throughProtocolEndpoint;
