import { describe, expect, it } from 'vitest';
import {
  callsAt,
  callsLeft,
  type HookCall,
  hookFlags,
  plannedHooks,
  stopsAtFailure,
} from '../../../lambda/refresh/hook-calls.ts';
import { type HookRecord, newHookRecord } from '../../../lambda/refresh/hook-record.ts';
import { nameOf } from '../../../lambda/refresh/hooks.ts';
import { actionOf, hooksOf, toHost } from './support/hooks.ts';

const hooks = hooksOf({
  before_snapshot: [toHost('quiesce'), toHost('flush')],
  after_snapshot: [toHost('resume'), toHost('unflush')],
  before_overwrite: [
    { ...toHost('stop'), on_abort: toHost('start') },
    toHost('look'),
    { ...toHost('unmount'), on_abort: toHost('mount') },
  ],
  after_overwrite: [toHost('rescan'), toHost('open')],
  on_failure: [toHost('page'), toHost('mail')],
});

/** What is noted of hooks: `point name status`, SUCCEEDED where it says nothing. Of one UNSENT nobody knows whether it was sent. */
const noted = (...lines: string[]): HookRecord[] =>
  lines.map((line) => {
    const [point = '', name = '', status = 'SUCCEEDED'] = line.split(' ');
    return {
      ...newHookRecord('on_abort', actionOf(toHost(name)), 'PLANNED'),
      ...newPoint(point),
      status: statusOf(status === 'UNSENT' ? 'RUNNING' : status),
      command: status === 'UNSENT' ? null : 'c-1',
    };
  });
const newPoint = (name: string) => ({
  point:
    (
      [
        'before_snapshot',
        'after_snapshot',
        'before_overwrite',
        'after_overwrite',
        'on_failure',
      ] as const
    ).find((point) => point === name) ?? ('on_abort' as const),
});
const statusOf = (name: string): HookRecord['status'] =>
  (['RUNNING', 'FAILED', 'TIMED_OUT', 'NOT_SENT', 'SKIPPED'] as const).find(
    (status) => status === name,
  ) ?? 'SUCCEEDED';

const shown = (calls: readonly HookCall[]) =>
  calls.map(({ point, action, begun }) => `${point} ${nameOf(action)}${begun ? ' (begun)' : ''}`);

describe('at a point of the run', () => {
  it('its own hooks are called in their order', () => {
    expect(shown(callsAt('before_overwrite', hooks, []))).toEqual([
      'before_overwrite stop',
      'before_overwrite look',
      'before_overwrite unmount',
    ]);
    expect(shown(callsAt('on_failure', hooks, noted('on_failure page')))).toEqual([
      'on_failure page',
      'on_failure mail',
    ]);
  });

  it.each([
    [[], []],
    [['before_overwrite stop'], ['on_abort start']],
    [['before_overwrite stop', 'before_overwrite look FAILED'], ['on_abort start']],
    [['before_overwrite stop TIMED_OUT', 'before_overwrite look SKIPPED'], ['on_abort start']],
    [['before_overwrite stop RUNNING'], ['on_abort start']],
    [['before_overwrite stop NOT_SENT', 'before_overwrite look SKIPPED'], []],
    [
      ['before_overwrite stop', 'before_overwrite look', 'before_overwrite unmount FAILED'],
      ['on_abort mount', 'on_abort start'],
    ],
    [
      ['before_overwrite stop', 'before_overwrite look', 'before_overwrite unmount NOT_SENT'],
      ['on_abort start'],
    ],
  ])('after %j what was begun is made undone, the last first: %j', (lines, calls) => {
    expect(shown(callsAt('on_abort', hooks, noted(...lines)))).toEqual(calls);
  });

  it('a failure keeps what comes after it from being called, where that needs it to have succeeded', () => {
    const points = [
      'before_snapshot',
      'after_snapshot',
      'before_overwrite',
      'on_abort',
      'after_overwrite',
      'on_failure',
      'clear_up',
    ] as const;

    expect(points.filter(stopsAtFailure)).toEqual([
      'before_snapshot',
      'before_overwrite',
      'after_overwrite',
    ]);
  });
});

describe('what is left by a run that ended', () => {
  const telling = ['on_failure page', 'on_failure mail'];

  it.each<[string, string[], string[]]>([
    ['before any hook', [], telling],
    [
      'in a snapshot hook',
      ['before_snapshot quiesce RUNNING'],
      [
        'before_snapshot quiesce (begun)',
        'after_snapshot resume',
        'after_snapshot unflush',
        ...telling,
      ],
    ],
    [
      'in the snapshot',
      ['before_snapshot quiesce', 'before_snapshot flush'],
      ['after_snapshot resume', 'after_snapshot unflush', ...telling],
    ],
    [
      'between the hooks after the snapshot',
      ['before_snapshot quiesce', 'before_snapshot flush', 'after_snapshot resume FAILED'],
      ['after_snapshot unflush', ...telling],
    ],
    [
      'in one of them',
      ['before_snapshot quiesce', 'after_snapshot resume RUNNING'],
      ['after_snapshot resume (begun)', 'after_snapshot unflush', ...telling],
    ],
    [
      'in a hook before the overwrite',
      ['before_overwrite stop', 'before_overwrite look RUNNING'],
      ['before_overwrite look (begun)', 'on_abort start', ...telling],
    ],
    [
      'before it could say that it had begun one of them: what is resumed twice is resumed',
      ['before_snapshot quiesce', 'after_snapshot resume UNSENT'],
      [
        'after_snapshot resume (begun)',
        'after_snapshot resume',
        'after_snapshot unflush',
        ...telling,
      ],
    ],
    [
      'while it started again what it had stopped',
      [
        'before_overwrite stop',
        'before_overwrite look',
        'before_overwrite unmount FAILED',
        'on_abort mount RUNNING',
      ],
      ['on_abort mount (begun)', 'on_abort start', ...telling],
    ],
    [
      'where nothing was to be started: now it may be',
      ['before_overwrite stop', 'before_overwrite look FAILED', 'on_abort start SKIPPED'],
      ['on_abort start', ...telling],
    ],
    [
      'while it told of its failure',
      ['before_overwrite stop FAILED', 'on_abort start', 'on_failure page RUNNING'],
      ['on_failure page (begun)', 'on_failure mail'],
    ],
    [
      'after that',
      ['before_overwrite stop FAILED', 'on_abort start', 'on_failure page', 'on_failure mail'],
      [],
    ],
  ])('%s', (_, lines, calls) => {
    expect(shown(callsLeft(hooks, noted(...lines), true))).toEqual(calls);
  });

  it('starts nothing where the target does not hold what it held before', () => {
    const records = noted('before_overwrite stop', 'after_overwrite rescan RUNNING');

    expect(shown(callsLeft(hooks, records, false))).toEqual([
      'after_overwrite rescan (begun)',
      ...telling,
    ]);
  });

  it('has what is noted of the one that is followed', () => {
    const records = noted('before_overwrite stop', 'before_overwrite look RUNNING');

    expect(callsLeft(hooks, records, true)[0]?.begun).toBe(records[1]);
  });
});

describe('a run has hooks', () => {
  const refresh = { mode: 'refresh', has_target: true } as const;
  const reused = { name: 'prd-pg.s1', created: null, reused: true };
  const trueOnes = (run: Parameters<typeof hookFlags>[1]) =>
    Object.entries(hookFlags(hooks, run)).flatMap(([point, has]) => (has ? [point] : []));

  it.each<[string, Parameters<typeof hookFlags>[1], string[]]>([
    [
      'a refresh: at every point',
      refresh,
      ['before_snapshot', 'after_snapshot', 'before_overwrite', 'after_overwrite', 'on_failure'],
    ],
    [
      'of a snapshot that is there already: none around it',
      { ...refresh, snapshot: reused },
      ['before_overwrite', 'after_overwrite', 'on_failure'],
    ],
    [
      'without a target: none around the overwrite',
      { ...refresh, has_target: false },
      ['before_snapshot', 'after_snapshot', 'on_failure'],
    ],
    [
      'an undo: before, and not after it',
      { ...refresh, mode: 'undo' },
      ['before_overwrite', 'on_failure'],
    ],
    ['one that clears up: when it fails', { ...refresh, mode: 'recover' }, ['on_failure']],
  ])('%s', (_, run, points) => {
    expect(trueOnes(run)).toEqual(points);
    expect(
      [...new Set(plannedHooks(hooks, run).map(({ point }) => point))].filter(
        (point) => point !== 'on_abort',
      ),
    ).toEqual(points);
  });

  it('at no point at which it has none', () => {
    expect(Object.values(hookFlags(hooksOf({}), refresh))).not.toContain(true);
    expect(plannedHooks(hooksOf({}), refresh)).toEqual([]);
  });
});
