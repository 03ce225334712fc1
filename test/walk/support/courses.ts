import type { Fault } from '../../../local/array/simulator.ts';
import { REFRESH } from './configurations.ts';
import { drive } from './drive.ts';
import type { Answered, Ground, Moment } from './ground.ts';
import { Holdings } from './holdings.ts';
import { isOfHooks } from './hook-troubles.ts';
import type { Interpreter, Place } from './interpreter.ts';
import type { RequestPoint, StatementPoint, StorePoint, Trouble } from './trouble.ts';

/** The refresh that all is about. */
export const RUN = 'run-1';
export const RECOVERY = 'run-2';

/** A request of a course. */
export interface CourseRequest extends RequestPoint {
  readonly items: number;
}

/** A task of a course, and how things were before it. */
export interface CourseStep {
  readonly place: Place;
  readonly before: Moment;
  readonly requests: readonly CourseRequest[];
  readonly operations: readonly StorePoint[];
  readonly statements: readonly StatementPoint[];
}

/** What a run does when nothing more goes wrong: there each world leaves it. */
export interface Course {
  readonly name: string;
  /** The run, and what it is for. */
  readonly run: string;
  readonly kind: 'refresh' | 'recovery';
  /** How things were before the refresh. */
  readonly begin: Holdings;
  /** How they were when the run began. */
  readonly start: Holdings;
  readonly steps: readonly CourseStep[];
}

/** What the run of the aborted execution's rule, or a person, asks for. */
export const recoveryInput = { refresh: REFRESH, trigger: 'event', execute: true, recover: RUN };

/** The undisturbed refresh. */
export const runUndisturbed = async (ground: Ground, interpreter: Interpreter): Promise<Course> => {
  const begin = new Holdings(ground.simulator.state());
  const from = interpreter.begin({ refresh: REFRESH });
  const steps = await record(ground, interpreter, { run: RUN, from });
  return { name: 'undisturbed', run: RUN, kind: 'refresh', begin, start: begin, steps };
};

/**
 * Courses on which something has gone wrong already: a refresh that fails in the middle of its overwrite and puts the target
 * back; the recovery of one that could not, so that the target is mixed; the recovery of one that was aborted when all was
 * overwritten.
 */
export const runDisturbed = async (
  ground: Ground,
  interpreter: Interpreter,
  { begin, steps }: Course,
): Promise<Course[]> => {
  const overwrite = steps.find(({ requests }) => requests.some(isOverwrite));
  const last = overwrite?.requests.findLast(isOverwrite);
  if (!overwrite || !last) throw new Error('The undisturbed refresh overwrites nothing.');
  const from = overwrite.place;
  const disturb = async (faults: Fault[], trouble?: Trouble) => {
    await ground.goBack(overwrite.before);
    ground.simulator.addFaults(faults);
    const drives = { run: RUN, from, ...(trouble && { trouble }) };
    await drive(ground, interpreter, { ...drives, afterDeath: 'abort' });
    ground.clearTroubles();
  };
  const recover = async (name: string): Promise<Course> => {
    const start = new Holdings(ground.simulator.state());
    const place = interpreter.begin(recoveryInput);
    const recorded = await record(ground, interpreter, { run: RECOVERY, from: place });
    return { name, run: RECOVERY, kind: 'recovery', begin, start, steps: recorded };
  };
  await ground.goBack(overwrite.before);
  ground.simulator.addFaults(refuseAfterHalf(last, 1));
  const putBack = await record(ground, interpreter, { run: RUN, from });
  await disturb(refuseAfterHalf(last, 0));
  const ofHalf = await recover('recovery');
  await disturb([], { kind: 'kill', after: last });
  const ofAll = await recover('recovery of all');
  const isAfterwards = ({ place: { state } }: CourseStep) =>
    state === 'Roll Back' || state === 'Record Failure' || isOfHooks(state);
  return [
    {
      name: 'put back',
      run: RUN,
      kind: 'refresh',
      begin,
      start: begin,
      steps: putBack.filter(isAfterwards),
    },
    ofHalf,
    ofAll,
  ];
};

/** Half of the volumes are overwritten; then so many further requests to do so are refused, 0: all. */
const refuseAfterHalf = (
  { array, method, path, items, nth }: CourseRequest,
  times: 0 | 1,
): Fault[] => {
  const effect: Fault['effect'] = { status: 400, body: { errors: [{ message: 'Not now.' }] } };
  if (items === 1) return [{ array, method, path, nth: nth / 2 + 1, times, effect }];
  // biome-ignore lint/suspicious/noThenProperty: a fault's own word
  const half: Fault['effect'] = { apply_first: items / 2, then: 'refuse' };
  const first: Fault = { array, method, path, effect: half };
  return times === 1 ? [first] : [first, { array, method, path, nth: 2, times, effect }];
};

interface Recording extends CourseStep {
  readonly requests: CourseRequest[];
  readonly operations: StorePoint[];
  readonly statements: StatementPoint[];
}

interface Recorded {
  readonly run: string;
  readonly from: Place;
}

/** Lets a run go its way, and keeps all that it does. */
export const record = async (
  ground: Ground,
  interpreter: Interpreter,
  recorded: Recorded,
): Promise<CourseStep[]> => {
  const steps: Recording[] = [];
  ground.onAnswered = (request) => {
    const requests = steps.at(-1)?.requests;
    const alike = requests?.filter((other) => isLike(other, request)) ?? [];
    requests?.push({ ...request, nth: alike.length + 1 });
  };
  ground.onStatement = ({ statement }) => {
    const statements = steps.at(-1)?.statements;
    const alike = statements?.filter((other) => other.statement === statement) ?? [];
    statements?.push({ statement, nth: alike.length + 1 });
  };
  await drive(ground, interpreter, {
    ...recorded,
    first: 'cold',
    onEnter: (place) => {
      if (!interpreter.isTask(place.state)) return;
      const operations: StorePoint[] = [];
      steps.push({ place, before: ground.save(), requests: [], operations, statements: [] });
      ground.store.restart();
      ground.store.onOperation = (point) => operations.push(point);
    },
  });
  return steps;
};

const isLike = (one: Answered, other: Answered): boolean =>
  one.array === other.array && one.method === other.method && one.path === other.path;

export const isOverwrite = ({ method, path }: Pick<CourseRequest, 'method' | 'path'>): boolean =>
  method === 'POST' && (path === '/volumes' || path === '/volumes/batch');
