import { flushCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { Answer, Call, WorkerData } from './function-protocol.ts';

type Handler = (event: unknown, context: unknown) => Promise<unknown>;

/** Runs inside a worker thread, as the Lambda runtime does inside its environment: loads the bundle, calls the handler. */
const { bundle, handler }: WorkerData = workerData;
const module: Readonly<Record<string, Handler | undefined>> = await import(bundle);
// The thread is ended from outside, which leaves no time for it.
flushCompileCache();
const handle = module[handler];
if (typeof handle !== 'function') throw new Error(`The bundle has no handler ${handler}.`);

parentPort?.on('message', async ({ id, event, awsRequestId }: Call) => {
  let answer: Answer;
  try {
    answer = { id, result: JSON.stringify(await handle(JSON.parse(event), { awsRequestId })) };
  } catch (error) {
    answer = { id, error: describe(error) };
  }
  parentPort?.postMessage(answer);
});

/** Lambda's own document about an error that a handler threw. */
const describe = (error: unknown): NonNullable<Answer['error']> =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') }
    : { errorType: 'string', errorMessage: String(error), trace: [] };
