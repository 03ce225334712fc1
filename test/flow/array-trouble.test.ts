import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { makeCertificate } from '../../local/array/certificate.ts';
import type { Fault } from '../../local/array/simulator.ts';
import { databases, definition } from '../support/databases.ts';
import {
  expectFailure,
  expectRefreshed,
  expectUntouched,
  pairsOf,
} from '../support/expectations.ts';
import { callsOf } from '../support/run-report.ts';
import { useWorld } from '../support/world.ts';

const FOREIGN_TOKEN = '11111111-2222-4333-8444-555555555555';
const world = useWorld({ state: databases(), tokens: [FOREIGN_TOKEN] });
const logins = (calls: readonly string[]) => calls.filter((call) => call === 'POST /login').length;

/** What a refresh reads, each once at least. */
const reads = [
  '/arrays',
  '/protection-groups',
  '/protection-groups/volumes',
  '/protection-group-snapshots',
  '/volumes',
  '/volumes/tags',
  '/connections',
  '/volume-snapshots',
];

describe('trouble that passes', () => {
  it.each(reads)('is put up with on GET %s: 500, then 503 of a gateway, then 429', async (path) => {
    await world.define('nightly', definition);
    world.addFaults(
      { method: 'GET', path, nth: 1, effect: { status: 500 } },
      { method: 'GET', path, nth: 2, effect: { status: 503, body: '<html>Unavailable</html>' } },
      { method: 'GET', path, nth: 3, effect: { status: 429, body: { message: 'too many' } } },
    );

    const report = await world.run('nightly');

    expectRefreshed(report, pairsOf(report));
    expect(report.after.snapshots).toHaveLength(1);
  });

  it.each(['before', 'after'] as const)(
    'is put up with where the connection of each read drops once, %s the array did it',
    async (hang_up) => {
      await world.define('nightly', definition);
      world.addFaults(...reads.map((path) => ({ method: 'GET', path, effect: { hang_up } })));

      const report = await world.run('nightly');

      expectRefreshed(report, pairsOf(report));
      expect(callsOf(report.requests).filter((call) => call === 'GET /connections')).toHaveLength(
        2,
      );
    },
  );

  it('is put up with where the session expires, at any request of the run', async () => {
    await world.define('nightly', definition);
    const calls = callsOf((await world.run('nightly')).requests);
    const requests = calls.slice(calls.indexOf('POST /login') + 1, calls.indexOf('POST /logout'));

    for (const [index] of requests.entries()) {
      world.simulator.reset();
      // Counted from the login, which is the first.
      world.addFaults({ nth: index + 2, effect: { expire_session: true } });
      const report = await world.run('nightly');
      expectRefreshed(report, pairsOf(report));
      expect(logins(callsOf(report.requests))).toBe(2);
      expect(report.after.snapshots).toHaveLength(1);
    }
  });

  it.each([
    ['503', { status: 503 }],
    ['a connection that drops', { hang_up: 'after' }],
  ] as const)('is put up with at the login by the machine: %s', async (_, effect) => {
    await world.define('nightly', definition);
    world.addFaults({ path: '/login', effect });

    const report = await world.run('nightly');

    expectRefreshed(report, pairsOf(report));
    expect(logins(callsOf(report.requests))).toBe(2);
  });

  it('does not matter at the logout', async () => {
    await world.define('nightly', definition);
    world.addFaults({ path: '/logout', effect: { status: 500 } });

    const report = await world.run('nightly');

    expectRefreshed(report, pairsOf(report));
  });
});

describe('trouble that stays', () => {
  const lasting: [string, Fault['effect'], number][] = [
    ['ArrayUnavailable', { status: 500 }, 4],
    ['ArrayThrottled', { status: 429 }, 4],
    ['ArrayUnavailable', { hang_up: 'before' }, 8],
    ['ArrayPermissionDenied', { status: 403 }, 1],
    ['ArrayRequestRefused', { status: 400 }, 1],
    ['ArrayProtocolError', { status: 200, body: 'welcome' }, 1],
    ['ArrayProtocolError', { status: 200, body: { items: [{ nmae: 'x' }] } }, 1],
  ];

  it.each(lasting)('fails the run with %s: %j, asked %i times', async (error, effect, attempts) => {
    await world.define('nightly', definition);
    const path = '/protection-groups/volumes';
    world.addFaults({ path, times: 0, effect });

    const report = await world.run('nightly');

    expectFailure(report, error);
    expectUntouched(report);
    expect(report.manifest.error?.message).toContain(path);
    const calls = callsOf(report.requests);
    expect(calls.filter((call) => call === `GET ${path}`)).toHaveLength(attempts);
    expect(calls.at(-1)).toBe('POST /logout');
  });

  it('fails the run where a fresh session is not accepted either', async () => {
    await world.define('nightly', definition);
    world.addFaults({ path: '/volumes', times: 0, effect: { status: 401 } });

    const report = await world.run('nightly');

    expectFailure(report, 'ArrayLoginRefused');
    expectUntouched(report);
    expect(logins(callsOf(report.requests))).toBe(2);
  });
});

describe('a secret that does not fit the array', () => {
  it('is tried once where the token is wrong: an array locks the account after some', async () => {
    await world.define('nightly', definition);
    world.putSecret({ src_flash_array_api_token: FOREIGN_TOKEN });

    const report = await world.run('nightly');

    expectFailure(report, 'ArrayLoginRefused');
    expectUntouched(report);
    expect(callsOf(report.requests)).toEqual(['GET /api/api_version', 'POST /login']);
  });

  it('serves the next run once it has been corrected', async () => {
    await world.define('nightly', definition);
    world.putSecret({ src_flash_array_api_token: FOREIGN_TOKEN });
    await world.run('nightly');
    world.putSecret({});

    const report = await world.run('nightly');

    expectRefreshed(report, pairsOf(report));
  });

  it('is asked four times where nobody answers', async () => {
    await world.define('nightly', definition);
    world.putSecret({ src_flash_array_host: `127.0.0.1:${await freePort()}` });

    const report = await world.run('nightly');

    expectFailure(report, 'ArrayUnavailable');
    expectUntouched(report);
    const retries = report.history.filter(({ type }) => type === 'StateRetried');
    expect(retries).toHaveLength(3);
  });

  it('is told to nobody whose certificate is not accepted', async () => {
    await world.define('nightly', definition);
    const { ca } = await makeCertificate();
    world.putSecret({ src_flash_array_ca: ca });

    const report = await world.run('nightly');

    expectFailure(report, 'ArrayCertificateRefused');
    expectUntouched(report);
    expect(report.requests).toEqual([]);
  });

  it('fails the run where it lacks the token', async () => {
    await world.define('nightly', definition);
    world.putSecret({ src_flash_array_api_token: undefined });

    const report = await world.run('nightly');

    expectFailure(report, 'InvalidCredentials');
    expect(report.manifest.error?.message).toContain('src_flash_array_api_token');
    expect(report.requests).toEqual([]);
  });
});

/** A port of this machine on which nothing listens. */
const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return address !== null && typeof address === 'object' ? address.port : 0;
};
