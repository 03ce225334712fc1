import { errorKind, isError } from '../refresh/errors.ts';
import { type Outcome, recordOf } from '../refresh/manifest.ts';
import type { Plan } from '../refresh/plan.ts';
import { readEvent } from '../refresh/request.ts';
import type { Run } from '../refresh/run.ts';
import { logOut, openArrays } from './arrays.ts';
import { loadDefinition } from './definitions.ts';
import { findDocument, overwriteDocument, requestDocument } from './documents.ts';
import type { FlashArray, Ports } from './ports.ts';
import { type RunDocuments, readRunDocuments, writeManifest } from './record.ts';

/**
 * Writes the manifest of a run that failed: why, and what the target holds now, looked up on the array if the
 * overwrite had begun.
 */
export const recordFailure = async (run: Run, ports: Ports): Promise<Run> => {
  const error = recordOf(run.failure ?? { Error: 'Unknown' });
  const known = run.refresh === undefined ? await identify(run, ports) : run;
  const arrays = await openArrays(ports, await arraysOf(known, ports)).catch(() => undefined);
  // A document that cannot be read may be the very reason of the failure; it must not keep it from being recorded.
  const documents = await readRunDocuments(run, ports.store).catch(() => NO_DOCUMENTS);
  const state = await targetState(known, ports, documents.plan, arrays?.target, error.name);
  const outcome: Outcome = { status: 'FAILED', error, ...state };
  const recorded = await writeManifest(known, ports.store, documents, outcome);
  if (arrays) await logOut(arrays);
  return { ...recorded, error };
};

const NO_DOCUMENTS: RunDocuments = { plan: undefined, volumes: undefined };

/** As much as can be said of a run that Prepare refused: its event and definition may be what was wrong. */
const identify = async (run: Run, { store }: Ports): Promise<Run> => {
  let known = run;
  try {
    const event = readEvent(run.event);
    const named = { ...run, refresh: event.refresh, trigger: event.trigger };
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

type State = Pick<Outcome, 'target' | 'warnings'>;

const targetState = async (
  run: Run,
  { store }: Ports,
  plan: Plan | undefined,
  array: FlashArray | undefined,
  error: string,
): Promise<State> => {
  try {
    const begun = await findDocument(store, run.id, overwriteDocument);
    if (!begun) return { target: isWithoutTarget(run) ? 'none' : 'untouched' };
    if (plan && array) {
      const target = await compare(plan, array);
      return target === 'untouched' && isInDoubt(error)
        ? { target, warnings: [AS_YET] }
        : { target };
    }
  } catch {
    // What cannot be looked at counts as mixed.
  }
  return {
    target: 'mixed',
    warnings: ['The overwrite had begun and the target could not be looked at: take it as mixed.'],
  };
};

const AS_YET =
  'The overwrite got no answer. It has had no effect so far, but may still be carried out: look at the target again before it is used.';

/** Whether the array may still do what it was last asked: it gave no answer, or nobody was left to hear it. */
const isInDoubt = (error: string): boolean =>
  error === 'ArrayUnavailable' || errorKind(error) === undefined;

/** Known for certain: not where even the definition could not be read. */
const isWithoutTarget = (run: Run): boolean =>
  run.source_protection_group !== undefined && !run.has_target;

/**
 * An overwrite sets a volume's `created` to its snapshot's, so that tells which volumes were overwritten. A volume that
 * bore that time before the run tells nothing, and then the target is taken as mixed.
 */
const compare = async (plan: Plan, array: FlashArray): Promise<Outcome['target']> => {
  const now = await array.volumes(plan.pairs.map(({ target }) => target.name));
  const byId = new Map(now.map((volume) => [volume.id, volume.created]));
  const states = plan.pairs.map(({ source: { created }, target }) => {
    const found = byId.get(target.id);
    if (created === null || target.created === created) return 'unknown';
    return found === created ? 'new' : found === target.created ? 'old' : 'unknown';
  });
  if (states.every((state) => state === 'new')) return 'refreshed';
  return states.every((state) => state === 'old') ? 'untouched' : 'mixed';
};
