import { listNames, RefreshError } from './errors.ts';
import { nameKey } from './naming.ts';
import type { SourceVolume } from './volumes.ts';

/**
 * What an exclusion is matched against: a volume's id, its exact name, and the name under which a snapshot holds it. A
 * volume that was renamed since is better left out than copied.
 */
const keysOf = (volume: SourceVolume & { readonly snapshot?: string }): readonly string[] => [
  volume.id.toLowerCase(),
  nameKey(volume.name),
  ...(volume.snapshot === undefined ? [] : [nameKey(heldAs(volume.snapshot))]),
];

/** `vol` of `pg.SUFFIX.vol`: neither group nor suffix holds a dot. */
const heldAs = (volumeSnapshot: string): string => volumeSnapshot.split('.').slice(2).join('.');

/** Takes the excluded volumes out of `volumes`. `exclusions` are ids or exact names, in any letter case. */
export const splitExcluded = <V extends SourceVolume>(
  volumes: readonly V[],
  exclusions: readonly string[],
): { readonly kept: V[]; readonly excluded: V[] } => {
  const wanted = new Set(exclusions.map((exclusion) => exclusion.toLowerCase()));
  const isExcluded = (volume: V) => keysOf(volume).some((key) => wanted.has(key));
  return {
    kept: volumes.filter((volume) => !isExcluded(volume)),
    excluded: volumes.filter(isExcluded),
  };
};

/**
 * Refuses an exclusion that matches no volume: a typing error there would overwrite with, or onto, a disk that must
 * live. `volumes` are those of the source group now and, where it exists, of the snapshot.
 * @throws ExclusionMatchesNothing
 */
export const requireMatches = (
  exclusions: readonly string[],
  volumes: readonly SourceVolume[],
  group: string,
): void => {
  const known = new Set(volumes.flatMap(keysOf));
  const unmatched = exclusions.filter((exclusion) => !known.has(exclusion.toLowerCase()));
  if (unmatched.length === 0) return;
  const names = [...new Set(volumes.map((volume) => volume.name))];
  throw new RefreshError(
    'ExclusionMatchesNothing',
    `excluded_volumes names ${listNames(unmatched)}, but protection group "${group}" has no such volume. ` +
      `It has ${listNames(names)}.`,
    'Correct the id or name in excluded_volumes, or take the entry out.',
  );
};

/**
 * Refuses a refresh whose exclusions leave nothing to copy.
 * @throws ProtectionGroupEmpty
 */
export const requireSomething = (kept: readonly SourceVolume[], group: string): void => {
  if (kept.length > 0) return;
  throw new RefreshError(
    'ProtectionGroupEmpty',
    `excluded_volumes leaves no volume of protection group "${group}" to copy.`,
    'Take entries out of excluded_volumes.',
  );
};
