import { RefreshError } from '../refresh/errors.ts';
import type { Capabilities } from '../steps/ports.ts';

/** The REST versions that this client was written against: `2.2` to `2.56`. */
const OLDEST = 2;
const NEWEST = 56;

/** The minor of a version `2.N`; undefined for 1.x, 3.x and anything else. */
const minorOf = (version: string): number | undefined => {
  const match = /^2\.(\d+)$/.exec(version);
  return match?.[1] === undefined ? undefined : Number(match[1]);
};

/**
 * The minor to speak: the highest that the array offers and we know, or the pinned one. Versions are compared as
 * integers; the array's list has holes and holds 1.x too.
 * @throws ArrayVersionUnsupported
 */
export const chooseMinor = (
  offered: readonly string[],
  pin: string | null,
  host: string,
): number => {
  const known = offered
    .map(minorOf)
    .filter((minor) => minor !== undefined)
    .filter((minor) => minor >= OLDEST && minor <= NEWEST);
  if (pin !== null) {
    const pinned = known.find((minor) => minor === minorOf(pin));
    if (pinned !== undefined) return pinned;
    throw new RefreshError(
      'ArrayVersionUnsupported',
      `flash_array_api_version is "${pin}", which array ${host} does not offer (or which is outside 2.${OLDEST} to 2.${NEWEST}).`,
      'Take flash_array_api_version out to use the best version that the array offers.',
    );
  }
  if (known.length > 0) return Math.max(...known);
  throw new RefreshError(
    'ArrayVersionUnsupported',
    `Array ${host} offers no REST version between 2.${OLDEST} and 2.${NEWEST}; it offers ${offered.slice(-5).join(', ') || 'none'}.`,
    'Upgrade Purity on the array, or this product.',
  );
};

/** Source of the versions: the vendor's specifications, compared in `flasharray-rest.md` §3 and §7. */
export const capabilitiesOf = (minor: number): Capabilities => ({
  batchOverwrite: minor >= 32,
  batchTest: minor >= 33,
  snapshotTest: minor >= 25,
  replicateNow: minor >= 4,
  sendReplica: minor >= 25,
  snapshotTags: minor >= 44,
});
