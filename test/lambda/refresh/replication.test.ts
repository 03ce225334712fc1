import { describe, expect, it } from 'vitest';
import {
  advanceReplication,
  beginReplication,
  formatPercent,
  isComplete,
  type Replication,
  requireMovement,
  type Transfer,
} from '../../../lambda/refresh/replication.ts';
import { refusalOf } from '../support/refusals.ts';
import { GIB } from './support/volumes.ts';

const SNAPSHOT = 'fa-prod:prd-pg.s1';
const start = beginReplication(SNAPSHOT);
const arriving = (progress: number, bytes: number): Transfer => ({
  progress,
  bytes,
  completed: null,
});
const arrived: Transfer = { progress: 1, bytes: 120 * GIB, completed: 1_764_000_000_000 };

/** The state after the run has waited for `seconds` more, and looked. */
const later = (seconds: number, state: Replication, transfer?: Transfer): Replication =>
  advanceReplication({ ...state, wait_seconds: seconds }, transfer);

describe('how far the snapshot has come', () => {
  it('is nowhere before the first look, and that comes at once', () => {
    expect(start).toEqual({
      snapshot: SNAPSHOT,
      done: false,
      seen: false,
      progress: 0,
      bytes: 0,
      polls: 0,
      waited_seconds: 0,
      moved_at_seconds: 0,
      wait_seconds: 0,
      bytes_per_second: null,
      remaining_seconds: null,
    });
  });

  it('is unknown as long as the target array does not know the snapshot', () => {
    expect(advanceReplication(start, undefined)).toEqual({ ...start, polls: 1, wait_seconds: 5 });
  });

  it('has an average rate, and an estimate by it', () => {
    expect(later(100, start, arriving(0.25, 30 * GIB))).toMatchObject({
      seen: true,
      waited_seconds: 100,
      moved_at_seconds: 100,
      bytes_per_second: Math.round((30 * GIB) / 100),
      remaining_seconds: 300,
    });
  });

  it('cannot be estimated before any time has passed, nor while nothing has arrived', () => {
    const unknown = { bytes_per_second: null, remaining_seconds: null };

    expect(advanceReplication(start, arriving(0.9, GIB))).toMatchObject(unknown);
    expect(later(100, start, arriving(0, 0))).toMatchObject(unknown);
  });

  it('is all of it once the array says so, and then nothing is waited for', () => {
    const state = later(8, later(5, start, arriving(0.5, 60 * GIB)), arrived);

    expect(state).toMatchObject({
      done: true,
      progress: 1,
      polls: 2,
      waited_seconds: 13,
      wait_seconds: 0,
      remaining_seconds: 0,
    });
    expect(formatPercent(state)).toBe('100.0 %');
  });

  it('falls back to nothing where the transfer is gone, which was seen nevertheless', () => {
    const gone = later(60, later(60, start, arriving(0.5, GIB)), undefined);

    expect(gone).toMatchObject({ seen: true, done: false, progress: 0, bytes: 0 });
    expect(gone.moved_at_seconds).toBe(60);
  });

  it('moves with the bytes where the fraction is too coarse to tell', () => {
    const first = later(60, start, arriving(0.5, GIB));

    expect(later(60, first, arriving(0.5, GIB + 1)).moved_at_seconds).toBe(120);
    expect(later(60, first, arriving(0.5, GIB)).moved_at_seconds).toBe(60);
  });
});

describe('a transfer is complete', () => {
  it.each<[boolean, Transfer]>([
    [true, arrived],
    [false, { ...arrived, completed: null }],
    [false, { ...arrived, progress: 0.999_999 }],
    [false, arriving(0, 0)],
  ])('%j: %j', (complete, transfer) => {
    expect(isComplete(transfer)).toBe(complete);
    expect(advanceReplication(start, transfer).done).toBe(complete);
  });
});

describe('the percentage', () => {
  it.each([
    [0, '0.0 %'],
    [0.0009, '0.0 %'],
    [0.4567, '45.6 %'],
    [0.9999, '99.9 %'],
    [1, '99.9 %'],
  ])('of %d that is not complete: %s', (progress, text) => {
    expect(formatPercent({ ...start, progress })).toBe(text);
  });
});

describe('a run gives up', () => {
  const limits = { timeoutMinutes: 720, stallMinutes: 60 };
  const waited = (seconds: number, moved: number): Replication => ({
    ...start,
    seen: true,
    progress: 0.45678,
    bytes: 54 * GIB,
    waited_seconds: seconds,
    moved_at_seconds: moved,
  });

  it('when it has waited for as long as it may', () => {
    expect(() => requireMovement(waited(43_199, 43_199), limits)).not.toThrow();
    expect(refusalOf(() => requireMovement(waited(43_200, 43_200), limits))).toEqual({
      name: 'ReplicationTimedOut',
      message: `Snapshot "${SNAPSHOT}" was not complete on the target array after 720 minutes. It came to 45.6 % (54 GiB).`,
      remedy: expect.stringContaining('raise replication_timeout_minutes'),
    });
  });

  it('when nothing has moved for as long as that may be', () => {
    expect(() => requireMovement(waited(5_000, 1_401), limits)).not.toThrow();
    expect(refusalOf(() => requireMovement(waited(5_000, 1_400), limits))).toEqual({
      name: 'ReplicationStalled',
      message: `Nothing of snapshot "${SNAPSHOT}" has arrived for 60 minutes. It came to 45.6 % (54 GiB).`,
      remedy: expect.stringContaining('raise replication_stall_minutes'),
    });
  });

  it('but not of what is complete, however long that has taken', () => {
    expect(() => requireMovement({ ...waited(99_999, 0), done: true }, limits)).not.toThrow();
  });
});
