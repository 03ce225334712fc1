import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { SentCall } from '../../../lambda/flasharray/transport.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { API_TOKEN, sessionWith } from './support/sessions.ts';
import {
  openingWith,
  type StubAnswer,
  type StubArray,
  type StubRequest,
  startStubArray,
  stopStubArrays,
} from './support/stub-array.ts';

afterEach(stopStubArrays);

const call = {
  method: 'GET',
  path: '/volumes',
  query: { filter: "name='dev-1'" },
} as const;

/** What is noted of a session's calls, of which the array answers the last like this, 70 ms later. */
const notesOf = async (answer: (request: StubRequest) => StubAnswer) => {
  const clock = new ManualClock();
  const stub = await startStubArray(
    openingWith((request) => {
      clock.advance(70);
      return answer(request);
    }),
  );
  const notes: SentCall[] = [];
  const session = sessionWith(stub, { clock, note: (it) => notes.push(it) });
  await session.items(call, z.unknown()).catch(() => undefined);
  return { stub, session, notes };
};

/** Each is noted under the id that the array was given, which no other has. */
const expectIdsOf = ({ requests }: StubArray, notes: readonly SentCall[]) => {
  const ids = notes.map(({ request_id }) => request_id);
  expect(ids).toEqual(requests.map(({ requestId }) => requestId));
  expect(new Set(ids).size).toBe(requests.length);
};

const read = { method: 'GET', path: '/api/2.26/volumes', ms: 70 };

describe('of each call to an array is noted', () => {
  it('what it was, without its query, what came of it, how long that took, and under which id', async () => {
    const { stub, notes } = await notesOf(() => ({ body: { items: [] } }));

    const opening = { host: stub.host, status: 200, ms: 0 };
    expect(notes).toMatchObject([
      { ...opening, method: 'GET', path: '/api/api_version' },
      { ...opening, method: 'POST', path: '/api/2.26/login' },
      { ...read, host: stub.host, status: 200 },
    ]);
    expectIdsOf(stub, notes);
  });

  it('that it was refused', async () => {
    const { notes } = await notesOf(() => ({ status: 400, body: { errors: [] } }));

    expect(notes.at(-1)).toMatchObject({ ...read, status: 400 });
  });

  it('that no answer came, each time that it was sent', async () => {
    const { stub, session, notes } = await notesOf(() => 'hang up');

    expect(notes.slice(2)).toMatchObject(Array(2).fill({ ...read, status: 'SocketError' }));
    expect(notes).toHaveLength(session.requestCount);
    expectIdsOf(stub, notes);
  });

  it('no token, whatever the array makes of it', async () => {
    const { notes } = await notesOf(({ sessionToken }) => ({
      headers: { 'x-request-id': `of ${sessionToken}` },
      body: { items: [] },
    }));

    expect(notes).toHaveLength(3);
    expect(JSON.stringify(notes)).not.toMatch(new RegExp(`${API_TOKEN}|session-1`));
  });
});
