import type { ExecutionResult } from '../../../local/flow.ts';
import type { Ground } from './ground.ts';
import { type Interpreter, type Place, TaskError } from './interpreter.ts';
import { allEnded } from './requests-under-way.ts';
import type { RequestPoint, Trouble } from './trouble.ts';

/** What follows on the death of an environment: the machine tries again, or the execution is over. */
export type AfterDeath = 'retry' | 'abort';

export type Ended =
  | ExecutionResult
  | { readonly status: 'ABORTED' | 'SETTLED'; readonly run: undefined };

export interface Drive {
  /** Name of the execution. */
  readonly run: string;
  readonly from: Place;
  readonly trouble?: Trouble;
  readonly afterDeath?: AfterDeath;
  /** What the first environment knows of the arrays: nothing, their versions, or it has a session with them. */
  readonly first?: 'cold' | 'idle' | 'warm';
  readonly onEnter?: (place: Place) => void;
  /** Whether what follows on this place need not be seen. */
  readonly isSettledAt?: (place: Place) => boolean;
}

/** Leaves an execution where it is. */
class Left extends Error {
  readonly status: 'ABORTED' | 'SETTLED';

  constructor(status: 'ABORTED' | 'SETTLED') {
    super(status);
    this.status = status;
  }
}

/** Runs an execution on a ground, from a place to its end. */
export const drive = async (
  ground: Ground,
  interpreter: Interpreter,
  { run, from, trouble, afterDeath = 'retry', first, onEnter, isSettledAt }: Drive,
): Promise<Ended> => {
  ground.setExecution(run, 'alive');
  let environment = ground.environment(first === 'cold');
  if (first === 'warm') await environment.warmUp();
  const kill = () => {
    environment.life.isOver = true;
  };
  if (trouble) bring(ground, trouble, kill);
  const context = {
    Id: ground.arnOf(run),
    Name: run,
    StartTime: new Date(ground.clock.now()).toISOString(),
  };
  const invoke = async (payload: unknown): Promise<unknown> => {
    const used = environment;
    const [outcome] = await Promise.allSettled([used.invoke(payload)]);
    await allEnded();
    if (used.life.isOver) {
      if (afterDeath === 'abort') throw new Left('ABORTED');
      environment = ground.environment();
      throw new TaskError('Sandbox.Timedout', '{"errorMessage":"Task timed out"}');
    }
    if (outcome.status === 'fulfilled') return outcome.value;
    throw outcome.reason;
  };
  try {
    return await interpreter.run(from, context, {
      invoke,
      wait: (seconds) => ground.simulator.advance(seconds * 1000),
      enter: (place) => {
        onEnter?.(place);
        if (isSettledAt?.(place)) throw new Left('SETTLED');
      },
    });
  } catch (error) {
    if (!(error instanceof Left)) throw error;
    return { status: error.status, run: undefined };
  } finally {
    ground.setExecution(run, 'dead');
  }
};

const bring = (ground: Ground, trouble: Trouble, kill: () => void): void => {
  if (trouble.kind === 'array') ground.simulator.addFaults([trouble.fault]);
  if (trouble.kind === 'store') ground.store.trouble = trouble.trouble;
  if (trouble.kind !== 'kill') return;
  if ('operation' in trouble.after) ground.store.after = { point: trouble.after, act: kill };
  else ground.onAnswered = killAfter(trouble.after, kill);
};

const killAfter = (point: RequestPoint, kill: () => void): Ground['onAnswered'] => {
  let seen = 0;
  return ({ array, method, path }) => {
    if (array !== point.array || method !== point.method || path !== point.path) return;
    seen += 1;
    if (seen === point.nth) kill();
  };
};
