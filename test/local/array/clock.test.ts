import { afterEach, expect, it, vi } from 'vitest';
import { createManualClock, createRealClock } from '../../../local/array/clock.ts';

afterEach(() => vi.useRealTimers());

it('the real clock goes with the time, plus what it was advanced', () => {
  vi.useFakeTimers({ now: 1000 });
  const clock = createRealClock();
  expect(clock.now()).toBe(1000);
  clock.advance(60_000);
  vi.setSystemTime(1500);
  expect(clock.now()).toBe(61_500);
});

it('the manual clock stands still until it is advanced or set', () => {
  const clock = createManualClock(1000);
  clock.advance(5);
  expect(clock.now()).toBe(1005);
  clock.set(7);
  expect(clock.now()).toBe(7);
});
