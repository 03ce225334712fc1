import { describe, expect, it } from 'vitest';
import { heldBy, heldCopies } from '../../../lambda/refresh/held-copy.ts';
import type { Manifest } from '../../../lambda/refresh/manifest.ts';
import { manifestWith } from '../notices/support/ended.ts';

const copyOf = (day: number) => ({
  snapshot: `prd-pg.s${day}`,
  created: `2026-11-${day}T01:00:00.000Z`,
});
const snapshot = (day: number) => ({
  name: `prd-pg.s${day}`,
  created: copyOf(day).created,
  reused: false,
});

/** What `current.json` says after these runs, one after the other. */
const currentAfter = (...runs: Partial<Manifest>[]): Manifest | undefined =>
  runs.reduce<Manifest | undefined>((current, change, index) => {
    const run = manifestWith({ run: `run-${index}`, ...change });
    return { ...run, ...heldCopies(run, current) };
  }, undefined);
const refresh = (day: number) => ({ snapshot: snapshot(day), guard: `dev-pg.before-s${day}` });
const undo = (guard: string, own: string): Partial<Manifest> => ({
  mode: 'undo',
  target: 'restored',
  snapshot: { name: guard, created: '2026-11-28T12:00:00.000Z', reused: true },
  guard: own,
});

describe('the copy that a target holds', () => {
  it('is the snapshot of the last refresh', () => {
    expect(currentAfter(refresh(24))).toMatchObject({ copy: copyOf(24), copy_before: null });
    expect(currentAfter(refresh(24), refresh(26))).toMatchObject({
      copy: copyOf(26),
      copy_before: copyOf(24),
    });
  });

  it('is the one before after an undo, and the last one after an undo of that', () => {
    const undone = [refresh(24), refresh(26), undo('dev-pg.before-s26', 'dev-pg.before-undo-1')];
    const redone = [...undone, undo('dev-pg.before-undo-1', 'dev-pg.before-undo-2')];

    expect(currentAfter(...undone)).toMatchObject({ copy: copyOf(24), copy_before: copyOf(26) });
    expect(currentAfter(...redone)).toMatchObject({ copy: copyOf(26), copy_before: copyOf(24) });
  });

  it('is not known after an undo of the first refresh, of somebody else’s, or where it is a mix', () => {
    const first = currentAfter(refresh(24), undo('dev-pg.before-s24', 'dev-pg.before-undo-1'));
    const foreign = currentAfter(refresh(24), undo('dev-pg.before-weekly', 'dev-pg.before-undo-1'));
    const mixed = currentAfter(refresh(24), { ...refresh(26), target: 'mixed' });

    expect([first, foreign, mixed].map(heldBy)).toEqual([null, null, null]);
    expect(mixed?.copy_before).toEqual(copyOf(24));
  });

  it('stays what it was when a run writes its manifest once more', () => {
    const undone = currentAfter(
      refresh(24),
      refresh(26),
      undo('dev-pg.before-s26', 'dev-pg.before-undo-1'),
    );

    expect(undone && heldCopies(undone, undone)).toEqual({
      copy: copyOf(24),
      copy_before: copyOf(26),
    });
  });

  it('is known of a refresh from before manifests told it, but not of an undo, nor of what was put back', () => {
    const old = { ...manifestWith(refresh(24)), copy: null, copy_before: null };

    expect(heldBy(old)).toEqual(copyOf(24));
    expect(heldBy({ ...old, ...undo('g', 'h') })).toBeNull();
    expect(heldBy({ ...old, target: 'restored' })).toBeNull();
  });
});
