import * as z from 'zod';
import { RestFlashArray } from '../../../lambda/flasharray/flash-array.ts';
import { Session } from '../../../lambda/flasharray/session.ts';
import { runSchema } from '../../../lambda/refresh/run.ts';
import type { Clock, FlashArray, ObjectStore, Ports } from '../../../lambda/steps/ports.ts';
import { runStep } from '../../../lambda/steps/run-step.ts';
import { steps } from '../../../lambda/steps/steps.ts';
import { TaskError } from './interpreter.ts';
import { Life } from './life.ts';

/** As long as a step may go on after its execution has ended, in seconds. */
const LINGER_SECONDS = 600;

/** How to reach an array. */
export interface ArrayAddress {
  readonly host: string;
  readonly api_token: string;
  readonly ca: string;
}

export interface EnvironmentOptions {
  readonly source: ArrayAddress;
  readonly target: ArrayAddress;
  readonly clock: Clock;
  readonly store: (life: Life) => ObjectStore;
  readonly executionState: Ports['executionState'];
}

const names = z.enum(Object.keys(steps) as (keyof typeof steps)[]);
const payloadSchema = z.strictObject({ step: names, run: runSchema });
const silent = { info: () => {}, error: () => {} };

/** An execution environment of the step function: its sessions serve one step after the other, until it is killed. */
export class Environment {
  readonly life = new Life();
  readonly #arrays: readonly FlashArray[];
  readonly #ports: Ports;

  constructor({ source, target, clock, store, executionState }: EnvironmentOptions) {
    const { life } = this;
    const own: Clock = {
      now: () => clock.now(),
      deadline: (ms) => {
        life.require();
        return clock.deadline(ms);
      },
    };
    const open = ({ host, api_token: apiToken, ca }: ArrayAddress) =>
      new RestFlashArray(new Session({ host, apiToken, ca }, null, own));
    const [sourceArray, targetArray] = [open(source), open(target)];
    this.#arrays = [sourceArray, targetArray];
    this.#ports = {
      store: store(life),
      clock: own,
      executionState,
      lingerSeconds: LINGER_SECONDS,
      sourceArray: () => Promise.resolve(sourceArray),
      targetArray: () => Promise.resolve(targetArray),
    };
  }

  /** What the handler does, and Lambda with what it throws. @throws TaskError */
  async invoke(payload: unknown): Promise<unknown> {
    const { step, run } = payloadSchema.parse(payload);
    try {
      return await runStep({ name: step, act: steps[step], run, ports: this.#ports, log: silent });
    } catch (error) {
      const {
        name,
        message,
        stack = '',
      } = error instanceof Error ? error : new Error(String(error));
      const document = { errorType: name, errorMessage: message, trace: stack.split('\n') };
      throw new TaskError(name, JSON.stringify(document));
    }
  }

  /** Logs in, as an environment has that has taken earlier steps. */
  async warmUp(): Promise<void> {
    for (const array of this.#arrays) await array.identify();
  }

  /** To serve another world: alive, and without sessions. */
  async revive(): Promise<void> {
    this.life.isOver = false;
    for (const array of this.#arrays) await array.logOut();
  }
}
