import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { API_TOKEN, sessionWith } from './support/sessions.ts';
import {
  openingWith,
  type StubAnswer,
  type StubRequest,
  startStubArray,
  stopStubArrays,
} from './support/stub-array.ts';

afterEach(stopStubArrays);

const named = z.object({ name: z.string() });
const call = { method: 'POST', path: '/volumes', body: {} } as const;
const SESSION_TOKEN = 'session-1';

/** All that can be got out of an error, by whatever prints it. */
const traceOf = async (underWay: Promise<unknown>): Promise<string> => {
  const error: unknown = await underWay.then(
    () => {
      throw new Error('This should have failed.');
    },
    (reason: unknown) => reason,
  );
  const inDepth = inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true });
  return `${inDepth} ${JSON.stringify(error)} ${String(error)}`;
};

/** Repeats whatever token it was sent, as a gateway does that means to be helpful. */
const echo =
  (status: number) =>
  ({ apiToken, sessionToken }: StubRequest): StubAnswer => ({
    status,
    body: {
      errors: [
        { context: apiToken ?? sessionToken, message: `${apiToken} ${sessionToken} is bad` },
      ],
      message: `${apiToken} ${sessionToken}`,
    },
  });

const unexpected: Record<string, (request: StubRequest) => StubAnswer> = {
  'the socket closed': () => 'hang up',
  'no JSON': () => ({ body: '<html></html>' }),
  'JSON of another shape': () => ({ body: { items: [{ name: 5 }] } }),
  'a session token of another kind': () => ({ headers: { 'x-auth-token': '' } }),
  ...Object.fromEntries(
    [400, 401, 403, 404, 429, 500].map((status) => [`${status} and the token back`, echo(status)]),
  ),
  'the token where an item should be': ({ apiToken, sessionToken }) => ({
    body: { items: [apiToken ?? sessionToken], more_items_remaining: apiToken },
  }),
};

describe.each(Object.entries(unexpected))('after %s', (_, answer) => {
  it('to the login, nothing of the API token is in the error', async () => {
    const stub = await startStubArray((request) =>
      request.path.endsWith('/login') ? answer(request) : openingWith(() => undefined)(request),
    );

    const trace = await traceOf(sessionWith(stub).items(call, named));

    expect(trace).toContain('Array');
    expect(trace).not.toContain(API_TOKEN);
  });

  it('to a call, nothing of either token is in the error', async () => {
    const stub = await startStubArray(
      openingWith((request) =>
        request.sessionToken === SESSION_TOKEN || answer === unexpected['401 and the token back']
          ? answer(request)
          : undefined,
      ),
    );

    const trace = await traceOf(sessionWith(stub).items(call, named));

    expect(trace).toContain('Array');
    expect(trace).not.toContain(API_TOKEN);
    expect(trace).not.toMatch(/session-\d/);
  });
});

it('a token that cannot be sent is not in the error either', async () => {
  const stub = await startStubArray(openingWith(() => undefined));
  const apiToken = `${API_TOKEN}\n`;

  expect(await traceOf(sessionWith(stub, { apiToken }).items(call, named))).not.toContain(
    API_TOKEN,
  );
});

it('neither a session nor what it is made of shows a token when it is printed', async () => {
  const stub = await startStubArray(openingWith(() => ({ body: { items: [] } })));
  const session = sessionWith(stub);
  await session.items(call, named);

  const printed = `${inspect(session, { depth: 5 })} ${JSON.stringify(session)}`;

  expect(printed).not.toContain(API_TOKEN);
  expect(printed).not.toContain(SESSION_TOKEN);
});
