import { isError, joinMessage } from '../refresh/errors.ts';
import type { Outcome } from '../refresh/manifest.ts';
import { executes, modeOf, readEvent } from '../refresh/request.ts';
import type { Run } from '../refresh/run.ts';
import { logOut, openArrays } from './arrays.ts';
import { loadDefinition } from './definitions.ts';
import { findDocument, requestDocument } from './documents.ts';
import { closeHookNotes, leavesHooks } from './hook-notes.ts';
import type { Ports } from './ports.ts';
import { behindBackupMode, behindHooks, reasonOf } from './reasons.ts';
import { type RunDocuments, readRunDocuments, writeManifest } from './record.ts';
import { unreleased } from './record-result.ts';
import { endReservation } from './reserve-target.ts';
import { targetStateOf } from './target-state.ts';
import { rollbackFailure, stepsByHand, withWayOut } from './ways-out.ts';

/**
 * Writes the manifest of a run that failed: why, what the target holds now, and, where that is mixed, what a person can do.
 */
export const recordFailure = async (run: Run, ports: Ports): Promise<Run> => {
  const reason = reasonOf(run);
  const known = run.refresh === undefined ? await identify(run, ports) : run;
  const arrays = await openArrays(ports, await arraysOf(known, ports)).catch(() => undefined);
  // A document that cannot be read may be the very reason of the failure; it must not keep it from being recorded.
  const documents = await readRunDocuments(known, ports.store).catch(() => NO_DOCUMENTS);
  const target = await targetStateOf(known, ports.store);
  const steps = target === 'mixed' ? await stepsByHand(known, arrays?.target) : [];
  const error = target === 'mixed' ? withWayOut(reason, known) : reason;
  const outcome: Outcome = {
    status: 'FAILED',
    target,
    error,
    recoverySteps: steps,
    warnings: [
      ...unreleased(known),
      ...rollbackFailure(known),
      ...behindBackupMode(known),
      ...behindHooks(known),
    ],
  };
  const recorded = await writeManifest(known, ports.store, documents, outcome);
  if (arrays) await logOut(arrays);
  if (!known.has_hooks.on_failure && !leavesHooks(known, target)) {
    await closeHookNotes(ports.store, run.id);
  }
  await endReservation(known, ports.store);
  return { ...recorded, error, cause: joinMessage(error.message, error.remedy) };
};

const NO_DOCUMENTS: RunDocuments = {
  plan: undefined,
  volumes: undefined,
  database: undefined,
  hooks: undefined,
  doctor: undefined,
  arrays: undefined,
  current: undefined,
};

/** As much as can be said of a run that Prepare refused: its event and definition may be what was wrong. */
const identify = async (run: Run, { store, hookRights }: Ports): Promise<Run> => {
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
    const execute = executes(event, definition);
    const tells = execute && hookRights !== undefined && definition.hooks.on_failure.length > 0;
    return {
      ...named,
      execute,
      has_hooks: { ...named.has_hooks, on_failure: tells },
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
