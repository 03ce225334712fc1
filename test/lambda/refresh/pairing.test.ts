import { describe, expect, it } from 'vitest';
import { pairVolumes } from '../../../lambda/refresh/pairing.ts';
import type { SourceVolume, TargetVolume } from '../../../lambda/refresh/volumes.ts';
import { refusalOf } from '../support/refusals.ts';
import { source, target } from './support/volumes.ts';

const pairNames = (
  sources: readonly SourceVolume[],
  targets: readonly TargetVolume[],
  ignoreMatch = false,
) =>
  pairVolumes(sources, targets, ignoreMatch).pairs.map(
    ({ source: from, target: onto, rule }) => `${from.name} → ${onto.name} (${rule})`,
  );

describe('pairing by size', () => {
  it('takes sources and targets in name order, whatever their letter case', () => {
    const sources = [source('prd-10', 9), source('PRD-02', 9), source('prd-01', 9)];
    const targets = [target('Dev-c', 9), target('dev-b', 9), target('dev-A', 9)];

    expect(pairNames(sources, targets)).toEqual([
      'prd-01 → dev-A (equal)',
      'PRD-02 → dev-b (equal)',
      'prd-10 → Dev-c (equal)',
    ]);
  });

  it('compares sizes as numbers: 100 GiB is more than 20', () => {
    expect(pairNames([source('prd', 20)], [target('dev', 100)])).toEqual(['prd → dev (larger)']);
    expect(refusalOf(() => pairNames([source('prd', 100)], [target('dev', 20)]))).toMatchObject({
      name: 'PairingIncomplete',
    });
  });

  it('leaves a larger target to the later source that can use no other', () => {
    const sources = [source('prd-1', 10), source('prd-2', 50)];
    const targets = [target('dev-1', 60), target('dev-2', 40)];

    expect(pairNames(sources, targets)).toEqual([
      'prd-1 → dev-2 (larger)',
      'prd-2 → dev-1 (larger)',
    ]);
  });

  it('leaves targets that it does not need, and names them', () => {
    const { unused } = pairVolumes(
      [source('prd', 10)],
      [target('dev-2', 10), target('dev-1', 10), target('dev-3', 5)],
      false,
    );

    expect(unused.map(({ name }) => name)).toEqual(['dev-2', 'dev-3']);
  });
});

describe('pairing by tag', () => {
  it('follows the tag past a better name and an equal size', () => {
    const targets = [target('dev-1', 10), target('dev-2', 20, 'prd')];

    expect(pairNames([source('prd', 10)], targets)).toEqual(['prd → dev-2 (tag)']);
  });

  it('forgets all tags where they are to be ignored', () => {
    const targets = [target('dev-1', 10, 'other'), target('dev-2', 20, 'prd')];

    expect(pairNames([source('prd', 10)], targets, true)).toEqual(['prd → dev-1 (equal)']);
  });

  it('takes the first of two targets with the same tag, and leaves the second alone', () => {
    const sources = [source('prd-1', 10), source('prd-2', 10)];
    const targets = [target('dev-2', 10, 'prd-1'), target('dev-1', 10, 'prd-1')];

    expect(refusalOf(() => pairNames(sources, targets))).toMatchObject({
      name: 'PairingIncomplete',
      message: expect.stringContaining('"dev-2"'),
    });
  });
});

describe('pairing on the side of the replica', () => {
  const replicated = (
    name: string,
    gib: number,
    replica_id: string | null = `replica-of-${name}`,
  ) => ({
    ...source(name, gib),
    replica_id,
  });
  const tagged = (name: string, gib: number, mapping: string) => ({
    ...target(name, gib),
    mapping,
  });

  it.each([
    ['the source, as we write it and as a local run has', 'id-of-prd'],
    ['its replica, as the Python script writes it there', 'replica-of-prd'],
  ])('follows a tag with the id of %s', (_, mapping) => {
    const targets = [target('dev-1', 10), tagged('dev-2', 20, mapping)];

    expect(pairNames([replicated('prd', 10)], targets)).toEqual(['prd → dev-2 (tag)']);
  });

  it('takes the first, by name, of two targets of which each has one of the ids', () => {
    const ours = tagged('dev-2', 10, 'id-of-prd');
    const scripts = tagged('dev-1', 10, 'replica-of-prd');

    expect(pairNames([replicated('prd', 10)], [ours, scripts])).toEqual(['prd → dev-1 (tag)']);
  });

  it('takes no untagged target for one of a replica that is not known yet', () => {
    const targets = [target('dev-1', 10), tagged('dev-2', 10, 'id-of-prd')];

    expect(pairNames([replicated('prd', 10, null)], targets)).toEqual(['prd → dev-2 (tag)']);
  });

  it('leaves a target alone whose tag names the replica of another volume', () => {
    const targets = [tagged('dev-1', 10, 'replica-of-other'), target('dev-2', 10)];

    expect(pairNames([replicated('prd', 10)], targets)).toEqual(['prd → dev-2 (equal)']);
  });

  it('refuses a target that a replica’s id asks for and that is too small', () => {
    const act = () => pairNames([replicated('prd', 120)], [tagged('dev', 1, 'replica-of-prd')]);

    expect(refusalOf(act).name).toBe('TargetTooSmall');
  });
});

describe('a refusal', () => {
  it('a tag asks for a smaller target: says which, for which, and both sizes', () => {
    const targets = [target('dev-1', 120), target('dev-2', 1, 'prd')];

    expect(refusalOf(() => pairNames([source('prd', 120)], targets))).toEqual({
      name: 'TargetTooSmall',
      message:
        'A target volume is smaller than the source volume that its tag names: "dev-2" (1 GiB) is mapped to "prd" (120 GiB).',
      remedy: 'Grow the target volume on the array, or set ignore_match to pair anew by size.',
    });
  });

  it('too few targets: says which source found none and that nothing is left', () => {
    const sources = [source('prd-1', 10), source('prd-2', 10)];

    expect(refusalOf(() => pairNames(sources, [target('dev-1', 10)]))).toEqual({
      name: 'PairingIncomplete',
      message:
        'No target volume of the same or a larger size is left for "prd-2" (10 GiB). No untagged target volume is left.',
      remedy: 'Add volumes of the right size to the target group, or grow those that are there.',
    });
  });

  it('only smaller ones are left: says which', () => {
    const targets = [target('dev-1', 1), target('dev-2', 0.5)];

    expect(refusalOf(() => pairNames([source('prd', 10)], targets)).message).toBe(
      'No target volume of the same or a larger size is left for "prd" (10 GiB). ' +
        'Left are only smaller volumes: "dev-1" (1 GiB), "dev-2" (512 MiB).',
    );
  });

  it('stale tags stand in the way: names the volumes, and how to get past', () => {
    const targets = [target('dev-1', 10, 'gone'), target('dev-2', 10, 'gone-too')];
    const refusal = refusalOf(() => pairNames([source('prd', 10)], targets));

    expect(refusal.message).toMatch(/Not considered, because .* "dev-1", "dev-2"\.$/);
    expect(refusal.remedy).toMatch(/ignore_match/);
  });

  it('of a hundred sources stays short', () => {
    const sources = Array.from({ length: 100 }, (_, index) => source(`prd-${index}`, 10));
    const { message } = refusalOf(() => pairNames(sources, [target('dev', 1)]));

    expect(message).toContain('and 90 more');
    expect(message.length).toBeLessThan(600);
  });
});
