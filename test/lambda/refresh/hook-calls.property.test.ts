import fc from 'fast-check';
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
import { type Hooks, nameOf } from '../../../lambda/refresh/hooks.ts';
import { hooksOf } from './support/hooks.ts';

const POINTS = [
  'before_snapshot',
  'after_snapshot',
  'before_overwrite',
  'after_overwrite',
  'on_failure',
] as const;

/** Hooks that all bear different names. */
const hooks: fc.Arbitrary<Hooks> = fc
  .record({
    before_snapshot: fc.nat({ max: 3 }),
    after_snapshot: fc.nat({ max: 3 }),
    before_overwrite: fc.array(fc.boolean(), { maxLength: 4 }),
    after_overwrite: fc.nat({ max: 3 }),
    on_failure: fc.nat({ max: 3 }),
  })
  .map(({ before_overwrite, ...counts }) => {
    const entry = (name: string) => ({ name, command: ['true'], timeout_minutes: 1 });
    const listed = Object.entries(counts).map(([point, count]) => [
      point,
      Array.from({ length: count }, (_, at) => entry(`${point}-${at}`)),
    ]);
    return hooksOf({
      ...Object.fromEntries(listed),
      before_overwrite: before_overwrite.map((hasAbort, at) => ({
        ...entry(`stop-${at}`),
        ...(hasAbort && { on_abort: entry(`start-${at}`) }),
      })),
    });
  });

const ends = fc.infiniteStream(
  fc.constantFrom<HookRecord['status']>(
    'SUCCEEDED',
    'SUCCEEDED',
    'FAILED',
    'TIMED_OUT',
    'NOT_SENT',
  ),
);

const recordFor = ({ point, action }: HookCall, status: HookRecord['status']): HookRecord => ({
  ...newHookRecord(point, action, 'PLANNED'),
  status,
});

/** What a run notes whose hooks end like this: all points up to one that fails, then what makes undone and tells. */
const runThrough = (all: Hooks, next: () => HookRecord['status']): HookRecord[] => {
  const records: HookRecord[] = [];
  let hasFailed = false;
  const callAll = (point: (typeof POINTS)[number] | 'on_abort') => {
    let isOver = false;
    for (const call of callsAt(point, all, records)) {
      const status = isOver ? 'SKIPPED' : next();
      records.push(recordFor(call, status));
      if (status === 'SUCCEEDED' || status === 'SKIPPED') continue;
      hasFailed = true;
      isOver = stopsAtFailure(point);
    }
  };
  callAll('before_snapshot');
  if (!hasFailed || all.before_snapshot.length > 0) callAll('after_snapshot');
  if (!hasFailed) callAll('before_overwrite');
  if (hasFailed) callAll('on_abort');
  else callAll('after_overwrite');
  if (hasFailed) callAll('on_failure');
  return records;
};

/** What a run has noted that ended in the middle: a beginning of the whole, the last perhaps under way. */
const ended = fc
  .record({ hooks, ends, length: fc.nat({ max: 20 }), isUnderWay: fc.boolean() })
  .map(({ hooks: all, ends: statuses, length, isUnderWay }) => {
    const records = runThrough(all, () => statuses.next().value).slice(0, length);
    const last = records.pop();
    const isBegun = isUnderWay && last && last.status !== 'SKIPPED';
    return {
      hooks: all,
      records: last
        ? [...records, isBegun ? { ...last, status: 'RUNNING' as const, command: 'c-1' } : last]
        : [],
    };
  });

describe('what is left by a run that ended', () => {
  it('is never what it has done, and nothing twice', () => {
    fc.assert(
      fc.property(ended, fc.boolean(), ({ hooks: all, records }, isAsBefore) => {
        const done = records
          .filter(({ status }) => status !== 'SKIPPED' && status !== 'RUNNING')
          .map(({ name }) => name);
        const left = callsLeft(all, records, isAsBefore).map(({ action }) => nameOf(action));

        expect(left.filter((name) => done.includes(name))).toEqual([]);
        expect(new Set(left).size).toBe(left.length);
      }),
    );
  });

  it('is first the one under way, which is followed and not called', () => {
    fc.assert(
      fc.property(ended, fc.boolean(), ({ hooks: all, records }, isAsBefore) => {
        const calls = callsLeft(all, records, isAsBefore);
        const last = records.at(-1);
        const [first, ...others] = calls;

        if (last?.status === 'RUNNING') {
          expect(first?.begun).toBe(last);
          expect(first && nameOf(first.action)).toBe(last.name);
          expect(others.filter(({ begun }) => begun)).toEqual([]);
        } else expect(calls.filter(({ begun }) => begun)).toEqual([]);
      }),
    );
  });

  it('starts nothing on a target that is refreshed', () => {
    fc.assert(
      fc.property(ended, ({ hooks: all, records }) => {
        const started = callsLeft(all, records, false).filter(({ begun }) => !begun);

        expect(started.map(({ point }) => point)).not.toContain('on_abort');
      }),
    );
  });

  it('begins nothing before or after an overwrite, nor before a snapshot', () => {
    fc.assert(
      fc.property(ended, fc.boolean(), ({ hooks: all, records }, isAsBefore) => {
        const begun = callsLeft(all, records, isAsBefore).filter((call) => !call.begun);

        expect(['after_snapshot', 'on_abort', 'on_failure']).toEqual(
          expect.arrayContaining([...new Set(begun.map(({ point }) => point))]),
        );
      }),
    );
  });
});

describe('what makes undone', () => {
  it('is the reverse of what was begun', () => {
    fc.assert(
      fc.property(hooks, ends, (all, statuses) => {
        const records: HookRecord[] = [];
        for (const call of callsAt('before_overwrite', all, [])) {
          const hasFailed = records.some(({ status }) => status !== 'SUCCEEDED');
          const status = hasFailed ? 'SKIPPED' : statuses.next().value;
          records.push(recordFor(call, status));
        }
        const begun = records.flatMap(({ status, name }) =>
          status === 'SKIPPED' || status === 'NOT_SENT' ? [] : [name.replace('stop', 'start')],
        );
        const undoing = all.before_overwrite.flatMap(({ on_abort }) => on_abort?.name ?? []);

        expect(callsAt('on_abort', all, records).map(({ action }) => nameOf(action))).toEqual(
          begun.reverse().filter((name) => undoing.includes(name)),
        );
      }),
    );
  });

  it('is the same while it is being called', () => {
    fc.assert(
      fc.property(hooks, ends, (all, statuses) => {
        const records = callsAt('before_overwrite', all, []).map((call) =>
          recordFor(call, 'SUCCEEDED'),
        );
        const calls = callsAt('on_abort', all, records);
        for (const call of calls) {
          records.push(recordFor(call, statuses.next().value));
          expect(callsAt('on_abort', all, records)).toEqual(calls);
        }
      }),
    );
  });
});

it('a dry run tells of what an undisturbed run calls, and of what it would call if it failed', () => {
  const run = { mode: 'refresh', has_target: true } as const;
  fc.assert(
    fc.property(hooks, (all) => {
      const flags = hookFlags(all, run);
      const called = runThrough(all, () => 'SUCCEEDED').filter(({ point }) => flags[point]);
      const planned = plannedHooks(all, run);
      const isForFailure = ({ point }: HookRecord) =>
        point === 'on_abort' || point === 'on_failure';

      expect(planned.filter((record) => !isForFailure(record))).toEqual(
        called.map((record) => ({ ...record, status: 'PLANNED' })),
      );
      expect(planned.filter(isForFailure).map(({ name }) => name)).toEqual([
        ...all.before_overwrite.flatMap(({ on_abort }) => on_abort?.name ?? []),
        ...all.on_failure.map(nameOf),
      ]);
    }),
  );
});
