import { describe, expect, it } from 'vitest';
import type { HookRecord } from '../../../lambda/refresh/hook-record.ts';
import { requestSchema } from '../../../lambda/refresh/request.ts';
import { NO_RECOVERY, type Run } from '../../../lambda/refresh/run.ts';
import { type HookNotes, hooksDocument, writeDocument } from '../../../lambda/steps/documents.ts';
import type { Ports } from '../../../lambda/steps/ports.ts';
import { prepareHooks, refuseUncallable } from '../../../lambda/steps/prepare-hooks.ts';
import { hooksOf, NO_HOOKS, toHost, underWay } from '../refresh/support/hooks.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { refusalOf, rejectionOf } from '../support/refusals.ts';
import { begun } from './support/bench.ts';
import { notesOf, recordsOf, rights, throughPoint } from './support/hook-bench.ts';
import { withoutArray } from './support/without-array.ts';

const hooks = hooksOf({
  before_snapshot: [toHost('quiesce')],
  after_snapshot: [toHost('resume')],
  on_failure: [toHost('page')],
});

/** As Prepare has resolved it, as far as it is looked at here. */
const request = (more: object = {}) =>
  requestSchema.parse({
    refresh: 'nightly',
    trigger: 'manual',
    mode: 'refresh',
    recover: null,
    expect_plan: null,
    source_protection_group: 'prd-pg',
    target_protection_group: null,
    snapshot_suffix: 's1',
    ignore_match: false,
    execute: true,
    replicate: false,
    replication_timeout_minutes: 720,
    replication_stall_minutes: 60,
    require_idle_target: true,
    idle_target_max_reads: 5,
    settle_seconds: 60,
    keep_before_snapshots: 3,
    keep_snapshots: null,
    ora_backup_mode: false,
    ora_facts: false,
    ora_backup_mode_max_seconds: 300,
    ora_archive_log: true,
    excluded_volumes: [],
    allow_shared_hosts: false,
    hooks,
    flash_array_api_version: null,
    ...more,
  });
const recovering = (recover = 'nightly-0', more: object = {}) =>
  request({ mode: 'recover', recover, ...more });

const prepared = (more: Partial<Run> = {}): Run => ({
  ...begun(),
  refresh: 'nightly',
  execute: true,
  source_protection_group: 'prd-pg',
  ...more,
});
const clearing = (of: string | null = 'nightly-0', more: Partial<Run> = {}): Run =>
  prepared({
    mode: 'recover',
    ends_recovered: true,
    recovery: { ...NO_RECOVERY, run: of, outcome: 'nothing', done: true },
    ...more,
  });

const setUpLeft = async (left: Partial<HookNotes> | undefined, ports: Partial<Ports> = {}) => {
  const store = new MemoryStore();
  const notes: HookNotes = {
    refresh: 'nightly',
    execution: 'arn:execution:nightly-0',
    mode: 'refresh',
    hooks,
    is_over: false,
    records: [],
    ...left,
  };
  if (left) await writeDocument(store, 'nightly-0', hooksDocument, notes);
  return { store, ports: withoutArray(store, { hookRights: rights, ...ports }) };
};

describe('the hooks of a run', () => {
  it('are noted as its definition has them at that time', async () => {
    const { store, ports } = await setUpLeft(undefined);
    const run = await prepareHooks(prepared(), request(), ports);

    expect(await notesOf(store)).toMatchObject({ hooks, is_over: false, records: [] });
    expect(run.has_hooks).toMatchObject({ before_snapshot: true, clear_up: false });
  });

  it('are not noted where there are none', async () => {
    const { store, ports } = await setUpLeft(undefined);
    await prepareHooks(prepared(), request({ hooks: NO_HOOKS }), ports);

    expect([...store.objects.keys()]).toEqual([]);
  });

  it('of a dry run are left to nobody, however it ends', async () => {
    const { store, ports } = await setUpLeft(undefined);
    const run = await prepareHooks(
      prepared({ execute: false }),
      request({ execute: false }),
      ports,
    );

    expect(Object.values(run.has_hooks)).not.toContain(true);
    expect((await notesOf(store)).is_over).toBe(true);
    const clearedUp = await prepareHooks(
      clearing('nightly-1', { id: 'nightly-2' }),
      recovering('nightly-1', { hooks: NO_HOOKS }),
      ports,
    );
    expect(clearedUp.has_hooks.clear_up).toBe(false);
  });

  it('that nobody could call are refused; a dry run is told, and one that clears up is let be', () => {
    const hookRights = { ...rights, documents: [] };

    expect(refusalOf(() => refuseUncallable(request(), { hookRights })).name).toBe(
      'InvalidDefinition',
    );
    expect(refuseUncallable(request({ execute: false }), { hookRights })).toEqual([
      expect.stringMatching(/^As it is now, an execution would be refused\. Refresh "nightly" has/),
    ]);
    expect(refuseUncallable(recovering(), { hookRights })).toEqual([]);
    expect(refuseUncallable(request(), { hookRights: rights })).toEqual([]);
  });
});

describe('what another run has left', () => {
  const flagOf = async (...given: Parameters<typeof prepareHooks>) =>
    (await prepareHooks(...given)).has_hooks.clear_up;

  it.each<[string, Partial<HookNotes> | undefined, boolean]>([
    ['hooks', {}, true],
    ['none: it had none', undefined, false],
    ['none: they are over', { is_over: true }, false],
  ])('%s', async (_, left, clear_up) => {
    const { ports } = await setUpLeft(left);

    expect(await flagOf(clearing(), recovering(), ports)).toBe(clear_up);
  });

  it('a dry run is told of, and calls none', async () => {
    const { ports } = await setUpLeft({});
    const run = await prepareHooks(
      clearing('nightly-0', { execute: false }),
      recovering('nightly-0', { execute: false }),
      ports,
    );

    expect(run.has_hooks.clear_up).toBe(false);
    expect(run.warnings).toEqual([
      'An execution also calls the hooks that run "nightly-0" has left.',
    ]);
  });

  it('is that of the run whose overwrite is put back, where another had taken over from it', async () => {
    const { ports } = await setUpLeft({});

    expect(await flagOf(clearing('nightly-0'), recovering('nightly-taker'), ports)).toBe(true);
    expect(await flagOf(clearing('nightly-other'), recovering('nightly-0'), ports)).toBe(false);
  });

  it('is for a person where the deployment calls none any more', async () => {
    const { ports } = await setUpLeft({}, { hookRights: undefined });

    expect((await prepareHooks(clearing(), recovering(), ports)).warnings).toEqual([
      'Run "nightly-0" has left hooks, and this deployment calls none: see to them by hand.',
    ]);
  });

  it.each<[string, Partial<HookNotes>, Partial<Ports>, string]>([
    ['of another refresh', { refresh: 'weekly' }, {}, 'InvalidEvent'],
    ['at work', {}, { executionState: async () => 'alive' }, 'RunStillRunning'],
  ])('is not for this one where that is %s', async (_, left, more, name) => {
    const { ports } = await setUpLeft(left, more);

    expect((await rejectionOf(prepareHooks(clearing(), recovering(), ports))).name).toBe(name);
  });
});

describe('clearing up', () => {
  const record = (name: string, point: HookRecord['point'], status: HookRecord['status']) =>
    underWay({ name, point, status, results: [] });
  const clearUp = async (records: HookRecord[], ends = {}, more: Partial<Ports> = {}) => {
    const bench = await setUpLeft({ records }, more);
    const run = await prepareHooks(
      clearing(),
      recovering('nightly-0', { hooks: NO_HOOKS }),
      bench.ports,
    );
    // As Follow Hooks finds a recover run whose own definition has no hooks.
    bench.store.put('refreshes/nightly.json', { source_protection_group: 'prd-pg' });
    return { ...bench, ...(await throughPoint(run, 'clear_up', bench, ends)) };
  };

  it('calls what is left, and then nothing is left', async () => {
    const { run, sent, store } = await clearUp([record('quiesce', 'before_snapshot', 'SUCCEEDED')]);

    expect(sent).toEqual(['resume', 'page']);
    expect(run.failure).toBeUndefined();
    expect(await recordsOf(store)).toEqual([
      'after_snapshot resume SUCCEEDED',
      'on_failure page SUCCEEDED',
    ]);
    expect((await notesOf(store, 'nightly-0')).is_over).toBe(true);
  });

  it.each([
    ['Success', 'SUCCEEDED', 0],
    ['Failed', 'FAILED', 1],
  ])(
    'first follows what is under way, and does not send it again: %s',
    async (end, status, warnings) => {
      const begunHook = { ...record('quiesce', 'before_snapshot', 'RUNNING'), command: 'c-0' };
      const { run, sent, store } = await clearUp([begunHook], { quiesce: end });

      expect(sent).toEqual(['resume', 'page']);
      expect((await recordsOf(store))[0]).toBe(`before_snapshot quiesce ${status}`);
      // That it failed was the failure of the run that began it.
      expect(run.failure).toBeUndefined();
      expect(run.warnings).toHaveLength(warnings);
    },
  );

  it('waits for what nobody can look at, and calls it neither good nor its own failure', async () => {
    const { run, store } = await clearUp([record('quiesce', 'before_snapshot', 'RUNNING')]);

    expect((await recordsOf(store))[0]).toBe('before_snapshot quiesce TIMED_OUT');
    expect(run.failure).toBeUndefined();
    expect(run.warnings).toEqual([expect.stringContaining('nobody saw how it went on')]);
  });

  it('goes on after a hook of its own that fails, and fails of that', async () => {
    const records = [record('quiesce', 'before_snapshot', 'SUCCEEDED')];
    const { run, sent } = await clearUp(records, { resume: 'Failed' });

    expect(sent).toEqual(['resume', 'page']);
    expect(run.failure?.Error).toBe('HookFailed');
  });

  it('fails where the deployment may not call it any more: it has no state for it', async () => {
    const hookRights = { ...rights, documents: [] };
    const records = [record('quiesce', 'before_snapshot', 'SUCCEEDED')];
    const { run, sent, store } = await clearUp(records, {}, { hookRights });

    expect(sent).toEqual([]);
    expect(run.failure?.Error).toBe('HookNotSent');
    expect(await recordsOf(store)).toEqual([
      'after_snapshot resume SKIPPED',
      'on_failure page SKIPPED',
    ]);
  });
});
