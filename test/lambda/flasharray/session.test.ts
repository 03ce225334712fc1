import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { rejectionOf } from '../support/refusals.ts';
import { API_TOKEN, sessionWith } from './support/sessions.ts';
import {
  callsTo,
  openingWith,
  type StubRequest,
  startStubArray,
  stopStubArrays,
} from './support/stub-array.ts';

afterEach(stopStubArrays);

const named = z.object({ name: z.string() });
const items = (...names: readonly string[]) => ({
  body: { items: names.map((name) => ({ name })) },
});

/** An array that knows the session of these logins only, counted from 1. */
const knowing = (...logins: readonly number[]) =>
  openingWith(({ sessionToken }) =>
    logins.some((login) => sessionToken === `session-${login}`) ? items('a') : { status: 401 },
  );

const LOGIN = 'POST /api/2.26/login';

describe('the version', () => {
  it('is asked for once, however many sessions follow each other', async () => {
    const stub = await startStubArray(knowing(1, 2));
    const known = { minor: undefined };

    for (const session of [sessionWith(stub, { known }), sessionWith(stub, { known })])
      await session.list('/volumes', {}, named);

    const volumes = 'GET /api/2.26/volumes';
    expect(callsTo(stub)).toEqual(['GET /api/api_version', LOGIN, volumes, LOGIN, volumes]);
  });

  it.each([401, 404])(
    'is asked for again where the array answers %i to the one of before',
    async (status) => {
      const opened = knowing(1);
      const stub = await startStubArray((request) =>
        request.path.startsWith('/api/2.56/') ? { status } : opened(request),
      );
      const session = sessionWith(stub, { known: { minor: 56 } });

      expect((await session.list('/volumes', {}, named)).length).toBe(1);
      expect(callsTo(stub)).toEqual([
        'POST /api/2.56/login',
        'GET /api/api_version',
        LOGIN,
        'GET /api/2.26/volumes',
      ]);
    },
  );

  it('is no reason to offer a token twice that is refused', async () => {
    const stub = await startStubArray(({ path }) =>
      path === '/api/api_version'
        ? { body: { version: ['2.26'] } }
        : { status: 401, body: { errors: [] } },
    );
    const session = sessionWith(stub, { known: { minor: 26 } });

    expect((await rejectionOf(session.list('/volumes', {}, named))).name).toBe('ArrayLoginRefused');
    expect(callsTo(stub)).toEqual([LOGIN, 'GET /api/api_version']);
  });
});

describe('the first calls, in parallel', () => {
  it('share one look at the versions and one login', async () => {
    const stub = await startStubArray(knowing(1));
    const session = sessionWith(stub);

    const lists = await Promise.all(
      ['/volumes', '/arrays', '/connections'].map((path) => session.list(path, {}, named)),
    );

    expect(lists).toEqual([[{ name: 'a' }], [{ name: 'a' }], [{ name: 'a' }]]);
    expect(callsTo(stub).slice(0, 2)).toEqual(['GET /api/api_version', LOGIN]);
    expect(callsTo(stub).slice(2).toSorted()).toEqual([
      'GET /api/2.26/arrays',
      'GET /api/2.26/connections',
      'GET /api/2.26/volumes',
    ]);
    expect(session.requestCount).toBe(5);
  });

  it('send the API token with the login alone, and the session’s with everything else', async () => {
    const stub = await startStubArray(knowing(1));

    await sessionWith(stub).list('/volumes', {}, named);

    expect(stub.requests.map(({ apiToken, sessionToken }) => [apiToken, sessionToken])).toEqual([
      [undefined, undefined],
      [API_TOKEN, undefined],
      [undefined, 'session-1'],
    ]);
  });

  it('share a refused login, which is not repeated', async () => {
    const stub = await startStubArray((request) =>
      request.path.endsWith('/login') ? { status: 401 } : openingWith(() => items())(request),
    );
    const session = sessionWith(stub);

    const refusals = await Promise.all([
      rejectionOf(session.list('/volumes', {}, named)),
      rejectionOf(session.list('/arrays', {}, named)),
    ]);

    expect(refusals.map(({ name }) => name)).toEqual(['ArrayLoginRefused', 'ArrayLoginRefused']);
    expect(callsTo(stub)).toEqual(['GET /api/api_version', LOGIN]);
  });
});

describe('a session that the array no longer knows', () => {
  it('is opened anew once for all calls in parallel', async () => {
    const stub = await startStubArray(knowing(2));
    const session = sessionWith(stub);

    const lists = await Promise.all(
      ['/volumes', '/arrays', '/connections'].map((path) => session.list(path, {}, named)),
    );

    expect(lists).toHaveLength(3);
    expect(callsTo(stub).filter((call) => call === LOGIN)).toHaveLength(2);
    expect(stub.requests.filter(({ sessionToken }) => sessionToken === 'session-1')).toHaveLength(
      3,
    );
    expect(stub.requests.filter(({ sessionToken }) => sessionToken === 'session-2')).toHaveLength(
      3,
    );
  });

  it('is opened anew for a mutation as well, which is then sent once more', async () => {
    const stub = await startStubArray(knowing(2));

    await sessionWith(stub).items({ method: 'POST', path: '/volumes', body: { a: 1 } }, named);

    const posts = stub.requests.filter(({ path }) => path === '/api/2.26/volumes');
    expect(posts.map(({ sessionToken, body }) => [sessionToken, body])).toEqual([
      ['session-1', '{"a":1}'],
      ['session-2', '{"a":1}'],
    ]);
  });

  it('is not opened a third time: then it is the token that is refused', async () => {
    const stub = await startStubArray(knowing());

    const refusal = await rejectionOf(sessionWith(stub).list('/volumes', {}, named));

    expect(refusal).toMatchObject({
      name: 'ArrayLoginRefused',
      message: `Array ${stub.host} does not accept the API token (GET /volumes answered 401).`,
    });
    expect(callsTo(stub).filter((call) => call === LOGIN)).toHaveLength(2);
  });
});

/** An array that lets a token in once, and knows no session from then on. */
const revoking = () => {
  let logins = 0;
  const open = openingWith(() => ({ status: 401 }));
  return (request: StubRequest) => {
    if (!request.path.endsWith('/login')) return open(request);
    logins += 1;
    return logins === 1 ? open(request) : { status: 401 };
  };
};

describe('a token that the array refuses', () => {
  it('is offered once, whoever comes later', async () => {
    const stub = await startStubArray(revoking());
    const session = sessionWith(stub);

    for (const path of ['/volumes', '/arrays', '/connections']) {
      expect((await rejectionOf(session.list(path, {}, named))).name).toBe('ArrayLoginRefused');
    }

    expect(callsTo(stub).filter((call) => call === LOGIN)).toHaveLength(2);
  });

  it('makes way for the one that has taken its place', async () => {
    const stub = await startStubArray(knowing(2));
    const tokens = ['old', 'new'];
    const session = sessionWith(stub, {
      tokens: {
        current: async () => tokens[0] ?? '',
        renewed: async () => {
          tokens.shift();
          return tokens[0] ?? '';
        },
      },
    });

    await session.list('/volumes', {}, named);
    await session.list('/arrays', {}, named);

    const logins = stub.requests.filter(({ path }) => path.endsWith('/login'));
    expect(logins.map(({ apiToken }) => apiToken)).toEqual(['old', 'new']);
  });

  it('is not used on by a session that it had opened, once another has taken its place', async () => {
    const stub = await startStubArray(knowing(1, 2));
    let token = 'old';
    const source = async () => token;
    const session = sessionWith(stub, { tokens: { current: source, renewed: source } });
    await session.list('/volumes', {}, named);
    token = 'new';

    await session.list('/arrays', {}, named);

    const asked = stub.requests.find(({ path }) => path === '/api/2.26/arrays');
    expect(asked?.sessionToken).toBe('session-2');
  });
});

describe('the version', () => {
  it('is the one that is pinned, where the array offers it', async () => {
    const stub = await startStubArray((request) =>
      request.path === '/api/api_version'
        ? { body: { version: ['2.4', '2.26', '2.56'] } }
        : openingWith(() => items(), '2.4')(request),
    );

    await sessionWith(stub, { pin: '2.4' }).list('/volumes', {}, named);

    expect(callsTo(stub).at(-1)).toBe('GET /api/2.4/volumes');
  });

  it('is asked for again after an answer that was no use', async () => {
    let asked = 0;
    const stub = await startStubArray((request) => {
      if (request.path !== '/api/api_version') return knowing(1)(request);
      asked += 1;
      return asked === 1 ? { status: 503 } : { body: { version: ['2.26'] } };
    });
    const session = sessionWith(stub);

    expect((await rejectionOf(session.list('/volumes', {}, named))).name).toBe('ArrayUnavailable');
    await expect(session.minor()).resolves.toBe(26);
  });
});

describe('logging out', () => {
  const LOGOUT = 'POST /api/2.26/logout';

  it('ends the session; a later call opens another', async () => {
    const stub = await startStubArray(knowing(1, 2));
    const session = sessionWith(stub);
    await session.list('/volumes', {}, named);

    await session.logOut();
    await session.list('/volumes', {}, named);

    expect(callsTo(stub).slice(3)).toEqual([LOGOUT, LOGIN, 'GET /api/2.26/volumes']);
    expect(stub.requests.find(({ path }) => path.endsWith('/logout'))?.sessionToken).toBe(
      'session-1',
    );
  });

  it('of a session that was never opened sends nothing', async () => {
    const stub = await startStubArray(knowing(1));

    await sessionWith(stub).logOut();

    expect(stub.requests).toEqual([]);
  });

  it.each([
    ['is refused', { status: 500 } as const],
    ['gets no answer', 'hang up' as const],
  ])('that %s is no failure', async (_, answer) => {
    const stub = await startStubArray((request) =>
      request.path.endsWith('/logout') ? answer : knowing(1)(request),
    );
    const session = sessionWith(stub);
    await session.list('/volumes', {}, named);

    await expect(session.logOut()).resolves.toBeUndefined();
  });
});

describe('a greeting', () => {
  it('begins anew: what was known may no longer be so', async () => {
    const stub = await startStubArray(knowing(1, 2));
    const session = sessionWith(stub);
    await session.list('/volumes', {}, named);

    expect(await session.greet()).toBe(26);
    await session.list('/volumes', {}, named);

    expect(callsTo(stub).slice(3)).toEqual([
      'POST /api/2.26/logout',
      'GET /api/api_version',
      LOGIN,
      'GET /api/2.26/volumes',
    ]);
  });

  it('as the first call asks for nothing but the versions', async () => {
    const stub = await startStubArray(knowing(1));

    await sessionWith(stub).greet();

    expect(callsTo(stub)).toEqual(['GET /api/api_version']);
  });
});
