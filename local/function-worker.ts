import { parentPort, workerData } from 'node:worker_threads';
import * as z from 'zod';
import { type Answer, callSchema, workerDataSchema } from './function-protocol.ts';

/** Runs inside a worker thread, as the Lambda runtime does inside its environment: loads the bundle, calls the handler. */
const { bundle, handler } = workerDataSchema.parse(workerData);
const module = z.record(z.string(), z.unknown()).parse({ ...(await import(bundle)) });
const handle = z
  .custom<(event: unknown, context: unknown) => Promise<unknown>>(
    (value) => typeof value === 'function',
  )
  .parse(module[handler]);

parentPort?.on('message', async (message: unknown) => {
  const { id, event, awsRequestId } = callSchema.parse(message);
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
