import { isError, RefreshError } from '../refresh/errors.ts';
import {
  byId,
  type GuardOwner,
  type GuardTag,
  guardSuffix,
  type JournalEntry,
  journalTags,
  ownerTags,
} from '../refresh/guard.ts';
import { sameName } from '../refresh/naming.ts';
import type { Plan } from '../refresh/plan.ts';
import type { RefreshRequest } from '../refresh/request.ts';
import { NO_GUARD, type Run } from '../refresh/run.ts';
import { openArrays } from './arrays.ts';
import { atOnce } from './at-once.ts';
import { type Attempt, mayLinger } from './attempt.ts';
import {
  acquireDocument,
  findDocument,
  overwriteDocument,
  readDocument,
  requestDocument,
} from './documents.ts';
import { inProgress } from './hold-lock.ts';
import { noLongerIn } from './look-at-groups.ts';
import { findLock, holds, lockName, readLock } from './look-at-guards.ts';
import { noteAttempt } from './note-attempt.ts';
import type { FlashArray, GroupSnapshot, ObjectStore, Ports, VolumeSnapshot } from './ports.ts';
import { outOfOrder, requireExecute, targetGroup } from './prepared-run.ts';
import { refuseBusy } from './refuse-busy.ts';
import { readOwnPlan } from './requested-plan.ts';
import { refuseReserved, reserveTarget } from './reserve-target.ts';
import { setAside, setLeftoversAside } from './set-aside.ts';
import { tagMembers } from './tag-members.ts';
import { targetNames } from './volume-copies.ts';

/**
 * Takes the guard: a snapshot of the target group that holds every planned target, says whose it is, and then gets the
 * lock's name, which only one can bear. What fails here is tidied up by Roll Back. Made anew by each attempt, since
 * hosts may have written after the last one.
 * @throws RefreshInProgress, TargetChanged, TargetInUse; GuardLost where an earlier attempt was cut off
 */
export const acquireGuard = async (run: Run, ports: Ports): Promise<Run> => {
  requireExecute(run);
  const { store } = ports;
  const looks = await atOnce({
    request: readDocument(store, run.id, requestDocument),
    plan: readOwnPlan(store, run),
    isFirst: refuseBegun(store, run),
    isFree: refuseReserved(run, ports),
  });
  const request = await looks.request;
  const plan = await looks.plan;
  await looks.isFirst;
  await looks.isFree;
  const { target: array } = await openArrays(ports, request);
  return noteAttempt(ports, run.id, acquireDocument, async ({ earlier }) => {
    if (earlier) {
      // Once more: an invocation that was held up must not set aside what another has taken. Overwrite Volumes looks the
      // other way, at the note of this step, so of the two one sees the other.
      await refuseBegun(store, run);
      await clearEarlier(array, run, earlier);
    }
    const id = await acquire(array, run, request, plan, ports);
    const seen = ports.clock.now().toISOString();
    // Who reserves the target before he holds the lock looks at the lock after that, so of the two one sees the other.
    const { before_overwrite, after_overwrite } = run.has_hooks;
    await (before_overwrite || after_overwrite ? reserveTarget : refuseReserved)(run, ports);
    return { ...run, guard: { ...NO_GUARD, snapshot: lockName(targetGroup(run)), id, seen } };
  });
};

const refuseBegun = async (store: ObjectStore, { id }: Run): Promise<void> => {
  if (await findDocument(store, id, overwriteDocument))
    throw outOfOrder('The run has begun to overwrite already.');
};

/** What an attempt has left that came to its end. One that was cut off may still be at work, under the lock even. */
const clearEarlier = async (array: FlashArray, run: Run, earlier: Attempt): Promise<void> => {
  const group = targetGroup(run);
  if (mayLinger(earlier)) {
    throw new RefreshError(
      'GuardLost',
      `An earlier attempt to take the guard of protection group "${group}" was cut off, and may still be at work.`,
      'Run again; a run of its own has a guard of its own.',
    );
  }
  await setLeftoversAside(array, group, run.execution);
  const lock = await findLock(array, group);
  if (lock && holds(run, lock)) await setAside(array, lock.snapshot, run.execution);
};

/** @returns the guard's id */
const acquire = async (
  array: FlashArray,
  run: Run,
  request: RefreshRequest,
  plan: Plan,
  { clock, lingerSeconds }: Ports,
): Promise<string | null> => {
  const group = targetGroup(run);
  const guard = await array.createGroupSnapshot(group, guardSuffix(run.execution, clock.now()));
  const looks = await atOnce({
    members: array.volumeSnapshots(guard.name),
    use: refuseBusy(array, targetNames(plan), request),
  });
  const members = await looks.members;
  requireTargets(plan, members, group);
  await looks.use;
  const owner = ownerTags(ownerOf(run, plan, lingerSeconds));
  await tagGuard(array, members, owner, journalTags(journalOf(plan, members)));
  await takeLock(array, group, guard, members);
  return guard.id;
};

/** All members say who holds the guard; the first one also bears the journal. */
const tagGuard = async (
  array: FlashArray,
  members: readonly VolumeSnapshot[],
  owner: readonly GuardTag[],
  journal: readonly GuardTag[],
): Promise<void> => {
  const [bearer, ...others] = byId(members);
  const tagged = await atOnce({
    bearer: tagMembers(array, bearer ? [bearer] : [], [...owner, ...journal]),
    others: tagMembers(array, others, owner),
  });
  await tagged.bearer;
  await tagged.others;
};

/** By id and by name: between planning and now a volume may have been renamed, taken out or resized. */
const requireTargets = (plan: Plan, members: readonly VolumeSnapshot[], group: string): void => {
  const held = new Map(members.map((member) => [member.source.id, member]));
  const changed = plan.pairs.filter(({ target }) => {
    const member = held.get(target.id);
    return !(
      member &&
      sameName(member.source.name ?? '', target.name) &&
      member.size === target.size
    );
  });
  if (changed.length > 0) {
    throw noLongerIn(
      group,
      changed.map(({ target }) => target.name),
    );
  }
};

const ownerOf = (run: Run, plan: Plan, lingerSeconds: number): GuardOwner => ({
  run: run.id,
  execution: run.execution,
  started: run.started,
  lingerSeconds,
  guards: run.execution,
  refresh: run.refresh ?? '',
  snapshot: run.snapshot?.name ?? '',
  planHash: plan.hash ?? '',
  phase: 'acquired',
});

const journalOf = (plan: Plan, members: readonly VolumeSnapshot[]): Map<string, JournalEntry> => {
  const pairs = new Map(plan.pairs.map((pair) => [pair.target.id, pair]));
  return new Map(
    members.map(({ id, source }) => {
      const pair = pairs.get(source.id ?? '');
      return [
        id,
        {
          planned: pair !== undefined,
          old: pair?.target.created ?? 0,
          next: pair?.source.created ?? 0,
          mapping: pair?.target.mapping ?? null,
        },
      ];
    }),
  );
};

/** The rename is the lock. It also proves that the array will let the run release it. */
const takeLock = async (
  array: FlashArray,
  group: string,
  guard: GroupSnapshot,
  members: readonly VolumeSnapshot[],
): Promise<void> => {
  const lock = lockName(group);
  try {
    await array.renameSnapshot(guard.name, lock);
  } catch (error) {
    const found = await array.groupSnapshot(lock);
    const holder = found && (await readLock(array, found));
    // The answer was lost.
    if (holder?.members.some(({ id }) => id === members[0]?.id)) return;
    if (!isError(error, 'ArrayRequestRefused')) throw error;
    if (holder) throw inProgress(group, holder.record?.owner.run);
    // Where it is free again another run has come and gone; Overwrite Volumes notices what that has done.
    await array.renameSnapshot(guard.name, lock);
  }
};
