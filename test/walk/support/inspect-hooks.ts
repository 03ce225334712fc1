import { stopsAtFailure } from '../../../lambda/refresh/hook-calls.ts';
import type { HookRecord } from '../../../lambda/refresh/hook-record.ts';
import type { Manifest } from '../../../lambda/refresh/manifest.ts';
import type { HookNotes } from '../../../lambda/steps/documents.ts';
import type { Evidence } from './inspect.ts';
import type { Aftermath } from './run-world.ts';
import type { HostsState } from './walk-hosts.ts';

/** What hooks have left behind. */
export interface HookSight {
  readonly state: HostsState;
  /** Of the run. */
  readonly notes: HookNotes | undefined;
  /** Of the refresh that all is about. */
  readonly notesOfRefresh: HookNotes | undefined;
}

/**
 * What must not be about source and target database when a run has ended: that they are still stopped for it, unless the
 * run says why; that anything is left to be called, unless it waits for the target to be put back; that a run which is over
 * is told of as if it were at work.
 */
export const inspectHooks = (evidence: Evidence): string[] => {
  const { first, ruled, last, late, follower, refreshAfterwards } = evidence;
  if (!first.hooks) return [];
  const runs = [first, ...(ruled ? [ruled] : []), ...(follower ? [last] : [])];
  const recoveries = [
    ...(ruled ? [ruled] : []),
    ...(late ? [late] : []),
    ...(follower === 'recovery' ? [last] : []),
  ];
  const breaches = runs.flatMap((run) => inspectRun(run, evidence));
  for (const { run, ended, hooks } of recoveries) {
    if (ended.status !== 'SUCCEEDED') {
      const why = ended.status === 'FAILED' ? ` ${ended.error}: ${ended.cause}` : '';
      breaches.push(`The clearing up ${run} ${ended.status}${why}.`);
    }
    const { notesOfRefresh: notes } = hooks ?? {};
    if (notes && !notes.is_over) breaches.push(`${run} has left hooks to be called.`);
  }
  if (follower === 'recovery' && !tellsTheTruth(refreshAfterwards, last, evidence)) {
    breaches.push(`The refresh is cleared up after, and said to be ${refreshAfterwards?.target}.`);
  }
  if (recoveries.length > 0 && refreshAfterwards?.status === 'RUNNING') {
    breaches.push('The refresh is cleared up after, and its manifest says that it is at work.');
  }
  return breaches;
};

const tellsTheTruth = (
  manifest: Manifest | undefined,
  { holdings }: Aftermath,
  { course: { begin } }: Evidence,
): boolean => {
  if (manifest?.target === 'refreshed') return holdings.holdsSourcesOf(begin);
  return manifest === undefined || holdings.holdsAsIn(begin);
};

const inspectRun = (
  { run, ended, manifest, holdings, hooks, isUnrecorded }: Aftermath,
  { course: { begin }, first }: Evidence,
): string[] => {
  if (!hooks || ended.status === 'ABORTED') return [];
  const { state, notes } = hooks;
  const breaches: string[] = [];
  const error = ended.status === 'FAILED' ? ` ${ended.error}` : '';
  const claim = (isSo: boolean, problem: string) => {
    if (!isSo)
      breaches.push(
        `${problem} after ${run} (${ended.status}${error}, the manifest ${manifest?.status}/${manifest?.target}, hooks ${show(notes?.records)}).`,
      );
  };
  const records = notes?.records ?? [];
  claim(records.every(isTold), 'A hook has more than one result');
  claim(isRestSkipped(records), 'A hook was called though one before it had failed');
  // It could not write anything down; what is left is cleared up after.
  if (isUnrecorded) return breaches;
  const isUnfollowed = manifest?.warnings.some((warning) => warning.includes('"recover"')) ?? false;
  claim(manifest?.status !== 'RUNNING', 'The manifest says that it is at work');
  claim(
    notes === undefined || notes.is_over || manifest?.target === 'mixed' || isUnfollowed,
    'Hooks are left',
  );
  // What was called again counts as it went then.
  const said = [...new Map((manifest?.hooks ?? []).map((hook) => [hook.name, hook])).values()];
  const isBad = (wanted: HookRecord['point']) =>
    isUnfollowed || said.some(({ point, status }) => point === wanted && status !== 'SUCCEEDED');
  const isLate = said.some(isOutOfTime);
  claim(!state.isQuiesced || isBad('after_snapshot') || isLate, 'The source is quiesced');
  const isOld = holdings.holdsAsIn(begin) && manifest?.target !== 'mixed';
  const excused = isBad('on_abort') || isLate;
  claim(!isOld || (state.isOpen && state.isListening) || excused, 'The database is closed');
  // Who clears up opens no copy that nobody has seen to.
  const isNew =
    ended.status === 'SUCCEEDED' && manifest?.target === 'refreshed' && manifest.mode !== 'recover';
  claim(!isNew || (state.isOpen && state.isListening), 'The new database is closed');
  const tells = notes?.hooks.on_failure.length ?? 0;
  const told = records.filter(({ point }) => point === 'on_failure').length;
  claim(ended.status !== 'FAILED' || run !== first.run || told >= tells, 'Nobody was told');
  return breaches;
};

/** What may still be at work when all is over is for a person to see to. */
const isOutOfTime = ({ point, status }: HookRecord): boolean =>
  (point === 'before_snapshot' || point === 'before_overwrite') && status === 'TIMED_OUT';

const isTold = ({ results }: HookRecord): boolean =>
  new Set(results.map(({ instance }) => instance)).size === results.length;

/** Where what comes next may only be done when all before it has succeeded. */
const isRestSkipped = (records: readonly HookRecord[]): boolean =>
  records.every(({ point, status }, index) => {
    if (point === 'on_abort' || !stopsAtFailure(point) || status === 'SKIPPED') return true;
    const before = records.slice(0, index).filter((record) => record.point === point);
    return before.every((record) => record.status === 'SUCCEEDED');
  });

const show = (records: readonly HookRecord[] = []): string =>
  records.map(({ point, name, status }) => `${point} ${name} ${status}`).join(', ') || 'none';
