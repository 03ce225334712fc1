import { createHash } from 'node:crypto';
import { listNames } from './errors.ts';
import { volumeSnapshotName } from './naming.ts';
import { type Pairing, pairVolumes } from './pairing.ts';
import type { SnapshotVolume, SourceVolume, TargetVolume } from './volumes.ts';
import { formatSize } from './volumes.ts';

/** All pairs of a run with the snapshot that each comes from, what stays out, and a hash over the pairs. */
export interface Plan {
  readonly hash: string;
  readonly pairs: Pairing<SnapshotVolume>['pairs'];
  readonly excluded: readonly { readonly id: string; readonly name: string }[];
  readonly warnings: readonly string[];
}

export interface PlanInput {
  /** Source volumes without the excluded ones. */
  readonly sources: readonly SnapshotVolume[];
  readonly excluded: readonly SourceVolume[];
  readonly targets: readonly TargetVolume[];
  readonly ignoreMatch: boolean;
}

/**
 * The plan for overwriting `targets` from `sources`.
 * @throws TargetTooSmall, PairingIncomplete as `pairVolumes`
 */
export const makePlan = ({ sources, excluded, targets, ignoreMatch }: PlanInput): Plan => {
  const pairing = pairVolumes(sources, targets, ignoreMatch);
  return {
    hash: hashPairs(pairing.pairs),
    pairs: pairing.pairs,
    excluded: excluded.map(({ id, name }) => ({ id, name })),
    warnings: warn(pairing),
  };
};

/** A live volume as the snapshot will hold it, for planning before the snapshot exists. */
export const asSnapshotVolume = (groupSnapshot: string, volume: SourceVolume): SnapshotVolume => ({
  ...volume,
  snapshot: volumeSnapshotName(groupSnapshot, volume.name),
});

/**
 * `sha256:…` over what decides which bytes land where: source id, target id, both sizes, rule. The snapshot's name is
 * left out, so that a plan shown beforehand and the one that is executed can be compared.
 */
export const hashPairs = (pairs: Plan['pairs']): string => {
  const rows = pairs
    .map(({ source, target, rule }) => [source.id, target.id, source.size, target.size, rule])
    .sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
  return `sha256:${createHash('sha256').update(JSON.stringify(rows)).digest('hex')}`;
};

const warn = ({ pairs, unused }: Pairing<SnapshotVolume>): string[] => {
  const warnings: string[] = [];
  const resized = pairs.filter(({ source, target }) => target.size > source.size);
  if (resized.length > 0) {
    const cases = resized
      .slice(0, 10)
      .map(
        ({ source, target }) =>
          `"${target.name}" ${formatSize(target.size)} → ${formatSize(source.size)}`,
      );
    const rest = resized.length > 10 ? ` and ${resized.length - 10} more` : '';
    warnings.push(
      `A larger target volume takes the size of its source, so its hosts must rescan: ${cases.join(', ')}${rest}.`,
    );
  }
  if (unused.length > 0) {
    warnings.push(
      `Target volumes that no source volume is copied to keep their old content: ${listNames(unused.map((target) => target.name))}.`,
    );
  }
  return warnings;
};
