import { listNames, RefreshError } from './errors.ts';
import { compareNames } from './naming.ts';
import { formatSize, type SourceVolume, type TargetVolume } from './volumes.ts';

/** Why a target was chosen: its tag names the source, its size is equal, or it is larger. */
export type PairingRule = 'tag' | 'equal' | 'larger';

export interface Pair<S extends SourceVolume = SourceVolume> {
  readonly source: S;
  readonly target: TargetVolume;
  readonly rule: PairingRule;
}

export interface Pairing<S extends SourceVolume = SourceVolume> {
  /** In name order of the sources. */
  readonly pairs: Pair<S>[];
  /** Targets that are not overwritten, in name order. */
  readonly unused: TargetVolume[];
}

/** A tag holds the source's id, or that of its replica: whoever tagged the target may have worked on that side. */
const isMappedTo = ({ mapping }: TargetVolume, { id, replica_id }: SourceVolume): boolean =>
  mapping !== null && (mapping === id || mapping === replica_id);

/** A target that no pair has taken yet. */
type Free = { readonly target: TargetVolume; used: boolean };

/**
 * Pairs every source with a target of its own. Sources and targets are taken in name order; for each source the first
 * of: the target whose mapping holds its id; the first untagged target of equal size; the first untagged larger one –
 * passing over a larger target without which a later source would find none. So a complete pairing is found whenever
 * there is one, and where the plain walk in this order succeeds, the result is the same pair for pair.
 * @param ignoreMatch look at sizes alone, as if no target had a mapping
 * @throws TargetTooSmall when a mapping asks for a target smaller than its source
 * @throws PairingIncomplete when there is no complete pairing
 */
export const pairVolumes = <S extends SourceVolume>(
  sources: readonly S[],
  targets: readonly TargetVolume[],
  ignoreMatch: boolean,
): Pairing<S> => {
  const inOrder = sources.toSorted((a, b) => compareNames(a.name, b.name));
  const free: Free[] = targets
    .toSorted((a, b) => compareNames(a.name, b.name))
    .map((target) => ({ target, used: false }));

  const byTag = new Map<S, Free>();
  if (!ignoreMatch) {
    const mapped = free.filter(({ target }) => target.mapping !== null);
    for (const source of inOrder) {
      const tagged = mapped.find(({ target }) => isMappedTo(target, source));
      if (tagged) byTag.set(source, tagged);
    }
  }
  requireLargeEnough(byTag);

  const untagged = ignoreMatch ? free : free.filter((entry) => entry.target.mapping === null);
  const bySize = inOrder.filter((source) => !byTag.has(source));
  const pairs: Pair<S>[] = [];
  const lacking: S[] = [];
  for (const source of inOrder) {
    const tagged = byTag.get(source);
    const found = tagged ?? chooseBySize(source, bySize, untagged);
    if (!found) {
      lacking.push(source);
      continue;
    }
    found.used = true;
    const rule = tagged ? 'tag' : found.target.size === source.size ? 'equal' : 'larger';
    pairs.push({ source, target: found.target, rule });
  }
  const unused = free.filter((entry) => !entry.used).map((entry) => entry.target);
  if (lacking.length > 0) throw incomplete(lacking, unused, ignoreMatch);
  return { pairs, unused };
};

const requireLargeEnough = (byTag: ReadonlyMap<SourceVolume, Free>): void => {
  const small = [...byTag].filter(([source, { target }]) => target.size < source.size);
  if (small.length === 0) return;
  const cases = small.map(
    ([source, { target }]) =>
      `"${target.name}" (${formatSize(target.size)}) is mapped to "${source.name}" (${formatSize(source.size)})`,
  );
  throw new RefreshError(
    'TargetTooSmall',
    `A target volume is smaller than the source volume that its tag names: ${cases.slice(0, 10).join('; ')}.`,
    'Grow the target volume on the array, or set ignore_match to pair anew by size.',
  );
};

/**
 * The first free target of equal size, else the first larger one that the later sources can spare. An equal one never
 * harms: whoever would have had it can take what this source would have taken instead.
 * @param sources all that are paired by size, in their order
 */
const chooseBySize = <S extends SourceVolume>(
  source: S,
  sources: readonly S[],
  untagged: readonly Free[],
): Free | undefined => {
  const equal = untagged.find(({ target, used }) => !used && target.size === source.size);
  if (equal) return equal;
  const open = untagged.filter((entry) => !entry.used);
  const later = sources.slice(sources.indexOf(source) + 1);
  const limit = spareLimit(source.size, later, open);
  const larger = open.filter(({ target }) => target.size > source.size);
  return larger.find(({ target }) => target.size <= limit) ?? larger[0];
};

/**
 * The largest size that a target for a source of `size` bytes may have so that the `later` sources still find theirs.
 * Below some size every target that is at least so large is needed by a later source at least so large (there is no
 * slack); a target from there on cannot be spared.
 */
const spareLimit = (
  size: number,
  later: readonly SourceVolume[],
  open: readonly Free[],
): number => {
  const descending = open.map((entry) => entry.target.size).sort((a, b) => b - a);
  const demands = later
    .map((source) => source.size)
    .filter((demand) => demand > size)
    .sort((a, b) => b - a);
  let limit = Number.POSITIVE_INFINITY;
  let available = 0;
  demands.forEach((demand, index) => {
    while ((descending[available] ?? 0) >= demand) available += 1;
    // `index + 1` sources need at least `demand`, and `available` targets have it.
    if (available <= index + 1) limit = demand - 1;
  });
  return limit;
};

const incomplete = (
  lacking: readonly SourceVolume[],
  unused: readonly TargetVolume[],
  ignoreMatch: boolean,
): RefreshError => {
  const stale = ignoreMatch ? [] : unused.filter((target) => target.mapping !== null);
  const open = unused.filter((target) => !stale.includes(target));
  const which = lacking
    .slice(0, 10)
    .map((source) => `"${source.name}" (${formatSize(source.size)})`)
    .join(', ');
  const rest = lacking.length > 10 ? ` and ${lacking.length - 10} more` : '';
  const left =
    open.length > 0
      ? ` Left are only smaller volumes: ${open
          .slice(0, 10)
          .map((t) => `"${t.name}" (${formatSize(t.size)})`)
          .join(', ')}.`
      : ' No untagged target volume is left.';
  const tagged =
    stale.length > 0
      ? ` Not considered, because their tag snapshot_mapping names a volume that this refresh does not copy to them: ${listNames(stale.map((t) => t.name))}.`
      : '';
  return new RefreshError(
    'PairingIncomplete',
    `No target volume of the same or a larger size is left for ${which}${rest}.${left}${tagged}`,
    stale.length > 0
      ? 'Set ignore_match to pair anew by size, or add volumes of the right size to the target group.'
      : 'Add volumes of the right size to the target group, or grow those that are there.',
  );
};
