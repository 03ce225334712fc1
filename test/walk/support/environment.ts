import * as z from 'zod';
import { RestFlashArray } from '../../../lambda/flasharray/flash-array.ts';
import { Session } from '../../../lambda/flasharray/session.ts';
import type { OpenSession } from '../../../lambda/oracle/database.ts';
import { databaseSteps } from '../../../lambda/oracle/database-steps.ts';
import { type Run, runSchema } from '../../../lambda/refresh/run.ts';
import type { Clock, FlashArray, ObjectStore, Ports } from '../../../lambda/steps/ports.ts';
import { runArrayStep } from '../../../lambda/steps/run-array-step.ts';
import { runStep } from '../../../lambda/steps/run-step.ts';
import { steps } from '../../../lambda/steps/steps.ts';
import { TaskError } from './interpreter.ts';
import { Life } from './life.ts';

/** As long as a step may go on after its execution has ended, in seconds: the timeout of the functions. */
export const LINGER_SECONDS = 600;

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
  /** Opens a session with the source database, where there is one. */
  readonly database?: (life: Life) => OpenSession;
  /** What hooks may call, where there are some. */
  readonly hookRights?: Ports['hookRights'];
}

const payloadOf = <Name extends string>(named: Readonly<Record<Name, unknown>>) =>
  z.strictObject({ step: z.enum(Object.keys(named) as Name[]), run: runSchema });
const arrayPayload = payloadOf(steps);
const databasePayload = payloadOf(databaseSteps);
const silent = { info: () => {}, error: () => {} };

/**
 * An execution environment of the functions, of both in one: its sessions serve one step after the other, until it is
 * killed.
 */
export class Environment {
  readonly life = new Life();
  readonly #arrays: readonly FlashArray[];
  readonly #ports: Ports;
  readonly #open: OpenSession | undefined;

  constructor(options: EnvironmentOptions) {
    const { source, target, clock, store, executionState, database, hookRights } = options;
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
    this.#open = database?.(life);
    this.#ports = {
      store: store(life),
      clock: own,
      executionState,
      lingerSeconds: LINGER_SECONDS,
      hasOracle: database !== undefined,
      hookRights,
      locate: (key) => `s3://bucket/${key}`,
      sourceArray: () => Promise.resolve(sourceArray),
      targetArray: () => Promise.resolve(targetArray),
    };
  }

  /** What the handler does, and Lambda with what it throws. @throws TaskError */
  async invoke(payload: unknown): Promise<unknown> {
    try {
      return await this.#take(payload);
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

  #take(payload: unknown): Promise<Run> {
    const { data: ofDatabase } = databasePayload.safeParse(payload);
    if (ofDatabase) return this.#speak(ofDatabase);
    const { step, run } = arrayPayload.parse(payload);
    return runArrayStep({ name: step, act: steps[step], run, ports: this.#ports, log: silent });
  }

  #speak({ step, run }: z.output<typeof databasePayload>): Promise<Run> {
    const open = this.#open;
    if (!open) throw new Error('There is no database.');
    const { clock, lingerSeconds } = this.#ports;
    const act = () => databaseSteps[step](run, { clock, lingerSeconds, open });
    return runStep({ name: step, act, run, clock, log: silent });
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
