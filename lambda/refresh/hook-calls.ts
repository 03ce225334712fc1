import { type HookRecord, newHookRecord, type RecordPoint } from './hook-record.ts';
import { type HookAction, type Hooks, hookPoints } from './hooks.ts';
import type { HookCursor, Run } from './run.ts';

/** One hook that is to be called. */
export interface HookCall {
  readonly point: RecordPoint;
  readonly action: HookAction;
  /** What another run has noted of it when it was begun and that run ended: it is not called again, but followed. */
  readonly begun?: HookRecord;
}

/** Those of a point of the run itself. */
export const callsAt = (
  point: Exclude<HookCursor['point'], 'clear_up'>,
  hooks: Hooks,
  records: readonly HookRecord[],
): HookCall[] =>
  point === 'on_abort'
    ? abortCalls(hooks, records)
    : hooks[point].map((action) => ({ point, action }));

/** The last that was begun is made undone first. One that was never sent has done nothing. */
const abortCalls = (hooks: Hooks, records: readonly HookRecord[]): HookCall[] => {
  const begun = records.filter(
    ({ point, status }) =>
      point === 'before_overwrite' && status !== 'NOT_SENT' && status !== 'SKIPPED',
  ).length;
  return hooks.before_overwrite
    .slice(0, begun)
    .reverse()
    .flatMap(({ on_abort: action }) => (action ? [{ point: 'on_abort', action } as const] : []));
};

/**
 * Those that a run has left which ended in the middle, or could not put its target back: first the one that may still be
 * at work.
 * @param isAsBefore whether the target holds what it held before, so that `on_abort` may start something on it
 */
export const callsLeft = (
  hooks: Hooks,
  records: readonly HookRecord[],
  isAsBefore: boolean,
): HookCall[] => {
  const done = (point: RecordPoint) =>
    records.filter((record) => record.point === point && isCalled(record)).length;
  const last = records.at(-1);
  const resumed = last?.status === 'RUNNING' ? resume(hooks, records, last) : [];
  const rest = (point: 'after_snapshot' | 'on_failure'): HookCall[] =>
    callsAt(point, hooks, records).slice(done(point));
  return [
    ...resumed,
    ...(records.some(isOfSnapshot) ? rest('after_snapshot') : []),
    ...(isAsBefore ? abortCalls(hooks, records).slice(done('on_abort')) : []),
    ...rest('on_failure'),
  ];
};

const isOfSnapshot = ({ point, status }: HookRecord): boolean =>
  (point === 'before_snapshot' || point === 'after_snapshot') && status !== 'SKIPPED';

/** One that nobody knows to have been sent is called once more: what it was to make undone may still be so. */
const isCalled = ({ status, command }: HookRecord): boolean =>
  status !== 'SKIPPED' && !(status === 'RUNNING' && command === null);

const resume = (hooks: Hooks, records: readonly HookRecord[], begun: HookRecord): HookCall[] => {
  const { point } = begun;
  const before = records.filter((record) => record !== begun && record.point === point).length;
  const call = callsAt(point, hooks, records)[before];
  return call ? [{ ...call, begun }] : [];
};

/** Points at which the first failure is the end: what comes after may only be done when it has succeeded. */
const STOPPING: readonly HookCursor['point'][] = [
  'before_snapshot',
  'before_overwrite',
  'after_overwrite',
];
export const stopsAtFailure = (point: HookCursor['point']): boolean => STOPPING.includes(point);

/** At which points a run has something to call: its own hooks. Those of `on_abort` come with what they undo. */
export const hookFlags = (
  hooks: Hooks,
  { mode, has_target, snapshot }: Pick<Run, 'mode' | 'has_target' | 'snapshot'>,
): Run['has_hooks'] => {
  const takesSnapshot = mode === 'refresh' && !snapshot?.reused;
  const overwrites = mode !== 'recover' && has_target;
  const has = (point: keyof Hooks) => hooks[point].length > 0;
  return {
    before_snapshot: takesSnapshot && has('before_snapshot'),
    after_snapshot: takesSnapshot && has('after_snapshot'),
    before_overwrite: overwrites && has('before_overwrite'),
    on_abort: false,
    after_overwrite: overwrites && mode === 'refresh' && has('after_overwrite'),
    on_failure: has('on_failure'),
    clear_up: false,
  };
};

/** What a dry run tells of the hooks that an execution calls. */
export const plannedHooks = (hooks: Hooks, run: Parameters<typeof hookFlags>[1]): HookRecord[] => {
  const flags = hookFlags(hooks, run);
  const undoing = hooks.before_overwrite.flatMap(({ on_abort: action }) =>
    action && flags.before_overwrite ? [newHookRecord('on_abort', action, 'PLANNED')] : [],
  );
  const planned = hookPoints.map((point) =>
    flags[point] ? hooks[point].map((action) => newHookRecord(point, action, 'PLANNED')) : [],
  );
  return [...planned.slice(0, -1).flat(), ...undoing, ...planned.slice(-1).flat()];
};
