import { sdkAction } from '../../../local/aws/sdk-integration.ts';
import type { ExecutionResult } from '../../../local/flow.ts';
import { LINGER_SECONDS } from './environment.ts';
import type { Ground } from './ground.ts';
import { type Call, type Interpreter, type Place, payloadIn, TaskError } from './interpreter.ts';
import { allEnded } from './requests-under-way.ts';
import type { RequestPoint, StatementPoint, Trouble } from './trouble.ts';
import { ABORTED } from './walk-hosts.ts';

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
  const invoke = async ({ input, timeoutSeconds }: Call): Promise<unknown> => {
    const isCutOff = trouble?.kind === 'cut off' && ground.cutOffs < trouble.times;
    if (isCutOff) ground.cutOffs += 1;
    if (isCutOff && trouble.moment === 'before') throw CUT_OFF;
    const used = environment;
    const due = ground.clock.now() + timeoutSeconds * 1000;
    // Longer than the function's own it never comes to pass.
    const mayTimeOut = timeoutSeconds < LINGER_SECONDS;
    const [outcome] = await Promise.allSettled([used.invoke(payloadIn(input))]);
    await allEnded();
    if (used.life.isOver) {
      if (afterDeath === 'abort') throw new Left('ABORTED');
      environment = ground.environment();
      if (!mayTimeOut) {
        throw CUT_OFF;
      }
      ground.simulator.advance(due - ground.clock.now());
    }
    // What the function did until its own end is done, though the machine has not waited for it.
    if (mayTimeOut && ground.clock.now() >= due) throw new TaskError('States.Timeout', '');
    if (isCutOff) throw CUT_OFF;
    if (outcome.status === 'fulfilled') return { Payload: outcome.value };
    throw outcome.reason;
  };
  try {
    return await interpreter.run(from, context, {
      call: (asked) => callHook(ground, asked) ?? invoke(asked),
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

const CUT_OFF = new TaskError('Sandbox.Timedout', '{"errorMessage":"Task timed out"}');

const HOOK_FUNCTION = /:function:[a-z]+$/;

/** What hooks call is no step of ours; undefined for one that is. */
const callHook = (
  { hooks }: Ground,
  { resource, input, timeoutSeconds }: Call,
): Promise<unknown> | undefined => {
  if (!hooks) return undefined;
  const action = sdkAction(resource);
  const isFunction = HOOK_FUNCTION.test(String(Object(input).FunctionName));
  if (action === undefined && !isFunction) return undefined;
  return Promise.try(() => {
    const { hosts } = hooks;
    const answer =
      action === undefined ? hosts.call(input, timeoutSeconds) : hosts.serve(action, input);
    if (answer === ABORTED) throw new Left('ABORTED');
    return answer;
  });
};

const bring = (ground: Ground, trouble: Trouble, kill: () => void): void => {
  if (trouble.kind === 'array') ground.simulator.addFaults([trouble.fault]);
  if (trouble.kind === 'store') ground.store.trouble = trouble.trouble;
  if (trouble.kind === 'database') ground.database?.simulator.addFaults([trouble.fault]);
  if (trouble.kind === 'hook') ground.hooks?.hosts.addFault(trouble.fault);
  if (trouble.kind !== 'kill') return;
  const { after, late } = trouble;
  if (late) ground.database?.simulator.addFaults([late]);
  if ('operation' in after) ground.store.after = { point: after, act: kill };
  else if ('statement' in after) ground.onStatement = killAt(after, kill);
  else ground.onAnswered = killAfter(after, kill);
};

const killAfter = (point: RequestPoint, kill: () => void): Ground['onAnswered'] => {
  const count = onNth(point.nth, kill);
  return ({ array, method, path }) => {
    if (array === point.array && method === point.method && path === point.path) count();
  };
};

/** What has come to the database is carried out there, whoever is dead by then. */
const killAt = (point: StatementPoint, kill: () => void): Ground['onStatement'] => {
  const count = onNth(point.nth, kill);
  return ({ statement }) => {
    if (statement === point.statement) count();
  };
};

const onNth = (nth: number, act: () => void): (() => void) => {
  let seen = 0;
  return () => {
    seen += 1;
    if (seen === nth) act();
  };
};
