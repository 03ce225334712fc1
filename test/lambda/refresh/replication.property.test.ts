import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  advanceReplication,
  beginReplication,
  formatPercent,
  isComplete,
  type Replication,
  type ReplicationLimits,
  requireMovement,
  type Transfer,
} from '../../../lambda/refresh/replication.ts';
import { refusalOf } from '../support/refusals.ts';

const HOUR = 3_600;

/** What a target array may say, sensible or not. */
const transfer: fc.Arbitrary<Transfer | undefined> = fc.option(
  fc.record({
    progress: fc.oneof(fc.constantFrom(0, 0.5, 1), fc.double({ min: 0, max: 1, noNaN: true })),
    bytes: fc.nat(),
    completed: fc.option(fc.nat()),
  }),
  { nil: undefined },
);
const transfers = fc.array(transfer, { minLength: 1, maxLength: 60 });

/** The states after each of the looks that find this, until one finds it complete. */
const watch = (found: Iterable<Transfer | undefined>): Replication[] => {
  const states: Replication[] = [];
  let state = beginReplication('fa-prod:prd-pg.s1');
  for (const each of found) {
    state = advanceReplication(state, each);
    states.push(state);
    if (state.done) break;
  }
  return states;
};

/** The states of a run that waits for so long for what never comes. */
const watchFor = (seconds: number): Replication[] => {
  const states = watch(Array.from({ length: seconds / 5 }, () => undefined));
  const last = states.findIndex(({ waited_seconds }) => waited_seconds >= seconds);
  return states.slice(0, last + 1);
};

/** How a run ends that waits for what never comes. */
const endOf = (limits: ReplicationLimits) => {
  const states = watchFor(49 * HOUR);
  const gaveUp = states.findIndex((state) => {
    try {
      requireMovement(state, limits);
      return false;
    } catch {
      return true;
    }
  });
  return { last: states[gaveUp], before: states[gaveUp - 1] };
};

describe('waiting', () => {
  const states = watchFor(48 * HOUR);

  it('begins at 5 s and never gets shorter', () => {
    const waits = states.map(({ wait_seconds }) => wait_seconds);

    expect(waits[0]).toBe(5);
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
  });

  it('is a minute at most, until the run has waited for three hours; then it is two', () => {
    for (const { waited_seconds, wait_seconds } of states) {
      if (waited_seconds < 3 * HOUR) expect(wait_seconds).toBeLessThanOrEqual(60);
      else expect(wait_seconds).toBe(120);
    }
    expect(states.filter(({ wait_seconds }) => wait_seconds === 60).length).toBeGreaterThan(100);
  });

  it('adds up to what was waited', () => {
    let sum = 0;
    for (const { waited_seconds, wait_seconds, polls } of states) {
      expect(waited_seconds).toBe(sum);
      expect(states[polls - 1]?.waited_seconds).toBe(sum);
      sum += wait_seconds;
    }
  });

  it('takes fewer than 250 looks in three hours', () => {
    expect(watchFor(3 * HOUR).length).toBeLessThan(250);
  });

  it.each([
    [12, 5_000],
    [48, 25_000],
  ])('for %d hours leaves fewer than %d events in the history of an execution', (hours, most) => {
    // As AWS counts: a task enters, is scheduled, starts, succeeds, exits; every other state enters and exits.
    const [task, other] = [5, 2];
    const aLook = task + other + other;
    // Started and ended; Begin, Execute?, Replicate?, Target Group?, Done; Prepare, Take Snapshot, Plan Overwrite,
    // Overwrite Volumes, Record Result.
    const theRest = 2 + 5 * other + 5 * task;

    expect(watchFor(hours * HOUR).length * aLook + theRest).toBeLessThan(most);
  });

  it('is the same whatever arrives meanwhile, as long as it is not complete', () => {
    fc.assert(
      fc.property(transfers, (found) => {
        const incomplete = found.map((each) => each && { ...each, completed: null });
        expect(watch(incomplete).map(({ wait_seconds }) => wait_seconds)).toEqual(
          states.slice(0, found.length).map(({ wait_seconds }) => wait_seconds),
        );
      }),
    );
  });
});

describe('what a run knows', () => {
  it('is done when the array gives a time and all has arrived, and not before', () => {
    fc.assert(
      fc.property(transfers, (found) => {
        for (const [index, state] of watch(found).entries()) {
          const last = found[index];
          const complete = last !== undefined && last.completed !== null && last.progress >= 1;
          expect(state.done).toBe(complete);
          if (last) expect(isComplete(last)).toBe(complete);
          if (complete) expect(state).toMatchObject({ wait_seconds: 0, remaining_seconds: 0 });
        }
      }),
    );
  });

  it('never shows 100.0 % before it is done, nor more than has arrived', () => {
    fc.assert(
      fc.property(transfers, (found) => {
        for (const state of watch(found)) {
          const shown = formatPercent(state);
          expect(shown).toMatch(/^\d{1,3}\.\d %$/);
          expect(shown === '100.0 %').toBe(state.done);
          expect(Number.parseFloat(shown)).toBeLessThanOrEqual(state.progress * 100 + 1e-9);
        }
      }),
    );
  });

  it('estimates in whole seconds and bytes, and only by what time has shown', () => {
    fc.assert(
      fc.property(transfers, (found) => {
        for (const state of watch(found)) {
          const { bytes, bytes_per_second, progress, remaining_seconds, waited_seconds } = state;
          const rate = waited_seconds > 0 && bytes > 0 ? Math.round(bytes / waited_seconds) : null;
          expect(bytes_per_second).toBe(rate);
          const isUnknown = !state.done && (waited_seconds === 0 || progress === 0);
          expect(remaining_seconds === null).toBe(isUnknown);
          expect(remaining_seconds ?? 0).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});

describe('a run gives up', () => {
  const minutes = fc.integer({ min: 1, max: 2_880 });

  it('at the first look at which a limit is reached, and at none before', () => {
    fc.assert(
      fc.property(minutes, minutes, (timeoutMinutes, stallMinutes) => {
        const limit = Math.min(timeoutMinutes, stallMinutes) * 60;
        const { last, before } = endOf({ timeoutMinutes, stallMinutes });

        expect(last?.waited_seconds).toBeGreaterThanOrEqual(limit);
        expect(before?.waited_seconds ?? 0).toBeLessThan(limit);
      }),
      { numRuns: 30 },
    );
  });

  it('of a stall only when that is shorter than the whole time is', () => {
    fc.assert(
      fc.property(minutes, minutes, fc.nat({ max: 2_880 * 60 }), (timeout, stall, moved) => {
        const state = {
          ...beginReplication('x:pg.s1'),
          waited_seconds: moved + stall * 60,
          moved_at_seconds: moved,
        };
        const act = () => requireMovement(state, { timeoutMinutes: timeout, stallMinutes: stall });
        const isLate = state.waited_seconds >= timeout * 60;

        expect(refusalOf(act).name).toBe(isLate ? 'ReplicationTimedOut' : 'ReplicationStalled');
        const justBefore = { ...state, waited_seconds: state.waited_seconds - 1 };
        fc.pre(justBefore.waited_seconds < timeout * 60);
        expect(() =>
          requireMovement(justBefore, { timeoutMinutes: timeout, stallMinutes: stall }),
        ).not.toThrow();
      }),
    );
  });

  it('never while something moves, before its time is up', () => {
    const moving = fc
      .array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 200 })
      .map((steps) => {
        let bytes = 0;
        return steps.map((step): Transfer => {
          bytes += step;
          return { progress: 0.5, bytes, completed: null };
        });
      });
    fc.assert(
      fc.property(moving, (found) => {
        for (const state of watch(found)) {
          expect(() =>
            requireMovement(state, { timeoutMinutes: 2_880, stallMinutes: 1 }),
          ).not.toThrow();
        }
      }),
    );
  });
});
