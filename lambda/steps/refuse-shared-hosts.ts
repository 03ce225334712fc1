import { listNames, RefreshError } from '../refresh/errors.ts';
import { nameKey } from '../refresh/naming.ts';
import type { ArrayVolume, Connection, FlashArray } from './ports.ts';

/**
 * Refuses a target volume that is connected to a host which also uses a source volume: most likely production itself.
 * A connection through a protocol endpoint, as of vVols on one hypervisor, does not count.
 * @throws SharedHost
 */
export const refuseSharedHosts = async (
  array: FlashArray,
  sources: readonly ArrayVolume[],
  targets: readonly ArrayVolume[],
): Promise<void> => {
  const [connected, using] = [connectedNames(targets), connectedNames(sources)];
  if (connected.length === 0 || using.length === 0) return;
  // One listing for both: each request counts where a round trip is long.
  const connections = (await array.connectionsOfVolumes([...connected, ...using])).filter(counts);
  const targetKeys = new Set(connected.map(nameKey));
  const isOfTarget = ({ volume }: Connection) => targetKeys.has(nameKey(volume));
  const productive = new Set(
    connections.filter((row) => !isOfTarget(row)).map(({ host }) => nameKey(host)),
  );
  const shared = connections.filter((row) => isOfTarget(row) && productive.has(nameKey(row.host)));
  if (shared.length === 0) return;
  const hosts = [...new Set(shared.map(({ host }) => host))];
  const volumes = [...new Set(shared.map(({ volume }) => volume))];
  throw new RefreshError(
    'SharedHost',
    `Target volumes ${listNames(volumes)} are connected to ${listNames(hosts)}, which also uses source volumes.`,
    'Disconnect the target volumes from that host, or set allow_shared_hosts in the definition if this is meant to be.',
  );
};

/** Those that are, or for all that is known may be, connected. */
const connectedNames = (volumes: readonly ArrayVolume[]): string[] =>
  volumes.filter((volume) => volume.connectionCount !== 0).map((volume) => volume.name);

const counts = (connection: Connection): connection is Connection & { host: string } =>
  connection.host !== null && !connection.throughProtocolEndpoint;
