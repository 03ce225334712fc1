import { createHash } from 'node:crypto';
import * as z from 'zod';
import { listNames } from './errors.ts';
import { volumeSnapshotName } from './naming.ts';
import { type Pairing, pairVolumes } from './pairing.ts';
import type { SnapshotVolume, SourceVolume, TargetVolume } from './volumes.ts';
import { formatSize } from './volumes.ts';

/** Why a pair is one: `own` – the volume's own content from before a refresh; the others are the pairing's. */
export const rules = ['tag', 'equal', 'larger', 'own'] as const;

const sourceVolume = z.strictObject({
  id: z.string(),
  name: z.string(),
  size: z.number(),
  replica_id: z.string().nullable(),
  snapshot: z.string(),
  created: z.number().nullable(),
});

const targetVolume = z.strictObject({
  id: z.string(),
  name: z.string(),
  serial: z.string(),
  size: z.number(),
  created: z.number(),
  mapping: z.string().nullable(),
});

/** All pairs of a run with the snapshot that each comes from, what stays out, and a hash over the pairs. */
export const planSchema = z.strictObject({
  /** Null when there is no target group and so nothing to pair. */
  hash: z.string().nullable(),
  pairs: z.array(
    z.strictObject({
      source: sourceVolume,
      target: targetVolume,
      rule: z.enum(rules),
      /** Value of the target's tag `snapshot_mapping` afterwards; null leaves it as it is. */
      mapping: z.string().nullable(),
    }),
  ),
  /** Target volumes that nothing is copied to. */
  unused: z.array(z.strictObject({ id: z.string(), name: z.string() })),
  excluded: z.array(z.strictObject({ id: z.string(), name: z.string() })),
  warnings: z.array(z.string()),
});
export type Plan = z.output<typeof planSchema>;

/** The plan where there is nothing to pair. */
export const NO_PAIRS: Plan = { hash: null, pairs: [], unused: [], excluded: [], warnings: [] };

/** The members of a group snapshot that are copied, as a run keeps them. */
export const snapshotVolumesSchema = z.array(sourceVolume);

export interface PlanInput {
  /** Source volumes without the excluded ones. */
  readonly sources: readonly SnapshotVolume[];
  readonly excluded: readonly SourceVolume[];
  /** Null when there is no target group. */
  readonly targets: readonly TargetVolume[] | null;
  readonly ignoreMatch: boolean;
}

/**
 * The plan for overwriting `targets` from `sources`.
 * @throws TargetTooSmall, PairingIncomplete as `pairVolumes`
 */
export const makePlan = ({ sources, excluded, targets, ignoreMatch }: PlanInput): Plan => {
  const named = excluded.map(({ id, name }) => ({ id, name }));
  if (targets === null) return { ...NO_PAIRS, excluded: named };
  const pairing = pairVolumes(sources, targets, ignoreMatch);
  const pairs = pairing.pairs.map((pair) => ({ ...pair, mapping: pair.source.id }));
  return {
    hash: hashPairs(pairs),
    pairs,
    unused: pairing.unused.map(({ id, name }) => ({ id, name })),
    excluded: named,
    warnings: warn(pairing),
  };
};

/** A live volume as the snapshot will hold it, for planning before the snapshot exists. */
export const asSnapshotVolume = (
  groupSnapshot: string,
  { id, name, size }: Pick<SourceVolume, 'id' | 'name' | 'size'>,
): SnapshotVolume => ({
  id,
  name,
  size,
  replica_id: null,
  snapshot: volumeSnapshotName(groupSnapshot, name),
  created: null,
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

/** Warns of targets whose size changes. */
export const warnOfSizes = (
  pairs: readonly { source: { size: number }; target: { name: string; size: number } }[],
): string[] => {
  const resized = pairs.filter(({ source, target }) => target.size !== source.size);
  if (resized.length === 0) return [];
  const cases = resized
    .slice(0, 10)
    .map(
      ({ source, target }) =>
        `"${target.name}" ${formatSize(target.size)} → ${formatSize(source.size)}`,
    );
  const rest = resized.length > 10 ? ` and ${resized.length - 10} more` : '';
  return [
    `A target volume takes the size of what is copied onto it, so its hosts must rescan: ${cases.join(', ')}${rest}.`,
  ];
};

const warn = ({ pairs, unused }: Pairing<SnapshotVolume>): string[] => {
  const warnings: string[] = [];
  warnings.push(...warnOfSizes(pairs));
  if (unused.length > 0) {
    warnings.push(
      `Target volumes that no source volume is copied to keep their old content: ${listNames(unused.map((target) => target.name))}.`,
    );
  }
  const copied = new Set<string | null>(
    pairs.flatMap(({ source }) => [source.id, source.replica_id]),
  );
  const rivals = unused.filter(({ mapping }) => mapping !== null && copied.has(mapping));
  if (rivals.length > 0) {
    warnings.push(
      `Target volumes that are not overwritten bear the tag of a source that is copied: ${listNames(rivals.map((target) => target.name))}. ` +
        'Without ignore_match the next run takes the first volume, in name order, that bears the tag: remove ' +
        'snapshot_mapping from the others.',
    );
  }
  return warnings;
};
