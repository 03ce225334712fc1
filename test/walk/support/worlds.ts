import type { Fault } from '../../../local/array/simulator.ts';
import { type Course, type CourseRequest, type CourseStep, isOverwrite } from './courses.ts';
import { databaseTroublesOf } from './database-troubles.ts';
import { type Draft, killsAfter } from './drafts.ts';
import type { AfterDeath } from './drive.ts';
import { hookTroublesOf } from './hook-troubles.ts';
import type { StorePoint, Trouble } from './trouble.ts';

/** The run that follows on one that left a lock, or died: the one that the rule for aborted executions starts, or a new refresh. */
export type Follower = 'recovery' | 'refresh';

/** One way in which the refresh may go wrong. */
export interface World {
  readonly name: string;
  /** Where the run is on its way to. */
  readonly course: Course;
  /** Index of the step in the course. */
  readonly step: number;
  /** The state in which it goes wrong. */
  readonly phase: string;
  /** Whether that is after the first overwrite was sent, and before the guard is released. */
  readonly isBetween: boolean;
  readonly trouble: Trouble;
  readonly afterDeath: AfterDeath;
  readonly follower: Follower;
  /** Whether everything late has landed before the follower begins. */
  readonly isPatient: boolean;
  /** Whether a refresh follows even where the run has left nothing behind. */
  readonly isFollowed: boolean;
}

type Effect = Fault['effect'];

const REFUSAL: Effect = {
  status: 400,
  body: { errors: [{ context: null, message: 'Not now.' }] },
};

/** Sooner than the client gives up, and so not heard; after that, and before what a run waits for what may come late. */
const [UNHEARD_MS, LATE_MS] = [20_000, 45_000];

const effects: Readonly<Record<string, Effect>> = {
  'refused with 400': REFUSAL,
  'answered with 503': { status: 503, body: { errors: [{ context: null, message: 'Busy.' }] } },
  'hung up before acting': { hang_up: 'before' },
  'hung up after acting': { hang_up: 'after' },
  'carried out, answered too late': { act_late_ms: UNHEARD_MS },
  'carried out after the client gave up': { act_late_ms: LATE_MS },
  'session expired': { expire_session: true },
};

/** To an array it is all one whether a read was carried out or not, nor does its client hear of it. */
const ALIKE_FOR_READS: readonly string[] = [
  'hung up after acting',
  'carried out after the client gave up',
];

/** All that may happen to a request; of a batch, also that it is carried out in part. */
const effectsOn = ({ method, items }: CourseRequest): [string, Effect][] => [
  ...Object.entries(effects).filter(
    ([name]) => method !== 'GET' || !ALIKE_FOR_READS.includes(name),
  ),
  ...Array.from({ length: items - 1 }, (_, index) => index + 1).flatMap((first) => [
    partly(first, items, 'refuse'),
    partly(first, items, 'hang_up'),
  ]),
];

const partly = (first: number, items: number, end: 'refuse' | 'hang_up'): [string, Effect] => [
  `first ${first} of ${items}, then ${end === 'refuse' ? 'refused' : 'hung up'}`,
  // biome-ignore lint/suspicious/noThenProperty: a fault's own word
  { apply_first: first, then: end },
];

/** All worlds that leave a course. */
export const worldsOf = (configuration: string, course: Course): World[] =>
  course.steps
    .flatMap((whole, step) => {
      const { place, requests, operations, statements } = whole;
      const phase = place.state;
      const isBetween = isStepBetween(course.steps, step);
      const ofRequests = requests.flatMap((request, index) => {
        const after = requests.slice(0, index + 1);
        return troublesOf(request).map((draft) => ({
          ...draft,
          step,
          phase,
          isBetween: isBetween || after.some(isOverwrite),
        }));
      });
      const ofOthers = [
        ...operations.flatMap(bucketTroublesOf),
        ...statements.flatMap(databaseTroublesOf),
        ...hookTroublesOf(whole),
      ].map((draft) => ({ ...draft, step, phase, isBetween }));
      return [...ofRequests, ...ofOthers];
    })
    .map((draft, number) => ({
      // Evenly spread, and always the same.
      follower: number % 2 === 0 ? 'recovery' : 'refresh',
      isPatient: number % 4 < 2,
      isFollowed: number % 8 === 0,
      afterDeath: 'retry',
      ...draft,
      course,
      name: `${configuration} / ${course.name} / ${draft.step} ${draft.phase} / ${draft.name}`,
    }));

const troublesOf = (request: CourseRequest): Draft[] => {
  const { array, method, path, nth } = request;
  const what = `${array} ${method} ${path} #${nth}`;
  const faults = effectsOn(request).flatMap(([name, effect]) =>
    [1, 0].map((times): Draft => {
      const fault: Fault = { array, method, path, nth, times, effect };
      return {
        name: `${what} / ${name}${times === 0 ? ', for good' : ''}`,
        trouble: { kind: 'array', fault },
      };
    }),
  );
  return [...faults, ...killsAfter(what, { array, method, path, nth })];
};

const bucketTroublesOf = ({ operation, nth }: StorePoint): Draft[] => {
  const what = `bucket ${operation} #${nth}`;
  const moments = operation === 'write' ? (['before', 'after'] as const) : (['before'] as const);
  const failures = moments.flatMap((moment) =>
    [false, true].map(
      (forGood): Draft => ({
        name: `${what} / fails ${moment} acting${forGood ? ', for good' : ''}`,
        trouble: { kind: 'store', trouble: { operation, nth, moment, forGood } },
      }),
    ),
  );
  return operation === 'write' ? [...failures, ...killsAfter(what, { operation, nth })] : failures;
};

/** Whether the step is after that which overwrites, and none of the recording. */
const isStepBetween = (steps: readonly CourseStep[], step: number): boolean => {
  const overwrites = steps.findIndex(({ requests }) => requests.some(isOverwrite));
  return step > overwrites && !steps[step]?.place.state.startsWith('Record');
};
