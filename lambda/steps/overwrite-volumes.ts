import { RefreshError } from '../refresh/errors.ts';
import { ownerTags } from '../refresh/guard.ts';
import { nameKey } from '../refresh/naming.ts';
import type { Plan } from '../refresh/plan.ts';
import type { Run, RunGuard } from '../refresh/run.ts';
import { openArrays } from './arrays.ts';
import { atOnce } from './at-once.ts';
import { type Attempt, mayHaveChanged, mayLinger, settleTime } from './attempt.ts';
import { copyVolumes, untagVolumes } from './copy-volumes.ts';
import {
  acquireDocument,
  findDocument,
  guardsDocument,
  overwriteDocument,
  readDocument,
  requestDocument,
} from './documents.ts';
import { liveMembers, memberNames, refuseOverlap } from './find-groups.ts';
import { claimOf, guardLost, requireLock, staySure } from './hold-lock.ts';
import { noLongerIn } from './look-at-groups.ts';
import type { LockLook } from './look-at-lock.ts';
import { noteAttempt } from './note-attempt.ts';
import type { Clock, FlashArray, GroupMember, Ports, VolumeCopy } from './ports.ts';
import { heldGuard, requireExecute, targetGroup } from './prepared-run.ts';
import { readOwnPlan } from './requested-plan.ts';
import { asCopies } from './volume-copies.ts';

/**
 * Overwrites the target volumes as planned and tags each with its source, while the run holds the lock. Doing it twice
 * comes to the same, but after an attempt that got no answer the array may still be at work, and is waited for.
 * @throws GuardLost, TargetChanged, VolumeInBothGroups before anything is written
 */
export const overwriteVolumes = async (run: Run, ports: Ports): Promise<Run> => {
  requireExecute(run);
  const { store, clock, lingerSeconds } = ports;
  const guard = heldGuard(run);
  const [request, plan, { known }] = await Promise.all([
    readDocument(store, run.id, requestDocument),
    readOwnPlan(store, run),
    readDocument(store, run.id, guardsDocument),
  ]);
  const { target: array } = await openArrays(ports, request);
  const group = targetGroup(run);
  const claim = claimOf(group, plan, known);
  const copies = asCopies(plan);
  return noteAttempt(ports, run.id, overwriteDocument, async ({ earlier, changes }) => {
    // Where volumes may be new already, going on is better than not.
    if (!earlier?.changing) requireYoung(guard, clock);
    const source = request.replicate ? undefined : run.source_protection_group;
    const looks = await atOnce({
      targets: requireSameTargets(array, source, group, plan),
      lock: holdOn(clock, group, () => requireLock(array, run, claim)),
      trial: tryOverwrite(array, copies),
      acquired: findDocument(store, run.id, acquireDocument),
    });
    await looks.targets;
    const { members, seen, beSure } = await looks.lock;
    await looks.trial;
    requireAcquired(await looks.acquired, group);
    // From here on the lock says that volumes may have been overwritten: whoever recovers it puts them back.
    if (!earlier?.changing)
      await array.tagSnapshots(members, ownerTags({ phase: 'writing' }), { copyable: false });
    await changes();
    await copyVolumes(array, copies, beSure);
    if (run.undo) await untagVolumes(array, copies);
    const in_doubt = mayHaveChanged(earlier);
    const wait_seconds = in_doubt ? settleTime(earlier, request.settle_seconds, lingerSeconds) : 0;
    return { ...run, guard: { ...guard, seen: seen(), in_doubt, wait_seconds } };
  });
};

/** Looks at the lock, and makes sure of it from that moment on. */
const holdOn = async (clock: Clock, group: string, look: () => Promise<LockLook>) => {
  const { members } = await look();
  const again = async () => {
    const { members: now } = await look();
    // The same run may have taken another guard: one of a target that is overwritten already.
    if (now.toSorted().join() !== members.toSorted().join()) throw guardLost(group, []);
  };
  return { members, ...staySure(clock, again) };
};

/** An attempt to take the guard that is still at work could set it aside under the overwrite. */
const requireAcquired = (attempt: Attempt | undefined, group: string): void => {
  if (attempt && !mayLinger(attempt)) return;
  throw new RefreshError(
    'GuardLost',
    `An attempt to take the guard of protection group "${group}" may still be at work, or its end could not be noted in the bucket. This run writes nothing any more.`,
    'Run again; a run of its own has a guard of its own.',
  );
};

/** Has the array say whether it would do it, where it can. */
const tryOverwrite = async (array: FlashArray, copies: readonly VolumeCopy[]): Promise<void> => {
  if ((await array.capabilities()).batchTest) await array.testOverwrite(copies);
};

/** In milliseconds. What hosts have written since is in no snapshot. */
const OLDEST_GUARD_MS = 15 * 60_000;

const requireYoung = ({ seen }: RunGuard, clock: Clock): void => {
  const age = seen === null ? 0 : clock.now().getTime() - Date.parse(seen);
  if (age <= OLDEST_GUARD_MS) return;
  throw new RefreshError(
    'TargetChanged',
    'The guard of the target was taken long ago, and hosts may have written since.',
    'Start a new run; it takes a new one.',
  );
};

/**
 * A name is no identity, and a group no promise: since the guard was taken a volume may have been renamed, taken out of
 * the target group or put into the source group. `source` is undefined where that is on another array, or not copied.
 */
const requireSameTargets = async (
  array: FlashArray,
  source: string | undefined,
  target: string,
  plan: Plan,
): Promise<void> => {
  const members = await array.groupVolumes(source === undefined ? [target] : [source, target]);
  const ids = await memberIds(array, liveMembers(members, target));
  const gone = plan.pairs.filter((pair) => ids.get(nameKey(pair.target.name)) !== pair.target.id);
  if (gone.length > 0) {
    throw noLongerIn(
      target,
      gone.map((pair) => pair.target.name),
    );
  }
  if (source !== undefined)
    refuseOverlap(memberNames(members, source), memberNames(members, target));
};

const memberIds = async (
  array: FlashArray,
  members: readonly GroupMember[],
): Promise<ReadonlyMap<string, string>> => {
  const known = members.every((member) => member.id !== null)
    ? members
    : await array.volumes(members.map((member) => member.name));
  return new Map(known.map(({ id, name }) => [nameKey(name), id ?? '']));
};
