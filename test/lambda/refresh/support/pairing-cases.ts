import fc from 'fast-check';
import type { SourceVolume, TargetVolume } from '../../../../lambda/refresh/volumes.ts';

export interface PairingCase {
  readonly sources: readonly SourceVolume[];
  readonly targets: readonly TargetVolume[];
  readonly ignoreMatch: boolean;
}

const GIB = 2 ** 30;

/** Few, so that sizes meet; and as decimal texts they sort differently than as numbers. */
const size = fc.constantFrom(...[20, 64, 100, 120, 1024].map((gib) => gib * GIB));

/** In an order that is neither that of names nor, by letter case, that of characters. */
const NAMES = ['redo-1', 'Data-10', 'data-2', 'DATA-1', 'a', 'Z_9', 'z-8', 'fra', 'B-1', 'redo-0'];

const MOST_SOURCES = 6;
const MOST_TARGETS = 8;

/** Ids of volumes that are not copied: excluded ones, and such as belong to another source altogether. */
const STRANGERS = ['excluded-1', 'excluded-2', 'id-of-another-source'];

/** Each drawn as often as its number says. */
const often = <T>(...choices: readonly [number, fc.Arbitrary<T>][]): fc.Arbitrary<T> =>
  fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));

/** Some of the names, in any order; more often many than few. */
const names = (most: number) =>
  often(
    [1, fc.shuffledSubarray(NAMES, { minLength: 1, maxLength: most })],
    [3, fc.shuffledSubarray(NAMES, { minLength: most - 2, maxLength: most })],
  );

const sourceVolumes: fc.Arbitrary<SourceVolume[]> = names(MOST_SOURCES).chain((drawn) =>
  fc.tuple(...drawn.map((name, index) => size.map((bytes) => source(name, index, bytes)))),
);
const source = (name: string, index: number, bytes: number): SourceVolume => ({
  id: `id-${index}`,
  name,
  size: bytes,
});

/** Targets for these sources. Half of the time each source has one that is large enough, tags aside, often just so. */
const targetVolumes = (sources: readonly SourceVolume[]): fc.Arbitrary<TargetVolume[]> => {
  const mapping = often<string | null>(
    [12, fc.constant(null)],
    [3, fc.constantFrom(...sources.map(({ id }) => id))],
    [1, fc.constantFrom(...STRANGERS)],
  );
  return fc.tuple(names(MOST_TARGETS), fc.boolean()).chain(([drawn, fit]) =>
    fc.tuple(
      ...drawn.map((name, index) =>
        fc.record({ size, mapping }).map(
          (found): TargetVolume => ({
            id: `target-${index}`,
            name,
            serial: `SERIAL-${index}`,
            size: Math.max(found.size, fit ? (sources[index]?.size ?? 0) : 0),
            created: index,
            mapping: found.mapping,
          }),
        ),
      ),
    ),
  );
};

/**
 * The pairings that a refresh may meet: sources and targets in any order, more or fewer targets than sources, few
 * distinct sizes, tags that are right, stale, twice there, or of an excluded volume.
 */
export const pairingCase: fc.Arbitrary<PairingCase> = sourceVolumes.chain((sources) =>
  fc.record({
    sources: fc.constant(sources),
    targets: targetVolumes(sources),
    ignoreMatch: often<boolean>([3, fc.constant(false)], [1, fc.constant(true)]),
  }),
);
