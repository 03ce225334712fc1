import { expect } from 'vitest';
import type { HookRights } from '../../../../lambda/refresh/hooks.ts';
import { NO_PAIRS, type Plan } from '../../../../lambda/refresh/plan.ts';
import { betweenHooks, type HookCursor, type Run } from '../../../../lambda/refresh/run.ts';
import {
  findDocument,
  type HookNotes,
  hooksDocument,
  planDocument,
  writeDocument,
} from '../../../../lambda/steps/documents.ts';
import { followHooks } from '../../../../lambda/steps/follow-hooks.ts';
import { beginHookNotes } from '../../../../lambda/steps/hook-notes.ts';
import type { Ports } from '../../../../lambda/steps/ports.ts';
import { FUNCTION, hooksOf, invocation } from '../../refresh/support/hooks.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { begun } from './bench.ts';
import { withoutArray } from './without-array.ts';

/** What the hooks of these tests may call. */
export const rights: HookRights = {
  documents: ['AWS-RunShellScript'],
  functions: [FUNCTION],
  commands: false,
};

export interface HookBench {
  readonly store: MemoryStore;
  readonly ports: Ports;
}

const pair: Plan['pairs'][number] = {
  source: {
    id: 'id-of-prd-data',
    name: 'prd-data',
    size: 1,
    replica_id: null,
    snapshot: 'prd-pg.s1.prd-data',
    created: 1,
  },
  target: {
    id: 'id-of-dev-data',
    name: 'dev-data',
    serial: 'A1',
    size: 1,
    created: 1,
    mapping: null,
  },
  rule: 'equal',
  mapping: null,
};

/** A run that was prepared and has noted these hooks, in a bucket without an array. */
export const noted = async (
  hooks: object,
  more: Partial<Run> = {},
  ports: Partial<Ports> = {},
): Promise<{ bench: HookBench; run: Run }> => {
  const store = new MemoryStore();
  const run: Run = {
    ...begun(),
    event: undefined,
    refresh: 'nightly',
    trigger: 'manual',
    execute: true,
    has_target: true,
    source_protection_group: 'prd-pg',
    target_protection_group: 'dev-pg',
    snapshot: { name: 'prd-pg.s1', created: null, reused: false },
    plan_hash: 'abc',
    ...more,
  };
  await beginHookNotes(store, run, hooksOf(hooks));
  await writeDocument(store, run.id, planDocument, { ...NO_PAIRS, hash: 'abc', pairs: [pair] });
  return { bench: { store, ports: withoutArray(store, { hookRights: rights, ...ports }) }, run };
};

/** A run that comes to a point, as the machine's Pass says it. */
export const arriving = (run: Run, point: HookCursor['point']): Run => ({
  ...run,
  hook: betweenHooks(point, 0),
});

/** Follow Hooks, done twice: that must come to the same. */
export const followTwice = async (run: Run, { store, ports }: HookBench): Promise<Run> => {
  const notes = () => store.objects.get(`runs/${run.id}/hooks.json`);
  const first = await followHooks(run, ports);
  const kept = notes();
  const second = await followHooks(run, ports);
  expect(second).toEqual(first);
  expect(notes()).toBe(kept);
  return first;
};

/** How hooks end, by name: a status of Run Command, or a refusal of the request. They succeed where this says nothing. */
export type Ends = Readonly<Record<string, string | NonNullable<HookCursor['refusal']>>>;

/** What the machine puts into the cursor after the state that was asked for. */
const answered = (hook: HookCursor, ends: Ends): HookCursor => {
  const end = ends[hook.name] ?? 'Success';
  if (hook.next === 'wait' && hook.looks_at === 'nothing') return hook;
  if (hook.next === 'wait') {
    const answer = typeof end === 'string' ? invocation(end) : {};
    return { ...hook, answer };
  }
  if (typeof end !== 'string') return { ...hook, refusal: end };
  if (hook.next === 'call') return { ...hook, answer: { Payload: null } };
  return { ...hook, answer: { Command: { CommandId: `c-${hook.name}` } } };
};

/** Follows the hooks of a point as the machine does. */
export const throughPoint = async (
  run: Run,
  point: HookCursor['point'],
  bench: HookBench,
  ends: Ends = {},
): Promise<{ run: Run; sent: string[] }> => {
  const sent: string[] = [];
  let state = arriving(run, point);
  for (let looks = 0; looks < 200; looks += 1) {
    const followed = await followTwice(state, bench);
    const { hook } = followed;
    if (!hook || hook.next === 'done') return { run: followed, sent };
    if (hook.next !== 'wait') sent.push(hook.name);
    state = { ...followed, hook: answered(hook, ends) };
  }
  throw new Error('The point has no end.');
};

/** What a run has noted of its hooks, each as `point name STATUS`. */
export const recordsOf = async (store: MemoryStore, run = 'nightly-1'): Promise<string[]> =>
  (await notesOf(store, run)).records.map(
    ({ point, name, status }) => `${point} ${name} ${status}`,
  );

export const notesOf = async (store: MemoryStore, run = 'nightly-1'): Promise<HookNotes> => {
  const notes = await findDocument(store, run, hooksDocument);
  if (!notes) throw new Error('Nothing is noted.');
  return notes;
};
