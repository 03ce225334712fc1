import { isError, joinMessage } from '../refresh/errors.ts';
import type { Outcome } from '../refresh/manifest.ts';
import { modeOf, readEvent } from '../refresh/request.ts';
import type { Run } from '../refresh/run.ts';
import { logOut, openArrays } from './arrays.ts';
import { type Attempt, mayHaveChanged } from './attempt.ts';
import { loadDefinition } from './definitions.ts';
import { findDocument, overwriteDocument, requestDocument } from './documents.ts';
import type { Ports } from './ports.ts';
import { behindBackupMode, reasonOf } from './reasons.ts';
import { type RunDocuments, readRunDocuments, writeManifest } from './record.ts';
import { recoveredTarget } from './record-result.ts';
import { rollbackFailure, stepsByHand, withWayOut } from './ways-out.ts';

/**
 * Writes the manifest of a run that failed: why, what the target holds now, and, where that is mixed, what a person can do.
 */
export const recordFailure = async (run: Run, ports: Ports): Promise<Run> => {
  const reason = reasonOf(run);
  const known = run.refresh === undefined ? await identify(run, ports) : run;
  const arrays = await openArrays(ports, await arraysOf(known, ports)).catch(() => undefined);
  // A document that cannot be read may be the very reason of the failure; it must not keep it from being recorded.
  const documents = await readRunDocuments(run, ports.store).catch(() => NO_DOCUMENTS);
  const target = await targetOf(known, ports);
  const steps = target === 'mixed' ? await stepsByHand(known, arrays?.target) : [];
  const error = target === 'mixed' ? withWayOut(reason, known) : reason;
  const outcome: Outcome = {
    status: 'FAILED',
    target,
    error,
    recoverySteps: steps,
    warnings: [...rollbackFailure(known), ...behindBackupMode(known)],
  };
  const recorded = await writeManifest(known, ports.store, documents, outcome);
  if (arrays) await logOut(arrays);
  return { ...recorded, error, cause: joinMessage(error.message, error.remedy) };
};

const NO_DOCUMENTS: RunDocuments = { plan: undefined, volumes: undefined, database: undefined };

/** As much as can be said of a run that Prepare refused: its event and definition may be what was wrong. */
const identify = async (run: Run, { store }: Ports): Promise<Run> => {
  let known = run;
  try {
    const event = readEvent(run.event);
    const { refresh, trigger } = event;
    const named = { ...run, refresh, trigger, mode: modeOf(event) };
    const definition = await loadDefinition(store, event.refresh).catch((error: unknown) => {
      // There is such a refresh, though its definition is wrong.
      if (isError(error, 'InvalidDefinition')) known = named;
      throw error;
    });
    return {
      ...named,
      source_protection_group: definition.source_protection_group,
      target_protection_group: definition.target_protection_group ?? null,
      has_target: definition.target_protection_group !== undefined,
    };
  } catch {
    return known;
  }
};

/** Those to which the run has logged in, as far as it came: by its request, else by what its definition asks for. */
const arraysOf = async (run: Run, { store }: Ports): Promise<Parameters<typeof openArrays>[1]> => {
  const request = await findDocument(store, run.id, requestDocument).catch(() => undefined);
  if (request) return request;
  const definition =
    run.refresh === undefined
      ? undefined
      : await loadDefinition(store, run.refresh).catch(() => undefined);
  return {
    flash_array_api_version: definition?.flash_array_api_version ?? null,
    replicate: definition?.replicate ?? false,
  };
};

/**
 * What the target holds. From the moment at which the overwrite began until Roll Back or Verify Target has come to its
 * end that cannot be told, and counts as mixed; so does a target that was found mixed and could not be cleared up.
 */
const targetOf = async (run: Run, { store }: Ports): Promise<Outcome['target']> => {
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

/** A refresh that has cleared up before it failed; a copy that it has let be is another run's. */
const putBackOrUntouched = ({ recovery }: Run): Outcome['target'] =>
  recovery?.outcome === 'restored' ? 'restored' : 'untouched';

/** The bucket does not answer: an overwrite may have begun. */
const UNREADABLE: Attempt = { begun: 'unknown', ended: null, changing: true, lost: true };

/** Known for certain: not where even the definition could not be read. */
const isWithoutTarget = (run: Run): boolean =>
  run.source_protection_group !== undefined && !run.has_target;
