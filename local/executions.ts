import type { Execution, ExecutionResult, LocalFlow } from './flow.ts';
import { isAlive } from './process-identity.ts';
import { processOf } from './template.ts';

export type ExecutionStatus = 'RUNNING' | 'ABORTED' | ExecutionResult['status'];

/** The executions of one deployment, and what can be said about those of other processes. */
export class Executions {
  readonly #flow: LocalFlow;
  readonly #byName = new Map<string, Execution>();
  readonly #statuses = new Map<string, ExecutionStatus>();

  constructor(flow: LocalFlow) {
    this.#flow = flow;
  }

  get byName(): ReadonlyMap<string, Execution> {
    return this.#byName;
  }

  start(name: string, input: unknown): Execution {
    const arn = this.#flow.executionArn(name);
    const execution = this.#flow.start(name, input);
    this.#byName.set(name, execution);
    this.#statuses.set(arn, 'RUNNING');
    execution.result.then(
      ({ status }) => this.#statuses.set(arn, status),
      () => this.#statuses.set(arn, 'FAILED'),
    );
    return execution;
  }

  /**
   * Status of an execution by its ARN; undefined where there is no telling. One that is not of this deployment ran as
   * long as its process does: how it ended is not kept.
   */
  statusOf(arn: string): ExecutionStatus | undefined {
    const own = this.#statuses.get(arn);
    if (own !== undefined) return own;
    const identity = processOf(arn);
    const alive = identity === undefined ? undefined : isAlive(identity);
    return alive === undefined ? undefined : alive ? 'RUNNING' : 'ABORTED';
  }
}
