import { type Manifest, manifestSchema } from '../../../lambda/refresh/manifest.ts';
import { hooksDocument, keyOf } from '../../../lambda/steps/documents.ts';
import { REFRESH } from './configurations.ts';
import { type CourseStep, RUN, recoveryInput } from './courses.ts';
import { drive, type Ended } from './drive.ts';
import type { Ground } from './ground.ts';
import { Holdings } from './holdings.ts';
import { type Content, inspect } from './inspect.ts';
import type { HookSight } from './inspect-hooks.ts';
import type { Interpreter, Place } from './interpreter.ts';
import { hasStruck } from './struck.ts';
import type { Trouble } from './trouble.ts';
import type { Follower, World } from './worlds.ts';

/** Longer than anything that is late needs to land. */
const LANDING_MS = 600_000;
/** The runs after them: of the rule on aborted executions, the follower, and of a person who comes late. */
const [RULED, NEXT, LATE] = ['run-of-rule', 'run-3', 'run-of-person'];

/** What came of a world. */
export interface WorldReport {
  readonly name: string;
  readonly phase: string;
  readonly isBetween: boolean;
  /** What the target held when the run had ended: `mixed` where some of each, or where nobody could tell. */
  readonly outcome: 'old' | 'new' | 'mixed';
  /** What must not be, in words. */
  readonly breaches: readonly string[];
}

/** How things are after a run. */
export interface Aftermath {
  readonly run: string;
  readonly ended: Ended;
  readonly manifest: Manifest | undefined;
  readonly holdings: Holdings;
  readonly isInBackupMode: boolean;
  /** Where there are hooks. */
  readonly hooks: HookSight | undefined;
  /** Whether the run could neither note nor record how it ended. */
  readonly isUnrecorded: boolean;
}

/** Lets a world take place, and tells what came of it. */
export const runWorld = async (
  ground: Ground,
  interpreter: Interpreter,
  world: World,
): Promise<WorldReport> => {
  const { course, trouble, afterDeath } = world;
  const step = course.steps[world.step];
  if (step === undefined) throw new Error(`The course has no step ${world.step}.`);
  await ground.goBack(step.before);
  if (ground.hooks) {
    ground.hooks.watch.before = course.begin;
    ground.hooks.watch.mayMeet = course.kind === 'recovery';
  }
  const ended = await drive(ground, interpreter, {
    run: course.run,
    from: step.place,
    trouble,
    afterDeath,
    first: firstIn(step),
    isSettledAt: (place) => isCourseAgain(ground, world, place),
  });
  if (ended.status === 'SETTLED') return report(world, 'new', seenOn(ground));
  const hasCome = hasStruck(ground, trouble);
  ground.clearTroubles();
  const look = (run: string, end: Ended): Aftermath => ({
    run,
    ended: end,
    manifest: manifestOf(ground, run),
    holdings: new Holdings(ground.simulator.state()),
    isInBackupMode: ground.database?.isInBackupMode ?? false,
    hooks: sightOf(ground, run),
    isUnrecorded: isUnrecorded(end, trouble),
  });
  const isLocked = new Holdings(ground.simulator.state()).locks.length > 0;
  const hooksAreLeft = areHooksLeft(ground);
  const isRuled =
    ended.status === 'ABORTED' && (mayBeInBackupMode(ground) || (hooksAreLeft && world.isPatient));
  const follower = followerOf(world, ended, { isLocked, hooksAreLeft });
  // A new refresh comes when it is due, not in the midst of what the last one has begun.
  const isSlow = follower === 'refresh' && ground.hooks?.hosts.isBusy;
  if (!(isLocked || isRuled || ended.status === 'ABORTED') || world.isPatient || isSlow)
    ground.simulator.advance(LANDING_MS);
  const first = look(course.run, ended);
  const ruled =
    isRuled && follower !== 'recovery'
      ? look(RULED, await follow(ground, interpreter, 'recovery', RULED))
      : undefined;
  // As the error says that a person shall.
  if (!isRuled && first.isInBackupMode) ground.database?.setBackupMode(null);
  if (!hooksAreLeft) ground.hooks?.hosts.change({ isQuiesced: false });
  const next = follower && (await follow(ground, interpreter, follower, NEXT));
  const late =
    next && areHooksLeft(ground)
      ? look(LATE, await follow(ground, interpreter, 'recovery', LATE))
      : undefined;
  ground.simulator.advance(LANDING_MS);
  ground.hooks?.watch.lookAtOpen();
  const last = look(NEXT, next ?? ended);
  const { content, breaches } = inspect({
    course,
    first,
    refreshAfterwards: manifestOf(ground, RUN),
    ruled,
    follower,
    last,
    late,
    requests: ground.simulator.requests(),
    seen: seenOn(ground),
  });
  if (!hasCome) breaches.push('The trouble did not come.');
  return report(world, outcomeOf(content, first), breaches);
};

const report = (
  { name, phase, isBetween }: World,
  outcome: WorldReport['outcome'],
  breaches: readonly string[],
): WorldReport => ({ name, phase, isBetween, outcome, breaches });

/** Before there is a guard: what comes later is walked to its end, however little its trouble has changed. */
const UNGUARDED = [
  'Prepare',
  'Read Database',
  'Note Database',
  'Begin Backup',
  'Take Snapshot In Backup Mode',
  'End Backup',
  'Note Backup Ended',
  'Take Snapshot',
  'Check Replication',
  'Plan Overwrite',
];

/**
 * Whether the run has come through its trouble and is where it was on its undisturbed course, to the last byte: what
 * follows was seen there.
 */
const isCourseAgain = (
  ground: Ground,
  { course: { kind, steps }, phase, step, trouble }: World,
  { state, document }: Place,
): boolean => {
  const next = steps[step + 1];
  if (kind !== 'refresh' || !UNGUARDED.includes(phase)) return false;
  if (next?.place.state !== state) return false;
  if (!isSpent(ground, trouble)) return false;
  return withoutSteps(document) === withoutSteps(next.place.document) && ground.isAsIn(next.before);
};

/** What the steps took depends on how often they were tried. */
const withoutSteps = (document: unknown): string =>
  JSON.stringify({ ...Object(document), steps: [] });

/** Whether it has come and will not come again. */
const isSpent = (ground: Ground, trouble: Trouble): boolean => {
  const isFault = trouble.kind === 'array' || trouble.kind === 'database';
  if (isFault && trouble.fault.times !== 1) return false;
  if (trouble.kind === 'store' && trouble.trouble.forGood) return false;
  return hasStruck(ground, trouble);
};

const seenOn = ({ database, hooks }: Ground): string[] => [
  ...(database?.watch.breaches ?? []),
  ...(hooks?.watch.breaches ?? []),
];

interface Left {
  readonly isLocked: boolean;
  readonly hooksAreLeft: boolean;
}

/**
 * A run that left a lock or died is followed, and one that left hooks is cleared up after; of the others one in eight, to see
 * that nothing is in the way of the next.
 */
const followerOf = (
  world: World,
  ended: Ended,
  { isLocked, hooksAreLeft }: Left,
): Follower | undefined => {
  if (isLocked || ended.status === 'ABORTED') return world.follower;
  if (hooksAreLeft) return 'recovery';
  return world.isFollowed ? 'refresh' : undefined;
};

const follow = (
  ground: Ground,
  interpreter: Interpreter,
  follower: Follower,
  run: string,
): Promise<Ended> => {
  const input = { recovery: recoveryInput, refresh: { refresh: REFRESH } };
  if (follower === 'refresh') {
    // Production has moved on.
    const [{ name: array } = { name: '' }] = ground.simulator.arrays;
    const { sources } = new Holdings(ground.simulator.state());
    for (const { name } of sources) ground.simulator.write(array, name, `new ${name}`);
  }
  return drive(ground, interpreter, { run, from: interpreter.begin(input[follower]) });
};

const mayBeInBackupMode = ({ database }: Ground): boolean =>
  database !== undefined && (database.isInBackupMode || database.watch.hasBegun);

const hookNotesOf = (ground: Ground, run: string): HookSight['notes'] => {
  const found = ground.object(keyOf(run, hooksDocument.name));
  return found === undefined ? undefined : hooksDocument.schema.parse(found);
};

const areHooksLeft = (ground: Ground): boolean => hookNotesOf(ground, RUN)?.is_over === false;

const sightOf = (ground: Ground, run: string): HookSight | undefined => {
  if (!ground.hooks) return undefined;
  const { state } = ground.hooks.hosts;
  return { state, notes: hookNotesOf(ground, run), notesOfRefresh: hookNotesOf(ground, RUN) };
};

/** A manifest that could not be written, or not be amended by what became of the last hooks. */
const isUnrecorded = (ended: Ended, trouble: Trouble): boolean => {
  if (ended.status !== 'FAILED') return false;
  if (trouble.kind === 'store' && trouble.trouble.forGood) return true;
  const { hook, hook_failure, unrecorded } = Object(ended.run);
  return unrecorded !== undefined || (hook_failure !== undefined && hook.point === 'on_failure');
};

const manifestOf = (ground: Ground, run: string): Manifest | undefined => {
  const found = ground.object(`manifests/${REFRESH}/${run}.json`);
  return found === undefined ? undefined : manifestSchema.parse(found);
};

/** Only where versions are asked for or sessions ended, what the environment knows makes a difference. */
const firstIn = ({ requests }: CourseStep): 'cold' | 'idle' | 'warm' => {
  if (requests.some(({ path }) => path === '/api/api_version')) return 'cold';
  return requests.some(({ path }) => path === '/logout') ? 'warm' : 'idle';
};

const outcomeOf = (content: Content, { manifest }: Aftermath): WorldReport['outcome'] =>
  content === 'old' || content === 'new'
    ? manifest?.target === 'mixed'
      ? 'mixed'
      : content
    : 'mixed';
