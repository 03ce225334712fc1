import {
  Fail,
  type IChainable,
  type INextable,
  JsonPath,
  Pass,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { StepFunction } from './step-function.ts';
import { StepTask } from './step-task.ts';

/** Makes the states of the machine, which all hand the whole run document on. */
export class RunStates {
  readonly #scope: Construct;
  readonly #step: StepFunction;

  constructor(scope: Construct, step: StepFunction) {
    this.#scope = scope;
    this.#step = step;
  }

  /** Makes the run document; the input lies in it as it came. */
  begin(): Pass {
    return new Pass(this.#scope, 'Begin', {
      comment: 'Makes the run document; the input lies in it as it came',
      parameters: {
        id: JsonPath.executionName,
        execution: JsonPath.executionId,
        started: JsonPath.executionStartTime,
        event: JsonPath.entirePayload,
      },
    });
  }

  /**
   * A step; a failure is kept under `failurePath` and goes on there. Without a path it would take the place of the run.
   * @param exceptions failures that go elsewhere, by name
   */
  task(
    name: string,
    onFailure: IChainable,
    failurePath = '$.failure',
    exceptions: Readonly<Record<string, IChainable>> = {},
  ): StepTask {
    const task = new StepTask(this.#scope, name, this.#step);
    for (const [error, handler] of Object.entries(exceptions)) {
      task.addCatch(handler, { errors: [error], resultPath: '$.failure' });
    }
    task.addCatch(onFailure, { resultPath: failurePath });
    return task;
  }

  /** The step that records a failure; where even that fails, the execution ends with the failure as it came. */
  recording(name: string, unrecorded: string): StepTask {
    const end = new Fail(this.#scope, unrecorded, {
      errorPath: '$.failure.Error',
      causePath: '$.failure.Cause',
    });
    return this.task(name, end, '$.unrecorded');
  }

  /** Waits for as many seconds as the run document says. */
  wait(name: string, secondsPath: string): Wait & INextable {
    return new Wait(this.#scope, name, { time: WaitTime.secondsPath(secondsPath) });
  }
}
