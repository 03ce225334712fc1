import * as z from 'zod';
import type { Manifest } from './manifest.ts';

/** A snapshot of the source whose content a target holds. */
export const heldCopySchema = z.strictObject({
  snapshot: z.string(),
  created: z.iso.datetime().meta({ description: 'The instant of the source that it is of' }),
});
export type HeldCopy = z.output<typeof heldCopySchema>;

export interface HeldCopies {
  readonly copy: HeldCopy | null;
  readonly copy_before: HeldCopy | null;
}

/** What the target holds, as the manifest tells of the run that changed it last; null where that is not known. */
export const heldBy = (current: Manifest | undefined): HeldCopy | null => {
  if (!current) return null;
  // Manifests from before there was `copy` are read as well.
  const isRefresh = current.mode === 'refresh' && current.target === 'refreshed';
  return current.copy ?? (isRefresh ? asCopy(current.snapshot) : null);
};

/**
 * What the target holds after a run that has changed it, and what it held before.
 * @param current that of the run that changed the target last, as it was so far: by then it may be this run's own
 */
export const heldCopies = (
  run: Pick<Manifest, 'run' | 'mode' | 'target' | 'snapshot'>,
  current: Manifest | undefined,
): HeldCopies => {
  const copy_before = current?.run === run.run ? current.copy_before : heldBy(current);
  return { copy: run.target === 'mixed' ? null : copyOf(run, current), copy_before };
};

const copyOf = (
  { run, mode, snapshot }: Pick<Manifest, 'run' | 'mode' | 'snapshot'>,
  current: Manifest | undefined,
): HeldCopy | null => {
  if (mode !== 'undo') return asCopy(snapshot);
  if (current?.run === run) return current.copy;
  // What the guard of a run has kept is what the target held before that.
  return current && current.guard === snapshot?.name ? current.copy_before : null;
};

const asCopy = (snapshot: Manifest['snapshot']): HeldCopy | null =>
  snapshot?.created ? { snapshot: snapshot.name, created: snapshot.created } : null;
