import type { HookCall } from '../refresh/hook-calls.ts';
import { type HookRecord, newHookRecord } from '../refresh/hook-record.ts';
import {
  commandRequest,
  functionPayload,
  type HookValues,
  hookValues,
} from '../refresh/hook-values.ts';
import { type HookAction, nameOf } from '../refresh/hooks.ts';
import { unseenSeconds } from '../refresh/judge-hook.ts';
import type { HookCursor, Run } from '../refresh/run.ts';
import { readManifest } from './current-manifest.ts';
import { findDocument, planDocument } from './documents.ts';
import type { AtHooks } from './follow-hooks.ts';
import { clearedRun, noteHook } from './hook-notes.ts';
import type { Ports } from './ports.ts';
import { manifestKey } from './record.ts';

/** Notes that a hook begins, and says what is to be asked for. */
export const beginHook = async (
  { run, notes }: AtHooks,
  { point, action, begun }: HookCall,
  ports: Ports,
): Promise<Run> => {
  const cursor: HookCursor = {
    ...run.hook,
    active: true,
    name: nameOf(action),
    timeout_seconds: action.timeout_minutes * 60,
  };
  if (begun) {
    await noteHook(ports.store, run, notes, begun);
    return { ...run, hook: resumed(cursor, action, begun) };
  }
  const record: HookRecord = {
    ...newHookRecord(point, action, 'PLANNED'),
    status: 'RUNNING',
    begun: ports.clock.now().toISOString(),
  };
  await noteHook(ports.store, run, notes, record);
  const values = await valuesFor(run, point, ports);
  return {
    ...run,
    ...(point === 'before_overwrite' && { has_hooks: { ...run.has_hooks, on_abort: true } }),
    hook: { ...cursor, ...requestFor(action, values, run) },
  };
};

const requestFor = (action: HookAction, values: HookValues, run: Run): Partial<HookCursor> => {
  if (action.lambda !== undefined) {
    const request = functionPayload(action, values, run.plan_hash ?? null);
    return { next: 'call', function: action.lambda, request };
  }
  const request = commandRequest(action, values);
  const instances = [...(request.InstanceIds ?? [])];
  return {
    next: request.Targets ? 'send_to_tags' : 'send',
    request,
    instances,
    instance: instances[0] ?? '',
  };
};

/** A hook that another run has begun: its command is looked at; where there is none to look at, it is waited for. */
const resumed = (
  cursor: HookCursor,
  { ssm }: HookAction,
  { command, kind }: HookRecord,
): HookCursor => {
  if (command === null || !ssm) {
    const wait_seconds = unseenSeconds(cursor, kind);
    return { ...cursor, next: 'wait', looks_at: 'nothing', wait_seconds };
  }
  const instances = ssm.instances ?? [];
  return {
    ...cursor,
    next: 'wait',
    looks_at: ssm.instances ? 'instance' : 'command',
    command,
    instances,
    instance: instances[0] ?? '',
  };
};

/** Of the run that is cleared up after, where that is what the hook is called for. */
const valuesFor = async (
  run: AtHooks['run'],
  point: HookCall['point'],
  { store, locate }: Ports,
): Promise<HookValues> => {
  const id = clearedRun(run);
  const key = manifestKey(run.refresh, id);
  const [plan, manifest] = await Promise.all([
    findDocument(store, id, planDocument),
    id === run.id ? undefined : readManifest(store, key),
  ]);
  const known = { ...run, id, ...(manifest?.snapshot && { snapshot: manifest.snapshot }) };
  return hookValues(point, known, plan, locate(key));
};
