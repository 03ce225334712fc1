import type { SourceVolume, TargetVolume } from '../../../../lambda/refresh/volumes.ts';
import type { PairingCase } from './pairing-cases.ts';

/** Second opinions on pairing, written without a look at the product's own code and without its helpers. */

/** A source by its id, the target that it gets by its id, and why. */
export type PlainPair = readonly [source: string, target: string, rule: 'tag' | 'equal' | 'larger'];

const byName = <V extends { readonly name: string }>(volumes: readonly V[]): V[] =>
  [...volumes].sort((a, b) => (a.name.toUpperCase() < b.name.toUpperCase() ? -1 : 1));

/**
 * The walk of the Python script (flasharray-rest.md §8, rows 24 and 25), with sizes compared as numbers and both sides
 * in name order: what it pairs, which need not be everything.
 */
export function walkAsTheSeed({ sources, targets, ignoreMatch }: PairingCase): PlainPair[] {
  const used = new Set<string>();
  const pairs: PlainPair[] = [];
  const take = (source: SourceVolume, target: TargetVolume, rule: PlainPair[2]) => {
    used.add(target.id);
    pairs.push([source.id, target.id, rule]);
  };
  for (const source of byName(sources)) {
    const unused = byName(targets).filter(({ id }) => !used.has(id));
    const tagged = ignoreMatch ? undefined : unused.find((t) => t.mapping === source.id);
    if (tagged) {
      take(source, tagged, 'tag');
      continue;
    }
    let larger: TargetVolume | undefined;
    let equal: TargetVolume | undefined;
    for (const target of unused) {
      if (target.mapping !== null && !ignoreMatch) continue;
      if (target.size === source.size) equal ??= target;
      if (target.size > source.size) larger ??= target;
    }
    if (equal) take(source, equal, 'equal');
    else if (larger) take(source, larger, 'larger');
  }
  return pairs;
}

/** Whether the first target that bears a source's id is smaller than that source. */
export const tagAsksForSmaller = ({ sources, targets, ignoreMatch }: PairingCase): boolean =>
  !ignoreMatch &&
  sources.some((source) => {
    const tagged = byName(targets).find(({ mapping }) => mapping === source.id);
    return tagged !== undefined && tagged.size < source.size;
  });

/** Whether every source can have a target of its own that may serve it: tries all ways there are. */
export function hasCompletePairing({ sources, targets, ignoreMatch }: PairingCase): boolean {
  const serves = (target: TargetVolume, source: SourceVolume) =>
    target.size >= source.size &&
    (ignoreMatch || target.mapping === null || target.mapping === source.id);
  const tryFrom = (index: number, taken: ReadonlySet<string>): boolean => {
    const source = sources[index];
    if (source === undefined) return true;
    return targets.some(
      (target) =>
        !taken.has(target.id) &&
        serves(target, source) &&
        tryFrom(index + 1, new Set([...taken, target.id])),
    );
  };
  return tryFrom(0, new Set());
}
