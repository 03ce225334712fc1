import { Duration } from 'aws-cdk-lib';
import {
  Choice,
  Condition,
  Fail,
  type IChainable,
  Pass,
  Result,
  Timeout,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { HookCursor, Run } from '../lambda/refresh/run.ts';
import { FunctionCall } from './function-call.ts';
import { RunCommandStates } from './run-command-states.ts';
import type { RunStates } from './run-states.ts';
import type { Settings } from './settings.ts';

type Point = HookCursor['point'];

/** Where a run goes on after the hooks of a point. */
export interface HookExits {
  readonly done: IChainable;
  /** Where the run has failed, there or before. */
  readonly failed: IChainable;
}

/**
 * The states that call a run's hooks, of a deployment that has some. One loop serves every point.
 *
 *     Hooks Before Snapshot? ─► Before Snapshot ─► Follow Hooks ─► What Now? ─┬─► Send Command
 *                                                     ▲                       ├─► Send Command To Tags
 *                                                     │                       ├─► Call Function
 *                                                     │                       ├─► Wait For Hook ─► Look At What?
 *                                                     └── whatever comes of ──┘
 *                                                                             └─► Which Point? ─► where it leads to
 */
export class HookStates {
  readonly #scope: Construct;
  readonly #followHooks: IChainable;
  readonly #whichPoint: Choice;
  readonly #entries = new Map<Point, IChainable>();

  constructor(scope: Construct, states: RunStates, hooks: NonNullable<Settings['hooks']>) {
    this.#scope = scope;
    this.#whichPoint = new Choice(scope, 'Which Point?');
    // What a person's database waits for must not hang on one request.
    const followHooks = states.task('Follow Hooks', this.#whichPoint, {
      failurePath: '$.hook_failure',
      retry: 'persistent',
    });
    this.#followHooks = followHooks;
    const whatNow = new Choice(scope, 'What Now?');
    const isNext = (next: HookCursor['next']) => Condition.stringEquals('$.hook.next', next);
    const { documents, functions } = hooks;
    const wait = states.wait('Wait For Hook', '$.hook.wait_seconds');
    whatNow.when(isNext('wait'), wait);
    if (documents.length > 0) {
      const runCommand = new RunCommandStates(scope, hooks, followHooks);
      whatNow
        .when(isNext('send'), runCommand.send)
        .when(isNext('send_to_tags'), runCommand.sendToTags);
      wait.next(runCommand.look);
    } else wait.next(followHooks);
    if (functions.length > 0) whatNow.when(isNext('call'), this.#call(functions));
    followHooks.next(whatNow.otherwise(this.#whichPoint));
  }

  /** The end of a run of which nothing can be recorded, and that failed for nothing but its hooks. */
  static unrecorded(scope: Construct, otherwise: IChainable): IChainable {
    const unfollowed = new Fail(scope, 'Hooks Not Followed', {
      errorPath: '$.hook_failure.Error',
      causePath: '$.hook_failure.Cause',
    });
    return new Choice(scope, 'Failure Before Hooks?')
      .when(Condition.isPresent('$.failure'), otherwise)
      .when(Condition.isPresent('$.hook_failure'), unfollowed)
      .otherwise(otherwise);
  }

  /** The hooks of a point, where the run has some, and then whatever comes after them. @returns where the point begins */
  at(point: Point, { done, failed }: HookExits): IChainable {
    const isHere = Condition.stringEquals('$.hook.point', point);
    if (done !== failed) this.#whichPoint.when(Condition.and(isHere, HAS_FAILED), failed);
    this.#whichPoint.when(isHere, done);
    const pass = new Pass(this.#scope, titles[point], {
      result: Result.fromObject({ point }),
      resultPath: '$.hook',
    });
    this.#entries.set(point, pass.next(this.#followHooks));
    return this.again(point, `Hooks ${titles[point]}?`, [point], done);
  }

  /** A second way to the hooks of a point, for runs that have all these; `otherwise` for the others. */
  again(
    point: Point,
    name: string,
    wanted: readonly (keyof Run['has_hooks'])[],
    otherwise: IChainable,
  ): IChainable {
    const entry = this.#entries.get(point);
    if (!entry) throw new Error(`The machine has no hooks at ${point} yet.`);
    const flags = wanted.map((flag) => Condition.booleanEquals(`$.has_hooks.${flag}`, true));
    const [only, ...more] = flags;
    return new Choice(this.#scope, name)
      .when(only && more.length === 0 ? only : Condition.and(...flags), entry)
      .otherwise(otherwise);
  }

  #call(functions: readonly string[]): IChainable {
    const call = new FunctionCall(this.#scope, 'Call Function', {
      functionPath: '$.hook.function',
      payloadPath: '$.hook.request',
      functions,
      resultSelector: { 'Payload.$': '$.Payload' },
      resultPath: '$.hook.answer',
      taskTimeout: Timeout.at('$.hook.timeout_seconds'),
    });
    call.addRetry({
      errors: ['Lambda.TooManyRequestsException'],
      interval: Duration.seconds(2),
      backoffRate: 2,
      maxAttempts: 4,
    });
    // What is too long for the execution is no error that States.ALL catches.
    call.addCatch(this.#followHooks, {
      errors: ['States.DataLimitExceeded'],
      resultPath: '$.hook.refusal',
    });
    call.addCatch(this.#followHooks, { resultPath: '$.hook.refusal' });
    return call.next(this.#followHooks);
  }
}

const HAS_FAILED = Condition.or(
  Condition.isPresent('$.failure'),
  Condition.isPresent('$.hook_failure'),
  Condition.isPresent('$.backup_failure'),
);

const titles: Readonly<Record<Point, string>> = {
  before_snapshot: 'Before Snapshot',
  after_snapshot: 'After Snapshot',
  before_overwrite: 'Before Overwrite',
  on_abort: 'On Abort',
  after_overwrite: 'After Overwrite',
  on_failure: 'On Failure',
  clear_up: 'To Clear Up',
};
