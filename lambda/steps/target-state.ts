import type { Run, TargetState } from '../refresh/run.ts';
import { type Attempt, mayHaveChanged } from './attempt.ts';
import { findDocument, overwriteDocument } from './documents.ts';
import type { ObjectStore } from './ports.ts';

/**
 * What the target holds. From the moment at which the overwrite began until Roll Back or Verify Target has come to its
 * end that cannot be told, and counts as mixed; so does a target that was found mixed and could not be cleared up.
 */
export const targetStateOf = async (run: Run, store: ObjectStore): Promise<TargetState> => {
  const { guard, recovery } = run;
  if (recovery && !recovery.done) return 'mixed';
  if (guard?.target) {
    const isPutBack = run.undo && guard.target === 'refreshed';
    return isPutBack ? 'restored' : guard.target;
  }
  if (isWithoutTarget(run)) return 'none';
  // Nothing is overwritten by a run that holds no guard, whether or not the bucket answers.
  if (!guard) return run.ends_recovered ? recoveredTarget(run) : putBackOrUntouched(run);
  const begun = await findDocument(store, run.id, overwriteDocument).catch(() => UNREADABLE);
  return mayHaveChanged(begun) ? 'mixed' : 'untouched';
};

/** What a run that does nothing but clear up has made of the target. */
export const recoveredTarget = ({ has_target, recovery }: Run): TargetState => {
  if (!has_target) return 'none';
  return recovery?.outcome === 'refreshed' || recovery?.outcome === 'restored'
    ? recovery.outcome
    : 'untouched';
};

/** A refresh that has cleared up before it failed; a copy that it has let be is another run's. */
const putBackOrUntouched = ({ recovery }: Run): TargetState =>
  recovery?.outcome === 'restored' ? 'restored' : 'untouched';

/** The bucket does not answer: an overwrite may have begun. */
const UNREADABLE: Attempt = {
  number: 0,
  begun: 'unknown',
  ended: null,
  changing: true,
  lost: true,
};

/** Known for certain: not where even the definition could not be read. */
const isWithoutTarget = (run: Run): boolean =>
  run.source_protection_group !== undefined && !run.has_target;
