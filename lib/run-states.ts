import {
  type IChainable,
  type INextable,
  JsonPath,
  Pass,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { StepTask, type StepTaskProps } from './step-task.ts';

/** What a step does besides its work. */
export interface TaskOptions extends Partial<StepTaskProps> {
  /** Where a failure is kept. Without a path it would take the place of the run. */
  readonly failurePath?: string;
  /** Failures that go elsewhere, by name. */
  readonly exceptions?: Readonly<Record<string, IChainable>>;
}

/** Makes the states of the machine, which all hand the whole run document on. */
export class RunStates {
  readonly #scope: Construct;
  readonly #step: StepTaskProps['function'];

  /** @param step the function that takes a step where a state names no other */
  constructor(scope: Construct, step: StepTaskProps['function']) {
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

  /** A step; where it fails, the execution goes on at `onFailure`. */
  task(name: string, onFailure: IChainable, options: TaskOptions = {}): StepTask {
    const { failurePath = '$.failure', exceptions = {}, ...props } = options;
    const task = new StepTask(this.#scope, name, { function: this.#step, ...props });
    for (const [error, handler] of Object.entries(exceptions)) {
      task.addCatch(handler, { errors: [error], resultPath: '$.failure' });
    }
    task.addCatch(onFailure, { resultPath: failurePath });
    return task;
  }

  /** Waits for as many seconds as the run document says. */
  wait(name: string, secondsPath: string): Wait & INextable {
    return new Wait(this.#scope, name, { time: WaitTime.secondsPath(secondsPath) });
  }
}
