import { ownGuards, surplusGuards } from '../refresh/guard.ts';
import { arraysOf } from '../refresh/manifest.ts';
import {
  type RefreshEvent,
  type RefreshRequest,
  readEvent,
  resolveRequest,
} from '../refresh/request.ts';
import { NO_RECOVERY, type Recovery, type Run } from '../refresh/run.ts';
import { type Arrays, openArrays } from './arrays.ts';
import { allAtOnce, atOnce } from './at-once.ts';
import { decideRecovery, type LockDecision } from './decide-recovery.ts';
import { loadDefinition, requireNoSource } from './definitions.ts';
import { examine } from './doctor.ts';
import { arraysDocument, guardsDocument, requestDocument, writeDocument } from './documents.ts';
import { nameOfGroup } from './find-groups.ts';
import { lookByName } from './look-around.ts';
import { type Guards, lookAtGuards } from './look-at-guards.ts';
import type { Ports } from './ports.ts';
import { prepareHooks, refuseUncallable } from './prepare-hooks.ts';
import { prepareRefresh } from './prepare-refresh.ts';
import { prepareUndo } from './prepare-undo.ts';
import { requireOracle } from './require-oracle.ts';
import { refuseReserved } from './reserve-target.ts';

/**
 * Reads event and definition, looks at the arrays, refuses what must not be, and makes the plan. Changes nothing on any
 * array. Where the guard of a run that ended in the middle is found, the run is to clear up first. A doctor only looks.
 */
export const prepare = async (run: Run, ports: Ports): Promise<Run> => {
  const { store } = ports;
  const event = readEvent(run.event);
  const definition = await loadDefinition(store, event.refresh);
  const request = resolveRequest(event, definition, { id: run.id, started: new Date(run.started) });
  if (request.mode === 'doctor') return examine(run, request, ports);
  requireOracle(request, ports);
  const uncallable = refuseUncallable(request, ports);
  const arrays = await openAllowed(request, ports);
  const looks = await lookFirst(run, ports, arrays, request);
  const known: Run = {
    ...run,
    ...(await looks.identities),
    refresh: request.refresh,
    trigger: request.trigger,
    mode: request.mode,
    overrides: overridesOf(event),
    execute: request.execute,
    source_protection_group: request.source_protection_group ?? undefined,
    target_protection_group: request.target_protection_group,
    has_target: request.target_protection_group !== null,
    warnings: [...run.warnings, ...uncallable, ...(await looks.unasked)],
  };
  try {
    return await prepareOn(known, ports, arrays, request, looks);
  } catch (error) {
    // The machine goes on with the run as it was before; its manifest tells the arrays all the same.
    await writeDocument(store, run.id, arraysDocument, arraysOf(known)).catch(() => undefined);
    throw error;
  }
};

const overridesOf = (event: RefreshEvent): Run['overrides'] => ({
  ...(event.snapshot_name !== undefined && { snapshot_name: event.snapshot_name }),
  ...(event.ignore_match !== undefined && { ignore_match: event.ignore_match }),
  ...(event.ora_backup_mode !== undefined && { ora_backup_mode: event.ora_backup_mode }),
  ...(event.recover !== undefined && { recover: event.recover }),
});

/** @throws TargetIsASource, InvalidDefinition before any array is asked anything */
const openAllowed = async (request: RefreshRequest, ports: Ports): Promise<Arrays> => {
  const { mode, target_protection_group: target, refresh } = request;
  const opened = await atOnce({
    // Clearing up aims at nothing: it puts back what is the target's own.
    isAllowed:
      target === null || mode === 'recover'
        ? Promise.resolve()
        : requireNoSource(ports.store, target, refresh),
    arrays: openArrays(ports, request),
  });
  await opened.isAllowed;
  return opened.arrays;
};

/** On arrays that have answered. */
const prepareOn = async (
  run: Run,
  ports: Ports,
  arrays: Arrays,
  request: RefreshRequest,
  looks: Looks,
): Promise<Run> => {
  const { store } = ports;
  const { mode, target_protection_group: target } = request;
  const guards = await looks.guards;
  const decision =
    target === null
      ? NOTHING_HELD
      : await decideRecovery(arrays.target, guards.lock, request, run, ports);
  const recovery =
    decision.recovery ?? (mode === 'recover' ? nothingHeldBy(request.recover) : undefined);
  const begun: Run = {
    ...run,
    event: undefined,
    undo: mode === 'undo',
    ...(recovery && { recovery }),
    recovers: recovery !== undefined,
    ends_recovered: mode === 'recover' || (mode === 'undo' && recovery !== undefined),
    warnings: [...run.warnings, ...decision.warnings],
  };
  const work = await atOnce({
    done: prepareWork(begun, ports, arrays, request, looks),
    // Before the run goes to any trouble; it counts when the target is taken.
    isFree: takesTarget(begun) ? refuseReserved(begun, ports) : Promise.resolve(),
  });
  const ready = await work.done;
  await work.isFree;
  const prepared = await prepareHooks(ready, request, ports, guards.earlier);
  await allAtOnce([
    writeDocument(store, run.id, requestDocument, request),
    writeDocument(store, run.id, guardsDocument, {
      known: ownGuards(guards.earlier),
      taken: [...guards.taken],
      surplus: surplusGuards(guards.earlier, request.keep_before_snapshots),
    }),
  ]);
  return prepared;
};

const takesTarget = ({ execute, mode, has_target }: Run): boolean =>
  execute && mode !== 'recover' && has_target;

type Looks = Awaited<ReturnType<typeof lookFirst>>;

/** What takes nothing but the definition to ask for. */
const lookFirst = (run: Run, ports: Ports, arrays: Arrays, request: RefreshRequest) => {
  const { mode, target_protection_group: target } = request;
  return atOnce({
    identities: identify(arrays, request),
    guards: target === null ? Promise.resolve(NO_GUARDS) : lookAtGuards(arrays.target, target),
    unasked: askAboutRuns(run, ports),
    // Undo and recovery are about the target alone.
    named: mode === 'refresh' ? lookByName(arrays, request) : Promise.resolve(undefined),
  });
};

/**
 * Asks about this very run, as a later one has to when it finds its lock: that nobody could is better known before.
 * @returns warnings
 */
const askAboutRuns = (
  { execution }: Run,
  { executionState }: Pick<Ports, 'executionState'>,
): Promise<string[]> =>
  executionState(execution).then(
    () => [],
    (error: unknown) => [
      `Step Functions could not be asked whether a run is alive (${error instanceof Error ? error.name : 'unknown failure'}): a run that dies could not be cleared up after. In a network of your own, look at its endpoint for "states".`,
    ],
  );

/** What there is to be done beside the clearing up. */
const prepareWork = async (
  begun: Run,
  ports: Ports,
  arrays: Arrays,
  request: RefreshRequest,
  looks: Looks,
): Promise<Run> => {
  const named = await looks.named;
  if (named) return prepareRefresh(begun, ports, arrays, request, named);
  const { target_protection_group: target } = request;
  if (begun.ends_recovered) {
    // Else a name that is mistyped would look as if there were nothing to clear up.
    return {
      ...begun,
      target_protection_group: target && (await nameOfGroup(arrays.target, target)),
    };
  }
  return prepareUndo(begun, ports.store, arrays.target, await looks.guards, request);
};

const NOTHING_HELD: LockDecision = { warnings: [] };
const NO_GUARDS: Guards = { lock: undefined, earlier: [], taken: [] };

const identify = async (
  { source, target }: Arrays,
  { mode, replicate }: RefreshRequest,
): Promise<Pick<Run, 'source_array' | 'target_array'>> => {
  const [source_array, target_array] = await Promise.all([
    mode === 'refresh' || !replicate ? source.identify() : undefined,
    replicate ? target.identify() : undefined,
  ]);
  return { ...(source_array && { source_array }), ...(target_array && { target_array }) };
};

const nothingHeldBy = (run: string | null): Recovery => ({
  ...NO_RECOVERY,
  run,
  outcome: 'nothing',
  done: true,
});
