import { createServer } from 'node:http';
import { SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executionState } from '../../../lambda/aws/execution-state.ts';
import { type Listener, listen } from '../../../local/array/listen.ts';
import { LOOPBACK_CREDENTIALS } from '../../../local/aws/bucket.ts';
import { REGION } from '../../../local/template.ts';

const ARN = 'arn:aws:states:eu-central-1:123456789012:execution:Flow:nightly-1';

/** A Step Functions that gives one answer, and counts how often it was asked. */
const service = { asked: 0, status: 200, body: {} };
const server = createServer((request, response) => {
  service.asked += 1;
  request.resume().on('end', () => {
    response.writeHead(service.status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(service.body));
  });
});
let listener: Listener;
let client: SFNClient;

beforeAll(async () => {
  listener = await listen(server, 0);
  client = new SFNClient({
    endpoint: `http://127.0.0.1:${listener.port}`,
    region: REGION,
    credentials: LOOPBACK_CREDENTIALS,
    maxAttempts: 1,
  });
});
afterAll(() => {
  client.destroy();
  return listener.stop();
});

const ask = (status: number, body: object, arn = ARN) => {
  Object.assign(service, { asked: 0, status, body });
  return executionState(client)(arn);
};

describe('an execution is', () => {
  it.each([
    ['RUNNING', 'alive'],
    ['PENDING_REDRIVE', 'alive'],
    ['SUCCEEDED', 'dead'],
    ['FAILED', 'dead'],
    ['TIMED_OUT', 'dead'],
    ['ABORTED', 'dead'],
    ['A_STATUS_OF_NEXT_YEAR', 'unknown'],
  ])('%s: %s', async (status, state) => {
    expect(await ask(200, { executionArn: ARN, status })).toBe(state);
  });

  it.each(['AccessDeniedException', 'ExecutionDoesNotExist', 'InvalidArn', 'ValidationException'])(
    'unknown where Step Functions answers %s',
    async (type) => {
      expect(await ask(400, { __type: type, message: 'No.' })).toBe('unknown');
    },
  );

  it.each([
    '',
    'the nightly job of last week',
    'arn:aws:states:eu-central-1:123456789012:stateMachine:Flow',
    'arn:aws:s3:::bucket',
    `${ARN}:`,
  ])('unknown, without a question, by the name of "%s"', async (text) => {
    expect(await ask(200, { status: 'RUNNING' }, text)).toBe('unknown');
    expect(service.asked).toBe(0);
  });
});

it.each([
  [400, 'ThrottlingException'],
  [500, 'InternalServerException'],
])('an answer that says nothing about the execution is an error: %i %s', async (status, type) => {
  await expect(ask(status, { __type: type, message: 'Later.' })).rejects.toMatchObject({
    name: type,
  });
});
