import { Worker } from 'node:worker_threads';
import { type Answer, answerSchema, type Call, type WorkerData } from './function-protocol.ts';

const WORKER = new URL('./function-worker.ts', import.meta.url).href;
/** Loads the worker with what Node has compiled for earlier ones: a start takes a third of the time. */
const LOAD_WORKER = `require('node:module').enableCompileCache(); import(${JSON.stringify(WORKER)});`;

/** A handler's error as Step Functions sees it: the type as its name, Lambda's document as its cause. */
export class FunctionError extends Error {
  constructor({ errorType, errorMessage, trace }: NonNullable<Answer['error']>) {
    super(JSON.stringify({ errorType, errorMessage, trace }));
    this.name = errorType;
  }
}

export interface LocalFunctionOptions {
  readonly bundle: string;
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Receives what the handler logs, line by line. */
  readonly onLog: (line: string) => void;
}

type Waiting = { resolve: (value: unknown) => void; reject: (error: unknown) => void };

/**
 * One warm execution environment of a Lambda function: a worker thread with its own copy of the bundle, its own
 * environment and its own log.
 */
export class LocalFunction {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;
  /** Why it can no longer be called. */
  #end: unknown;

  constructor({ bundle, handler, environment, onLog }: LocalFunctionOptions) {
    this.#worker = new Worker(LOAD_WORKER, {
      eval: true,
      workerData: { bundle, handler } satisfies WorkerData,
      env: { ...environment },
      stdout: true,
      stderr: true,
    });
    this.#worker.on('message', (message: unknown) => this.#settle(message));
    this.#worker.on('error', (error) => this.#failAll(error));
    this.#worker.on('exit', () => this.#failAll(new Error('The function’s environment ended.')));
    for (const stream of [this.#worker.stdout, this.#worker.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => text.split('\n').filter(Boolean).forEach(onLog));
    }
  }

  /**
   * @returns what the handler returned, through JSON
   * @throws FunctionError when the handler threw
   */
  invoke(event: unknown, awsRequestId: string): Promise<unknown> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    this.#calls += 1;
    const call: Call = { id: this.#calls, event: JSON.stringify(event), awsRequestId };
    return new Promise((resolve, reject) => {
      this.#waiting.set(call.id, { resolve, reject });
      this.#worker.postMessage(call);
    });
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  #settle(message: unknown): void {
    const { id, result, error } = answerSchema.parse(message);
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) waiting?.reject(new FunctionError(error));
    else waiting?.resolve(result === undefined ? undefined : JSON.parse(result));
  }

  #failAll(error: unknown): void {
    this.#end ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
