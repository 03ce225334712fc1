import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fractionAt, type Point, timeOf } from '../../../local/array/store/pace.ts';
import { GIB } from './test-array.ts';
import { type Pair, SNAPSHOTS, startPair, TRANSFERS } from './test-replication.ts';

let pair: Pair;
beforeAll(async () => {
  pair = await startPair();
});
beforeEach(() => pair.reset());
afterAll(() => pair.stop());

const FIRST = 'fa-prod:prd-pg.s1';
const SECOND = 'fa-prod:prd-pg.s2';

/** How far a transfer is; undefined: the target does not know it. */
const progressOf = async (name: string) => (await pair.transfer(name))?.progress;

/** How far a transfer is after each step of the clock. */
async function progressAfter(steps: number[], name = FIRST) {
  const seen: unknown[] = [];
  for (const ms of steps) {
    pair.clock.advance(ms);
    seen.push(await progressOf(name));
  }
  return seen;
}

describe('a curve', () => {
  const curve: Point[] = [
    [100, 0.25],
    [300, 0.25],
    [400, 1],
  ];

  it('is straight between its points, from nothing at the start', () => {
    expect([0, 50, 100, 200, 300, 350, 400, 1000].map((ms) => fractionAt(curve, ms))).toEqual([
      0, 0.125, 0.25, 0.25, 0.25, 0.625, 1, 1,
    ]);
  });

  it('says when so much has arrived', () => {
    expect([0, 0.125, 0.25, 0.625, 1].map((part) => timeOf(curve, part))).toEqual([
      0, 50, 100, 350, 400,
    ]);
    expect(timeOf([[10, 0.5]], 0.6)).toBe(Number.POSITIVE_INFINITY);
    expect(timeOf([[0, 1]], 1)).toBe(0);
  });
});

describe('transfers of one group', () => {
  it('run one after another, whichever way they were asked for', async () => {
    const sent = pair.clock.now();
    await pair.send('s1', { replicate: true });
    await pair.send('s2', { replicate_now: true });
    expect(await progressAfter([4500, 3500, 999], SECOND)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(await progressAfter([1, 3500, 3500], SECOND)).toEqual([0, 0.5, 1]);
    expect(await pair.transfer(FIRST)).toMatchObject({ completed: sent + 8000 });
    expect(await pair.transfer(SECOND)).toMatchObject({
      started: sent + 9000,
      completed: sent + 16_000,
    });
  });

  it('come to the same whether or not anybody looks in between', async () => {
    await pair.send('s1');
    await pair.send('s2');
    await progressAfter(Array.from({ length: 170 }, () => 100));
    const watched = await pair.target.items(TRANSFERS);
    const watchedFrom = pair.clock.now() - 17_000;
    await pair.reset();
    const from = pair.clock.now();
    await pair.send('s1');
    await pair.send('s2');
    pair.clock.advance(17_000);
    const unwatched = await pair.target.items(TRANSFERS);
    expect(watched.map(({ progress }) => progress)).toEqual([1, 1]);
    const times = (rows: typeof watched, start: number) =>
      rows.map(({ started, completed }) => [started - start, completed - start]);
    expect(times(unwatched, from)).toEqual(times(watched, watchedFrom));
  });

  it('do not wait for those of another group', async () => {
    await pair.send('s1');
    await pair.send('s1', { replicate_now: true }, 'pod-1::pg');
    pair.clock.advance(4500);
    expect([await progressOf(FIRST), await progressOf('pod-1:pg.s1')]).toEqual([0.5, 0.5]);
  });

  it('are idle between two of them', async () => {
    await pair.send('s1');
    pair.clock.advance(60_000);
    await pair.send('s2');
    expect(await progressAfter([0, 1000, 7000], SECOND)).toEqual([undefined, 0, 1]);
  });
});

describe('what is set', () => {
  it('is a duration, from the start of the transfer; the delay is 0 then', async () => {
    pair.set({ duration_ms: 100 });
    await pair.send('s1');
    expect(await progressAfter([0, 25, 75])).toEqual([0, 0.25, 1]);
  });

  it('is how long the names stay unknown; the duration is 8 s then', async () => {
    pair.set({ start_delay_ms: 30_000 });
    await pair.send('s1');
    expect(await progressAfter([29_999, 1, 4000, 4000])).toEqual([undefined, 0, 0.5, 1]);
  });

  it('is both, in any order', async () => {
    pair.set({ duration_ms: 100 });
    pair.set({ start_delay_ms: 50 });
    await pair.send('s1');
    expect(await progressAfter([49, 1, 50, 50])).toEqual([undefined, 0, 0.5, 1]);
  });

  it('is a curve', async () => {
    pair.set({
      curve: [
        [100, 0.1],
        [200, 0.9],
        [1000, 1],
      ],
    });
    await pair.send('s1');
    expect(await progressAfter([50, 50, 50, 50, 800])).toEqual([0.05, 0.1, 0.5, 0.9, 1]);
    expect(await pair.transfer(FIRST)).toMatchObject({ data_transferred: 6 * GIB });
  });

  it('can be nothing at all: the transfer is over at once', async () => {
    pair.set({ duration_ms: 0 });
    await pair.send('s1');
    const now = pair.clock.now();
    expect(await pair.transfer(FIRST)).toMatchObject({ started: now, completed: now, progress: 1 });
  });

  it('is for one target and one group only, where it says so', async () => {
    pair.set({ array: 'fa-dr', group: 'pod-1::pg', duration_ms: 10 });
    await pair.send('s1');
    await pair.send('s1', { replicate_now: true }, 'pod-1::pg');
    pair.clock.advance(4500);
    expect([await progressOf(FIRST), await progressOf('pod-1:pg.s1')]).toEqual([0.5, 1]);
  });

  it('is forgotten at a reset', async () => {
    pair.set({ duration_ms: 10, stall_at: 0.5, allowed: false, status: undefined });
    pair.set({ status: 'connecting' });
    await pair.reset();
    await pair.send('s1');
    expect(await progressAfter([4500, 3500])).toEqual([0.5, 1]);
  });
});

describe('a stall', () => {
  it('holds a transfer up for good, and those that wait behind it', async () => {
    pair.set({ stall_at: 0.25 });
    await pair.send('s1');
    await pair.send('s2');
    expect(await progressAfter([2000, 3000, 1_000_000])).toEqual([1 / 7, 0.25, 0.25]);
    expect(await pair.transfer(FIRST)).toMatchObject({
      completed: null,
      data_transferred: 1.5 * GIB,
    });
    expect(await progressOf(SECOND)).toBeUndefined();
  });

  it('of 0 lets it start, but nothing arrive', async () => {
    pair.set({ stall_at: 0 });
    await pair.send('s1');
    expect(await progressAfter([1000, 60_000])).toEqual([0, 0]);
  });

  it('comes to a transfer under way, which never loses what it has', async () => {
    await pair.send('s1');
    pair.clock.advance(4500);
    pair.set({ stall_at: 0.1 });
    expect(await progressAfter([0, 60_000])).toEqual([0.5, 0.5]);
  });

  it('can be lifted: the transfer goes on from there', async () => {
    pair.set({ duration_ms: 1000, stall_at: 0.5 });
    await pair.send('s1');
    pair.clock.advance(60_000);
    pair.set({ stall_at: 1 });
    expect(await progressAfter([0, 250, 250])).toEqual([0.5, 0.75, 1]);
  });

  it('is the end of a curve that does not go up to 1', async () => {
    pair.set({ curve: [[100, 0.5]] });
    await pair.send('s1');
    expect(await progressAfter([100, 60_000])).toEqual([0.5, 0.5]);
    pair.set({ duration_ms: 1000 });
    expect(await progressAfter([0, 250, 250])).toEqual([0.5, 0.75, 1]);
  });
});

describe('a new pace for a transfer under way', () => {
  it('takes it on from what it has', async () => {
    await pair.send('s1');
    pair.clock.advance(4500);
    pair.set({ duration_ms: 100_000 });
    expect(await progressAfter([0, 25_000, 25_000])).toEqual([0.5, 0.75, 1]);
  });

  it('starts it, where it has waited for longer already', async () => {
    pair.set({ start_delay_ms: 10_000 });
    await pair.send('s1');
    pair.clock.advance(5000);
    pair.set({ start_delay_ms: 4000 });
    expect(await pair.transfer(FIRST)).toMatchObject({ started: pair.clock.now(), progress: 0 });
  });
});

describe('while the arrays are not connected', () => {
  it('no transfer starts', async () => {
    pair.set({ status: 'connecting' });
    await pair.send('s1');
    expect(await progressAfter([60_000])).toEqual([undefined]);
    pair.set({ array: 'fa-dr', status: 'connected' });
    expect(await progressAfter([999, 1, 7000])).toEqual([undefined, 0, 1]);
  });

  it('a transfer stays where it is, and goes on later', async () => {
    await pair.send('s1');
    pair.clock.advance(4500);
    pair.set({ status: 'connecting' });
    expect(await progressAfter([0, 60_000])).toEqual([0.5, 0.5]);
    expect(await pair.source.items('/array-connections')).toMatchObject([
      { name: 'fa-dr', status: 'connecting' },
    ]);
    pair.set({ status: 'unbalanced' });
    expect(await progressAfter([0, 3500])).toEqual([0.5, 1]);
  });
});

describe('a target that does not allow it', () => {
  it('gets nothing, though the snapshot is taken', async () => {
    pair.set({ allowed: false });
    expect((await pair.send('s1')).status).toBe(200);
    expect(await progressAfter([60_000])).toEqual([undefined]);
    pair.set({ allowed: true });
    expect(await progressAfter([60_000])).toEqual([undefined]);
    expect(await pair.source.names(SNAPSHOTS)).toEqual(['prd-pg.s1']);
  });

  it('aborts and discards what is under way, forgets what waits, and keeps what has arrived', async () => {
    await pair.send('s0');
    pair.clock.advance(8000);
    await pair.send('s1');
    await pair.send('s2');
    pair.clock.advance(4500);
    pair.set({ array: 'fa-dr', group: 'prd-pg', allowed: false });
    expect(await pair.target.names(SNAPSHOTS)).toEqual(['fa-prod:prd-pg.s0']);
    expect(await pair.target.names(TRANSFERS)).toEqual(['fa-prod:prd-pg.s0']);
    expect(await pair.target.items('/volume-snapshots')).toHaveLength(2);
    pair.clock.advance(60_000);
    expect(await pair.target.names(SNAPSHOTS)).toEqual(['fa-prod:prd-pg.s0']);

    pair.set({ allowed: true });
    await pair.send('s3');
    pair.clock.advance(8000);
    expect(await progressOf('fa-prod:prd-pg.s3')).toBe(1);
  });
});
