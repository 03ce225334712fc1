import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ManualClock } from '../support/manual-clock.ts';
import { rejectionOf } from '../support/refusals.ts';
import { sessionWith } from './support/sessions.ts';
import {
  callsTo,
  openingWith,
  type StubAnswer,
  startStubArray,
  stopStubArrays,
} from './support/stub-array.ts';

afterEach(stopStubArrays);

const named = z.object({ name: z.string() });
const nothing = { body: { items: [] } };
const read = { method: 'GET', path: '/volumes' } as const;
const write = { method: 'POST', path: '/volumes', body: {} } as const;
const GET = 'GET /api/2.26/volumes';
const POST = 'POST /api/2.26/volumes';

/** An array whose answers to what follows the login are these, in order. */
const answering = (...answers: readonly StubAnswer[]) => {
  const left = [...answers];
  return startStubArray(openingWith(() => left.shift()));
};

describe('a connection that breaks off', () => {
  it('during a read: the read is repeated', async () => {
    const stub = await answering('hang up', nothing);

    await expect(sessionWith(stub).items(read, named)).resolves.toEqual([]);
    expect(callsTo(stub).slice(2)).toEqual([GET, GET]);
  });

  it('twice: the array is unavailable', async () => {
    const stub = await answering('hang up', 'hang up', nothing);

    expect(await rejectionOf(sessionWith(stub).items(read, named))).toMatchObject({
      name: 'ArrayUnavailable',
      message: expect.stringContaining('gave no answer to GET /api/2.26/volumes'),
    });
    expect(callsTo(stub).slice(2)).toEqual([GET, GET]);
  });

  it('during a mutation: it is not repeated, for it may have been carried out', async () => {
    const stub = await answering('hang up', nothing);

    expect((await rejectionOf(sessionWith(stub).items(write, named))).name).toBe(
      'ArrayUnavailable',
    );
    expect(callsTo(stub).slice(2)).toEqual([POST]);
  });

  it('during the login: that is not repeated either', async () => {
    const stub = await startStubArray(({ path }) =>
      path === '/api/api_version' ? { body: { version: ['2.26'] } } : 'hang up',
    );

    expect((await rejectionOf(sessionWith(stub).items(read, named))).name).toBe('ArrayUnavailable');
    expect(callsTo(stub)).toEqual(['GET /api/api_version', 'POST /api/2.26/login']);
  });
});

describe('an array that does not answer', () => {
  it.each([read, write])('is given thirty seconds by the clock ($method)', async (call) => {
    const stub = await answering(nothing, 'silence');
    const clock = new ManualClock();
    const session = sessionWith(stub, { clock });
    await session.items(read, named);
    let settled = false;

    const asked = stub.nextRequest();
    const outcome = rejectionOf(session.items(call, named)).finally(() => {
      settled = true;
    });
    await asked;
    clock.advance(29_999);
    // A round trip with another session: time enough for a rejection to show.
    await sessionWith(await answering(nothing)).items(read, named);
    const before = settled;
    clock.advance(1);

    expect(before).toBe(false);
    expect(await outcome).toMatchObject({
      name: 'ArrayUnavailable',
      message: expect.stringContaining(`to ${call.method} /api/2.26/volumes (TimeoutError)`),
    });
    expect(callsTo(stub).slice(3)).toEqual([`${call.method} /api/2.26/volumes`]);
  });

  it('because nobody listens there is unavailable', async () => {
    const { host, ca } = await startStubArray(() => undefined);
    await stopStubArrays();

    expect(await rejectionOf(sessionWith({ host, ca }).items(read, named))).toMatchObject({
      name: 'ArrayUnavailable',
      message: `Array ${host} gave no answer to GET /api/api_version (ECONNREFUSED).`,
      remedy: 'Check the address, the network path and the health of the array.',
    });
  });
});

describe('connections', () => {
  it('are used again for the next call', async () => {
    const stub = await answering(nothing, nothing);
    const clock = new ManualClock();
    const session = sessionWith(stub, { clock });

    await session.items(read, named);
    const before = stub.connections();
    clock.advance(3_999);
    await session.items(write, named);

    expect(stub.connections()).toBe(before);
  });

  it('that sat idle are dropped before the next call: they may be dead without our knowing', async () => {
    const stub = await answering(nothing, nothing);
    const clock = new ManualClock();
    const session = sessionWith(stub, { clock });

    await session.items(read, named);
    const before = stub.connections();
    clock.advance(4_000);
    await session.items(write, named);

    expect(stub.connections()).toBe(before + 1);
    expect(callsTo(stub).slice(2)).toEqual([GET, POST]);
  });

  it('with an answer under way are not dropped, however long it takes', async () => {
    let answer: (value: StubAnswer) => void = () => {};
    const slow = new Promise<StubAnswer>((resolve) => {
      answer = resolve;
    });
    const stub = await startStubArray(
      openingWith(({ path }) => (path.endsWith('/slow') ? slow : nothing)),
    );
    const clock = new ManualClock();
    const session = sessionWith(stub, { clock });
    await session.items(read, named);

    const asked = stub.nextRequest();
    const slowItems = session.items({ method: 'POST', path: '/slow' }, named);
    await asked;
    clock.advance(10_000);
    await session.items(read, named);
    answer({ body: { items: [{ name: 'late' }] } });

    await expect(slowItems).resolves.toEqual([{ name: 'late' }]);
  });
});
