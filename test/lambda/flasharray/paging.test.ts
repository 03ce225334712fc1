import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { rejectionOf } from '../support/refusals.ts';
import { sessionWith } from './support/sessions.ts';
import {
  openingWith,
  type StubRequest,
  startStubArray,
  stopStubArrays,
} from './support/stub-array.ts';

afterEach(stopStubArrays);

const named = z.object({ name: z.string() });
const PAGE = 2;
const names = ['a', 'b', 'c', 'd', 'e'];
const pageFrom = (offset: number) => names.slice(offset, offset + PAGE).map((name) => ({ name }));
const hasMore = (offset: number) => offset + PAGE < names.length;

/** Pages by continuation token, as an array does where nothing is sorted. */
const byToken = openingWith(({ query }) => {
  const offset = Number(query['continuation_token']?.replace('after-', '') ?? 0);
  const token = hasMore(offset) ? `after-${offset + PAGE}` : null;
  return {
    body: {
      items: pageFrom(offset),
      more_items_remaining: token !== null,
      continuation_token: token,
    },
  };
});

/** Pages by offset: a sorted list has no continuation token. */
const byOffset = openingWith(({ query }) => {
  const offset = Number(query['offset'] ?? 0);
  return {
    body: {
      items: pageFrom(offset),
      more_items_remaining: hasMore(offset),
      continuation_token: null,
    },
  };
});

const queriesOf = (requests: readonly StubRequest[]) =>
  requests.filter(({ path }) => path.endsWith('/volumes')).map(({ query }) => query);

describe('a listing of several pages', () => {
  it('is followed by continuation token to its end, under the same filter', async () => {
    const stub = await startStubArray(byToken);

    const found = await sessionWith(stub).list('/volumes', { filter: "name='*'" }, named);

    expect(found.map(({ name }) => name)).toEqual(names);
    expect(queriesOf(stub.requests)).toEqual([
      { filter: "name='*'" },
      { filter: "name='*'", continuation_token: 'after-2' },
      { filter: "name='*'", continuation_token: 'after-4' },
    ]);
  });

  it('is followed by offset where it is sorted', async () => {
    const stub = await startStubArray(byOffset);

    const found = await sessionWith(stub).list('/volumes', { sort: 'name' }, named);

    expect(found.map(({ name }) => name)).toEqual(names);
    expect(queriesOf(stub.requests)).toEqual([
      { sort: 'name' },
      { sort: 'name', offset: '2' },
      { sort: 'name', offset: '4' },
    ]);
  });

  it('that says there is more and then has nothing is not believed', async () => {
    const stub = await startStubArray(
      openingWith(() => ({ body: { items: [], more_items_remaining: true } })),
    );

    expect(await rejectionOf(sessionWith(stub).list('/volumes', {}, named))).toMatchObject({
      name: 'ArrayProtocolError',
      message: expect.stringContaining('GET /volumes is not what its API promises: more_items_rem'),
    });
  });
});
