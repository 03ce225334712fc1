import * as z from 'zod';
import { RefreshError } from './errors.ts';
import { formatSize } from './volumes.ts';

/** What the target array says of a transfer; undefined while it does not know the snapshot yet. */
export interface Transfer {
  /** 0 to 1. */
  readonly progress: number;
  /** Bytes sent so far. */
  readonly bytes: number;
  /** Milliseconds since epoch; null until it is complete. */
  readonly completed: number | null;
}

/**
 * How far the replication of a run's snapshot has come. Time is what the run has waited, in seconds: the sum of its
 * Wait states, so that it is bounded by their number and no clock can mislead it.
 */
export const replicationSchema = z.strictObject({
  /** Name of the group snapshot on the target array. */
  snapshot: z.string(),
  done: z.boolean(),
  /** Whether the target array has known the snapshot. */
  seen: z.boolean(),
  progress: z.number(),
  bytes: z.number(),
  polls: z.number().int(),
  waited_seconds: z.number().int(),
  /** What the run had waited when something last moved. */
  moved_at_seconds: z.number().int(),
  /** How long to wait before the next look. */
  wait_seconds: z.number().int(),
  /** Average since the beginning; null while nothing has moved, or no time has passed. */
  bytes_per_second: z.number().int().nullable(),
  /** Estimated seconds until it is complete; null while nothing has moved, or no time has passed. */
  remaining_seconds: z.number().int().nullable(),
});
export type Replication = z.output<typeof replicationSchema>;

export interface ReplicationLimits {
  readonly timeoutMinutes: number;
  readonly stallMinutes: number;
}

const FIRST_WAIT = 5;
const LONGEST_WAIT = 60;
/** After so long nobody watches; half as many looks keep the execution's history small. */
const PATIENT_AFTER = 3 * 3600;
const PATIENT_WAIT = 120;
const BACKOFF = 1.5;

/** The state before the first look. */
export const beginReplication = (snapshot: string): Replication => ({
  snapshot,
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

/** A transfer is complete when the array says when that was, and that all of it has arrived. */
export const isComplete = ({ completed, progress }: Transfer): boolean =>
  completed !== null && progress >= 1;

/** The state after one more look. */
export const advanceReplication = (
  before: Replication,
  transfer: Transfer | undefined,
): Replication => {
  const waited = before.waited_seconds + before.wait_seconds;
  const progress = transfer?.progress ?? 0;
  const bytes = transfer?.bytes ?? 0;
  const moved = progress > before.progress || bytes > before.bytes;
  const done = transfer !== undefined && isComplete(transfer);
  return {
    snapshot: before.snapshot,
    done,
    seen: before.seen || transfer !== undefined,
    progress,
    bytes,
    polls: before.polls + 1,
    waited_seconds: waited,
    moved_at_seconds: moved ? waited : before.moved_at_seconds,
    wait_seconds: done ? 0 : nextWait(before.wait_seconds, waited),
    bytes_per_second: bytes > 0 && waited > 0 ? Math.round(bytes / waited) : null,
    remaining_seconds: estimate(done, progress, waited),
  };
};

const nextWait = (last: number, waited: number): number => {
  if (waited >= PATIENT_AFTER) return PATIENT_WAIT;
  return last === 0 ? FIRST_WAIT : Math.min(LONGEST_WAIT, Math.ceil(last * BACKOFF));
};

const estimate = (done: boolean, progress: number, waited: number): number | null => {
  if (done) return 0;
  return progress > 0 && waited > 0 ? Math.round((waited / progress) * (1 - progress)) : null;
};

/**
 * @throws ReplicationTimedOut when the run has waited for as long as it may
 * @throws ReplicationStalled when nothing has moved for as long as that may be
 */
export const requireMovement = (state: Replication, limits: ReplicationLimits): void => {
  if (state.done) return;
  const came = `It came to ${formatPercent(state)} (${formatSize(state.bytes)}).`;
  if (state.waited_seconds >= limits.timeoutMinutes * 60) {
    throw new RefreshError(
      'ReplicationTimedOut',
      `Snapshot "${state.snapshot}" was not complete on the target array after ${limits.timeoutMinutes} minutes. ${came}`,
      'Look at the replication link and its throttle, raise replication_timeout_minutes, and run again with the same snapshot_name: what has arrived is kept.',
    );
  }
  if (state.waited_seconds - state.moved_at_seconds >= limits.stallMinutes * 60) {
    throw new RefreshError(
      'ReplicationStalled',
      `Nothing of snapshot "${state.snapshot}" has arrived for ${limits.stallMinutes} minutes. ${came}`,
      'Look at the array connection, at blackout windows and at other transfers of the group, or raise replication_stall_minutes, and run again with the same snapshot_name.',
    );
  }
};

/** `0.4567` as `45.6 %`: never 100 % before it is done. */
export const formatPercent = ({ progress, done }: Pick<Replication, 'progress' | 'done'>): string =>
  `${((done ? 1_000 : Math.min(999, Math.floor(progress * 1_000))) / 10).toFixed(1)} %`;
