import type { HookCall } from '../refresh/hook-calls.ts';
import { type HookRecord, newHookRecord } from '../refresh/hook-record.ts';
import { judgeHook } from '../refresh/judge-hook.ts';
import { betweenHooks, type HookCursor, type Run } from '../refresh/run.ts';
import { beginHook } from './begin-hook.ts';
import type { HookNotes } from './documents.ts';
import { failureOf, warningOf } from './hook-failures.ts';
import { countBefore, hookCalls, noteHook, readHookNotes } from './hook-notes.ts';
import { endHooks, writeInterimManifest } from './interim-manifest.ts';
import type { Ports } from './ports.ts';
import { outOfOrder, requireExecute } from './prepared-run.ts';
import { type Refusal, refuseCall } from './refuse-call.ts';
import { waitUntilIdle } from './wait-until-idle.ts';

/** A run that is at a hook point, and what it has noted of its hooks. */
export interface AtHooks {
  readonly run: Run & { readonly hook: HookCursor };
  readonly notes: HookNotes;
}

/**
 * Follows the hooks of one point, in their order: judges what the last request has come to, and says what is to be asked
 * for next. The machine asks, since waiting is its business; `hook.next` is `done` when the point has nothing left.
 *
 * A hook is noted before it is asked for. One that fails becomes the run's failure; at a point that makes undone or tells,
 * the others are called all the same.
 */
export const followHooks = async (run: Run, ports: Ports): Promise<Run> => {
  requireExecute(run);
  const { hook } = run;
  if (!hook) throw outOfOrder('The run is at no hook point.');
  const notes = await readHookNotes(ports.store, run);
  const calls = await hookCalls(ports.store, run, hook.point, notes);
  const isNew = hook.ended === 0 && !hook.active;
  const hook_count = isNew ? countBefore(hook.point, notes.records) : run.hook_count;
  const before = { run: { ...run, hook, hook_count }, notes };
  const at = hook.active ? await judge(before, calls, ports) : before;
  return at.run.hook.active ? at.run : goOn(at, calls, ports);
};

const judge = async (
  { run, notes }: AtHooks,
  calls: readonly HookCall[],
  { store, clock }: Ports,
): Promise<AtHooks> => {
  const noted = notes.records[run.hook_count];
  const call = calls[run.hook.ended];
  if (!noted || !call) throw outOfOrder('The hook under way has not been noted.');
  // An earlier attempt of this step has judged it already.
  const isJudged = noted.status !== 'RUNNING';
  const { cursor, record } = isJudged
    ? { cursor: run.hook, record: noted }
    : judgeHook(run.hook, noted);
  if (record.status === 'RUNNING') {
    const known = record === noted ? notes : await noteHook(store, run, notes, record);
    return { run: { ...run, hook: { ...cursor, last: null } }, notes: known };
  }
  const ended: HookRecord = { ...record, ended: clock.now().toISOString() };
  const { point, name, status } = ended;
  const failed = status !== 'SUCCEEDED';
  // How a hook ended that another run had begun is no failure of this one.
  const told = failed ? withFailure(run, ended, call.begun !== undefined) : run;
  return {
    notes: await noteHook(store, run, notes, ended),
    run: {
      ...told,
      hook_count: run.hook_count + 1,
      hook: {
        ...betweenHooks(cursor.point, cursor.ended + 1),
        last: { point, name, status },
        failed: cursor.failed || failed,
      },
    },
  };
};

/** The first failure is the run's; what goes wrong after it must not hide it. */
const withFailure = (run: Run, record: HookRecord, isMinor: boolean): Run =>
  run.failure || isMinor
    ? { ...run, warnings: [...run.warnings, warningOf(record)] }
    : { ...run, failure: failureOf(record, run) };

const goOn = async (at: AtHooks, calls: readonly HookCall[], ports: Ports): Promise<Run> => {
  const { run } = at;
  const { hook } = run;
  const call = calls[hook.ended];
  if (!call) {
    const waiting = isLastBeforeOverwrite(hook) && (await waitUntilIdle(run, hook, ports));
    return waiting ? { ...run, hook: waiting } : endHooks(run, ports.store);
  }
  const refusal = await refuseCall(run, call, ports);
  if (refusal) return goOn(await skip(at, call, refusal, ports), calls, ports);
  const here = hook.ended === 0 ? await writeInterimManifest(run, ports.store) : run;
  return beginHook({ ...at, run: { ...here, hook } }, call, ports);
};

const isLastBeforeOverwrite = ({ point, failed }: HookCursor): boolean =>
  point === 'before_overwrite' && !failed;

/** Notes that a hook is not called, and why. */
const skip = async (
  { run, notes }: AtHooks,
  { point, action }: HookCall,
  { reason, failure }: Refusal,
  { store }: Ports,
): Promise<AtHooks> => {
  const { hook } = run;
  const record = newHookRecord(point, action, 'SKIPPED', reason);
  return {
    notes: await noteHook(store, run, notes, record),
    run: {
      ...run,
      ...(failure && !run.failure && { failure }),
      hook_count: run.hook_count + 1,
      hook: { ...hook, ended: hook.ended + 1, failed: hook.failed || failure !== undefined },
    },
  };
};
