import type { Deployment } from '../../local/deployment.ts';
import { FunctionError } from '../../local/local-function.ts';

/** Lambda calls a function again that has failed while nobody waits for it. */
const ATTEMPTS = 3;
const REQUEST = '8ea123e4-1db7-4aca-ad10-d9ca1234c1fd';

/** What the destination of the start function gets of a request that it could not handle. */
export const failedStart = <Response>(requestPayload: unknown, responsePayload: Response) => ({
  version: '1.0',
  timestamp: '2026-11-24T01:03:00.512Z',
  requestContext: {
    requestId: REQUEST,
    functionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:Start:$LATEST',
    condition: 'RetriesExhausted',
    approximateInvokeCount: ATTEMPTS,
  },
  requestPayload,
  responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
  responsePayload,
});

/**
 * Hands the start function a request as Lambda does for a schedule or a rule, until it gives up, and the notify function what
 * comes of it.
 * @returns what that answers
 */
export const deliverInVain = async (deployment: Deployment, request: unknown): Promise<unknown> => {
  const errors = [];
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1)
    errors.push(await errorOf(deployment.start(request, REQUEST)));
  return deployment.notify(failedStart(request, errors.at(-1)));
};

/** The error as Lambda has it. */
const errorOf = async (call: Promise<unknown>): Promise<unknown> => {
  try {
    await call;
  } catch (error) {
    if (error instanceof FunctionError) return JSON.parse(error.message);
    throw error;
  }
  throw new Error('The start function has started a run.');
};
