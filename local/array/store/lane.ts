import type { ArrayStore } from './array-store.ts';
import { derivedId } from './derived-ids.ts';
import type { GroupSnapshot, Link, ProtectionGroup, ReplicationTarget, Transfer } from './model.ts';
import { fractionAt, type Pace, type PaceSettings, paceOf, timeOf } from './pace.ts';
import { discardReplica, type Original, receiveReplica } from './receive-replica.ts';
import { type Restore, saveFields, together } from './save.ts';
import { membersOf } from './take-group-snapshot.ts';

/** The two ends of a lane. */
export interface Ends {
  readonly source: ArrayStore;
  readonly group: ProtectionGroup;
  readonly target: ArrayStore;
  /** The replica of the group on the target. */
  readonly replica: ProtectionGroup;
  readonly permission: ReplicationTarget;
  readonly link: Link;
}

interface Shipment {
  readonly original: Original;
  /** Milliseconds since its turn came, and since it started, without those in which the arrays were not connected. */
  waited: number;
  elapsed: number;
  arriving: Arrival | null;
}

interface Arrival {
  readonly replica: GroupSnapshot;
  readonly transfer: Transfer;
}

/**
 * What goes from one group to one of its targets: one transfer after another (flasharray-rest.md §5.4). Where each of
 * them is follows from the clock alone: it makes no difference how often the lane is looked at in between.
 */
export class Lane {
  readonly ends: Ends;
  #settings: PaceSettings = {};
  #pace: Pace = paceOf({});
  #queue: Shipment[] = [];
  /** Until when everything has happened. */
  #time: number;

  constructor(ends: Ends, now: number) {
    this.ends = ends;
    this.#time = now;
  }

  /** What the target has under the name that a snapshot of the group has there. */
  namesake(suffix: string): GroupSnapshot | undefined {
    const { target, replica } = this.ends;
    return target.groupSnapshots.named(`${replica.name}.${suffix}`);
  }

  /** Whether a snapshot is on its way or waits for its turn. */
  carries(snapshot: GroupSnapshot): boolean {
    return this.#queue.some(({ original }) => original.snapshot === snapshot);
  }

  /** The replica of a snapshot, whatever its name is: under way, complete or destroyed. */
  arrivalOf(snapshot: GroupSnapshot): GroupSnapshot | undefined {
    const { target } = this.ends;
    return target.groupSnapshots.withId(derivedId(target, snapshot.id));
  }

  /** Queues a snapshot. One that is on its way already, or has arrived, is not sent again. */
  send(snapshot: GroupSnapshot, now: number): void {
    const { source } = this.ends;
    if (this.arrivalOf(snapshot) !== undefined || this.carries(snapshot)) return;
    if (this.#queue.length === 0) this.#time = now;
    const original = { array: source, snapshot, members: membersOf(source, snapshot) };
    this.#queue.push({ original, waited: 0, elapsed: 0, arriving: null });
  }

  /** Lets everything happen that happens until `until`. */
  catchUp(until: number): void {
    const now = Math.max(until, this.#time);
    if (this.ends.link.status !== 'connecting') {
      while (this.#finishFirst(now));
    }
    this.#time = now;
  }

  /**
   * Changes what is set here. A transfer under way keeps what it has: it goes on from there along a new curve, and
   * stalls where it is if it is past the stall already.
   */
  setPace(settings: PaceSettings): void {
    this.#settings = { ...this.#settings, ...settings };
    this.#pace = paceOf(this.#settings);
    const [first] = this.#queue;
    if (first?.arriving && settings.curve !== undefined) {
      const [end] = settings.curve.at(-1) ?? [0];
      first.elapsed = Math.min(timeOf(settings.curve, first.arriving.transfer.progress), end);
    }
  }

  /** The target takes no more: what is under way is aborted and discarded, what waits is forgotten. */
  abort(): void {
    const arriving = this.#queue[0]?.arriving;
    if (arriving) discardReplica(this.ends.target, arriving.replica);
    this.#queue = [];
  }

  /** Saves what is on its way. How far it has come is in its transfer, which the target saves with the replica. */
  save(): Restore {
    const [settings, pace, time] = [this.#settings, this.#pace, this.#time];
    const shipments = [...this.#queue];
    return together([
      ...[this.ends.permission, ...shipments].map(saveFields),
      () => {
        this.#settings = settings;
        this.#pace = pace;
        this.#queue = [...shipments];
        this.#time = time;
      },
    ]);
  }

  /** Moves the first in the queue; true if that brought it to its end, and the next one's turn has come. */
  #finishFirst(now: number): boolean {
    const [first] = this.#queue;
    if (first === undefined) return false;
    const { startDelayMs, curve, stallAt } = this.#pace;
    if (first.arriving === null) {
      const start = this.#time + Math.max(0, startDelayMs - first.waited);
      if (start > now) {
        first.waited += now - this.#time;
        return false;
      }
      this.#time = start;
      // A snapshot that was renamed while it waited may meet its new name on the target: there is no room for it.
      if (this.namesake(first.original.snapshot.suffix) !== undefined) {
        this.#queue.shift();
        return true;
      }
      first.arriving = this.#begin(first.original);
    }
    const { transfer } = first.arriving;
    const needed = stallAt < 1 ? Number.POSITIVE_INFINITY : timeOf(curve, 1);
    const end = this.#time + Math.max(0, needed - first.elapsed);
    if (end > now) {
      const furthest = Math.max(first.elapsed, timeOf(curve, stallAt));
      first.elapsed = Math.min(first.elapsed + now - this.#time, furthest);
      const arrived = Math.min(fractionAt(curve, first.elapsed), stallAt);
      transfer.progress = Math.max(transfer.progress, arrived);
      return false;
    }
    this.#time = end;
    transfer.progress = 1;
    transfer.completed = end;
    this.#queue.shift();
    return true;
  }

  #begin(original: Original): Arrival {
    const transfer = { started: this.#time, completed: null, progress: 0 };
    const { target, replica } = this.ends;
    return { transfer, replica: receiveReplica(target, replica, original, transfer) };
  }
}
