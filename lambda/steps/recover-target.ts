import { isError } from '../refresh/errors.ts';
import {
  beforeSuffixes,
  GUARDS_KEY,
  type GuardOwner,
  type GuardRecord,
  isBefore,
  ownerTags,
  replacedSuffix,
  restoredSuffixes,
  runOf,
  suffixOf,
  UNKNOWN_RUN,
} from '../refresh/guard.ts';
import { groupSnapshotName } from '../refresh/naming.ts';
import type { RefreshRequest } from '../refresh/request.ts';
import type { Recovery, Run } from '../refresh/run.ts';
import { openArrays } from './arrays.ts';
import { completeTags } from './complete-tags.ts';
import {
  guardsDocument,
  readDocument,
  requestDocument,
  rollbackDocument,
  writeDocument,
} from './documents.ts';
import { inProgress } from './hold-lock.ts';
import { type FoundGuard, findLock, findReleased, holds, outcomeFor } from './look-at-guards.ts';
import { type Attempting, noteAttempt } from './note-attempt.ts';
import type { FlashArray, Ports } from './ports.ts';
import { recoveryOf, requireExecute, targetGroup } from './prepared-run.ts';
import { lookAtOverwritten } from './put-back.ts';
import { type ClearedUp, recordRecovered } from './record-recovered.ts';
import { refuseBusy } from './refuse-busy.ts';
import { restoreTarget } from './restore-target.ts';
import { releaseAs } from './set-aside.ts';
import { tagMembers } from './tag-members.ts';

/** What a guard's owner may need to end where its own tags do not say: as long as the longest step, in seconds. */
const LONGEST_LINGER = 600;

/**
 * Clears up after a run that ended while it held the lock: takes the lock over, waits until no step of that run can be at
 * work any more, looks again, and then lets the copy be that is complete, or puts the target back.
 * @throws RefreshInProgress when somebody else was faster; TargetInUse; RollbackFailed
 */
export const recoverTarget = async (run: Run, ports: Ports): Promise<Run> => {
  requireExecute(run);
  const recovery = { ...recoveryOf(run), wait_seconds: 0 };
  if (recovery.done) return run;
  const { lingerSeconds } = ports;
  const request = await readDocument(ports.store, run.id, requestDocument);
  const { target: array } = await openArrays(ports, request);
  const group = targetGroup(run);
  if (recovery.settled) {
    return noteAttempt(ports, run.id, rollbackDocument, (attempting) =>
      clearUp({ run, ports, array, group, request, recovery, attempting }),
    );
  }
  const lock = await findLock(array, group);
  if (!lock) return finish(run, recovery, 'nothing');
  const owner = lock.record?.owner;
  if (!holds(run, lock)) {
    if ((owner?.execution ?? null) !== recovery.owner) throw inProgress(group, owner?.run);
    const linger = Math.max(lingerSeconds, recovery.linger_seconds ?? LONGEST_LINGER);
    await takeOver(array, lock, run, linger);
  }
  const wait_seconds = (recovery.linger_seconds ?? LONGEST_LINGER) + request.settle_seconds;
  return { ...run, recovery: { ...recovery, settled: true, wait_seconds } };
};

/** What the clearing up works with. */
interface Work {
  readonly run: Run;
  readonly ports: Ports;
  readonly array: FlashArray;
  readonly group: string;
  readonly request: RefreshRequest;
  readonly recovery: Recovery;
  readonly attempting: Attempting;
}

const clearUp = async (work: Work): Promise<Run> => {
  const { run, ports, array, group, request, recovery, attempting } = work;
  const lock = await findLock(array, group);
  if (!lock) return clearedUpAlready(work);
  if (!holds(run, lock)) throw inProgress(group, lock.record?.owner.run);
  if (recovery.put_back) return release(work, lock, 'restored');
  const look = await lookAtOverwritten(array, lock);
  if (look.verdict === 'old') return release(work, lock, 'untouched');
  if (look.verdict === 'new') {
    // The copy may have been in use for days: it stays, whatever can be told of its tags.
    const isTagged = await completeTags(array, ports.store, lock.record, look.now);
    return release(isTagged ? work : { ...work, run: warn(run, UNTAGGED) }, lock, 'refreshed');
  }
  const names = look.touched.flatMap(({ id }) => look.now.get(id)?.name ?? []);
  await refuseBusy(array, names, request);
  const kept = await keepPresent(array, group, run);
  const what = { group, look, settle: request.settle_seconds };
  const wait_seconds = await restoreTarget(array, ports, run, what, attempting);
  const told = warn(run, `What the target held when it was put back is kept as "${kept}".`);
  if (wait_seconds > 0) return { ...told, recovery: { ...recovery, put_back: true, wait_seconds } };
  return release({ ...work, run: told }, lock, 'restored');
};

/** Released by an earlier attempt whose answer was lost; or by the run itself, which came back. */
const clearedUpAlready = async (work: Work): Promise<Run> => {
  const { run, ports, array, group, recovery } = work;
  const released = await findReleased(array, group, run.execution);
  if (released) {
    const { snapshot, record } = released;
    const put = record?.owner.phase === 'acquired' ? 'untouched' : 'restored';
    const outcome = isBefore(snapshot.name) ? 'refreshed' : put;
    return setStraight(work, record, { name: snapshot.name, outcome });
  }
  const ended = recovery.guards && (await outcomeFor(array, group, recovery.guards));
  if (ended) await addKnown(ports, run, [ended.name]);
  return finish(run, recovery, ended ? ended.target : 'nothing');
};

const warn = (run: Run, warning: string): Run => ({
  ...run,
  warnings: [...run.warnings.filter((earlier) => earlier !== warning), warning],
});

/**
 * A snapshot of the target as it is: where the evidence deceives, what is put back now is not lost.
 * @returns its name
 */
const keepPresent = async (array: FlashArray, group: string, run: Run): Promise<string> => {
  const suffix = replacedSuffix(run.execution);
  const name = groupSnapshotName(group, suffix);
  try {
    await array.createGroupSnapshot(group, suffix);
  } catch (error) {
    // An earlier attempt has taken it, before it began to put anything back.
    if (!isError(error, 'ArrayRequestRefused') || !(await array.groupSnapshot(name))) throw error;
    return name;
  }
  const members = await array.volumeSnapshots(name);
  await tagMembers(array, members, [{ key: GUARDS_KEY, value: run.execution }]);
  return name;
};

const UNTAGGED =
  'The plan of the run that was cleared up after is not on record here, so the pairing tags of its targets could not be checked: look at the pairs of the next plan.';

type Outcome = NonNullable<Recovery['outcome']>;

const finish = (run: Run, recovery: Recovery, outcome: Outcome): Run => ({
  ...run,
  recovery: { ...recovery, outcome, done: true },
});

/**
 * The journal stays as it is. Where no owner could be read the rest is filled in, so that the lock has one; without any tag
 * it has never been the lock of a run that wrote, since tags come first.
 */
const takeOver = async (
  array: FlashArray,
  { members, record, isMarked }: FoundGuard,
  { id, execution, started }: Run,
  lingerSeconds: number,
): Promise<void> => {
  const owner: Partial<GuardOwner> = { run: id, execution, started, lingerSeconds };
  const filling: Partial<GuardOwner> = record
    ? {}
    : {
        guards: UNKNOWN_RUN,
        refresh: UNKNOWN_RUN,
        snapshot: UNKNOWN_RUN,
        planHash: UNKNOWN_RUN,
        phase: isMarked ? 'writing' : 'acquired',
      };
  await tagMembers(array, members, ownerTags({ ...owner, ...filling }));
};

const release = async (
  work: Work,
  { snapshot: lock, record }: FoundGuard,
  outcome: ClearedUp['outcome'],
): Promise<Run> => {
  const { run, ports, array, group } = work;
  const guarded = record?.owner.guards ?? UNKNOWN_RUN;
  const suffixes =
    outcome === 'refreshed'
      ? beforeSuffixes(suffixOf(record?.owner.snapshot ?? ''), guarded)
      : restoredSuffixes(guarded, lock.created);
  // Released by this very run: no sign of a refresh that came in between.
  await addKnown(
    ports,
    run,
    suffixes.map((suffix) => groupSnapshotName(group, suffix)),
  );
  const name = await releaseAs(array, lock, suffixes);
  return setStraight(work, record, { name, outcome });
};

/** The target is whole and free: that this cannot be recorded where it belongs is no failure of the clearing up. */
const setStraight = async (
  { run, ports, recovery }: Work,
  record: GuardRecord | undefined,
  cleared: ClearedUp,
): Promise<Run> => {
  const ended = finish(run, recovery, cleared.outcome);
  if (!record || record.owner.guards === UNKNOWN_RUN) return ended;
  try {
    await recordRecovered(ports.store, run, record, cleared);
    return ended;
  } catch {
    const of = runOf(record.owner.guards);
    return warn(
      ended,
      `The manifest of run "${of}" could not be set straight; it may still call the target mixed.`,
    );
  }
};

const addKnown = async ({ store }: Ports, run: Run, names: readonly string[]): Promise<void> => {
  const guards = await readDocument(store, run.id, guardsDocument);
  const known = [...new Set([...guards.known, ...names])];
  await writeDocument(store, run.id, guardsDocument, { ...guards, known });
};
