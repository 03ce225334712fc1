import { describe, expect, it } from 'vitest';
import type { Fault } from '../../local/array/simulator.ts';
import { databases, definition } from '../support/databases.ts';
import { expectFailure, expectRefreshed, expectUntouched } from '../support/expectations.ts';
import { some } from '../support/extent.ts';
import { callsOf, copiedSnapshots, guardsOn, mutations } from '../support/run-report.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld({ state: databases() });
const logins = (calls: readonly string[]) => calls.filter((call) => call === 'POST /login').length;

/** What a refresh reads, each once at least. */
const reads = [
  '/arrays',
  '/protection-groups',
  '/protection-groups/volumes',
  '/protection-group-snapshots',
  '/volumes',
  '/volumes/tags',
  '/volumes/performance',
  '/connections',
  '/volume-snapshots',
  '/volume-snapshots/tags',
];

describe('trouble that passes', () => {
  it.each(some(reads, 3))(
    'is put up with on GET %s: 500, then 503 of a gateway, then 429',
    async (path) => {
      await world.define('nightly', definition);
      world.addFaults(
        { method: 'GET', path, nth: 1, effect: { status: 500 } },
        { method: 'GET', path, nth: 2, effect: { status: 503, body: '<html>Unavailable</html>' } },
        { method: 'GET', path, nth: 3, effect: { status: 429, body: { message: 'too many' } } },
      );

      const report = await world.run('nightly');

      expectRefreshed(report);
      expect(copiedSnapshots(report.after)).toHaveLength(1);
    },
  );

  it.each(['before', 'after'] as const)(
    'is put up with where the connection of each read drops once, %s the array did it',
    async (hang_up) => {
      await world.define('nightly', definition);
      world.addFaults(...reads.map((path) => ({ method: 'GET', path, effect: { hang_up } })));

      const report = await world.run('nightly');

      expectRefreshed(report);
      expect(callsOf(report.requests).filter((call) => call === 'GET /connections')).toHaveLength(
        2,
      );
    },
  );

  it('is put up with where the session expires, at any request of the run', async () => {
    await world.define('nightly', definition);
    const calls = callsOf((await world.run('nightly')).requests);
    const first = calls.indexOf('POST /login') + 1;
    const requests = calls.slice(first, calls.indexOf('POST /logout'));

    for (const [index] of some([...requests.entries()], 4)) {
      world.simulator.reset();
      world.addFaults({ nth: first + index + 1, effect: { expire_session: true } });
      const report = await world.run('nightly');
      expectRefreshed(report);
      expect(logins(callsOf(report.requests))).toBe(2);
      expect(copiedSnapshots(report.after)).toHaveLength(1);
    }
  });

  const atLogin: [string, Fault['effect']][] = [
    ['503', { status: 503 }],
    ['a connection that drops', { hang_up: 'after' }],
  ];

  it.each(some(atLogin, 1))('is put up with at the login by the machine: %s', async (_, effect) => {
    await world.define('nightly', definition);
    world.addFaults({ path: '/login', effect });

    const report = await world.run('nightly');

    expectRefreshed(report);
    expect(logins(callsOf(report.requests))).toBe(2);
  });

  it('does not matter at the logout', async () => {
    await world.define('nightly', definition);
    world.addFaults({ path: '/logout', effect: { status: 500 } });

    const report = await world.run('nightly');

    expectRefreshed(report);
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

describe('a snapshot request', () => {
  const path = '/protection-group-snapshots';

  const effects = [
    ['carried out, its answer lost', { hang_up: 'after' }],
    ['never received', { hang_up: 'before' }],
    ['answered with 503', { status: 503 }],
  ] as const;

  it.each(some(effects, 2))(
    '%s, leaves exactly one snapshot and the run succeeds',
    async (_, effect) => {
      await world.define('nightly', definition);
      world.addFaults({ method: 'POST', path, effect });

      const report = await world.run('nightly');

      expectRefreshed(report);
      expect(copiedSnapshots(report.after)).toEqual([`prd-pg.${report.run}`]);
      expect(report.manifest.snapshot?.reused).toBe(false);
    },
  );

  it('that comes second uses what the first one made', async () => {
    await world.define('nightly', { ...definition, snapshot_name: 'release-7' });
    await world.define('snap', { source_protection_group: 'prd-pg', execute: true });
    await world.run('snap', { snapshot_name: 'release-7' });
    // It is made after our run has looked for it in Prepare, where it has looked for guards before.
    const missing = { errors: [{ context: null, message: 'Snapshot does not exist.' }] };
    world.addFaults({ method: 'GET', path, nth: 2, effect: { status: 400, body: missing } });

    const report = await world.run('nightly');

    expect(callsOf(mutations(report.requests))).toContain(`POST ${path}`);
    expect(copiedSnapshots(report.after)).toEqual(copiedSnapshots(report.before));
    expect(report.manifest).toMatchObject({
      status: 'SUCCEEDED',
      snapshot: { name: 'prd-pg.release-7' },
    });
  });

  it('that the array refuses ends the run with the target untouched', async () => {
    await world.define('nightly', definition);
    const body = { errors: [{ context: 'prd-pg', message: 'Snapshot limit reached.' }] };
    world.addFaults({ method: 'POST', path, effect: { status: 400, body } });

    const report = await world.run('nightly');

    expectFailure(report, 'ArrayRequestRefused');
    expect(report.manifest.target).toBe('untouched');
    expect(report.manifest.error?.message).toContain('prd-pg: Snapshot limit reached.');
    expect(report.after).toEqual(report.before);
    expect(callsOf(mutations(report.requests))).toEqual([`POST ${path}`]);
  });
});

describe('a request for the guard', () => {
  /** The first snapshot that is made is that of the source. */
  const requests = [
    ['its snapshot', 'POST', '/protection-group-snapshots', 2],
    ['its tags', 'PUT', '/volume-snapshots/tags/batch', 1],
    ['the lock', 'PATCH', '/protection-group-snapshots', 1],
    ['the note that it is written', 'PUT', '/volume-snapshots/tags/batch', 2],
    ['its release', 'PATCH', '/protection-group-snapshots', 2],
  ] as const;
  const effects = [
    ['carried out, its answer lost', { hang_up: 'after' }],
    ['never received', { hang_up: 'before' }],
    ['answered with 503', { status: 503 }],
  ] as const;
  const cases = requests.flatMap(([what, ...request]) =>
    effects.map(([happens, effect]) => [what, happens, request, effect] as const),
  );

  // Five of the fifteen are each request once, and each effect.
  it.each(some(cases, 5))(
    'for %s, %s, is made again, and one guard is left to undo the refresh',
    async (_, __, [method, path, nth], effect) => {
      await world.define('nightly', definition);
      world.addFaults({ method, path, nth, effect });

      const report = await world.run('nightly');

      expectRefreshed(report);
      expect(guardsOn(report.after).filter((name) => name.includes('.before-'))).toEqual([
        report.manifest.guard,
      ]);
    },
  );
});

describe('the volumes of a snapshot', () => {
  const path = '/volume-snapshots';
  const orphan = {
    id: 'id-of-orphan',
    name: 'prd-pg.s1.prd-data-00',
    provisioned: 512,
    created: 0,
    source: { id: null, name: null },
  };

  it.each([
    ['SnapshotVanished', 'there are none', []],
    ['SnapshotWithoutSource', 'their source was eradicated', [orphan]],
  ])('end the run with %s where %s', async (error, _, items) => {
    await world.define('nightly', { ...definition, snapshot_name: 's1' });
    world.addFaults({ path, effect: { status: 200, body: { items } } });

    const report = await world.run('nightly');

    expectFailure(report, error);
    expect(report.manifest.target).toBe('untouched');
    expect(report.after.volumes).toEqual(report.before.volumes);
  });
});

describe('a step that Lambda fails', () => {
  const thrown = (name: string) => () => {
    throw Object.assign(new Error('in plain words'), { name });
  };
  const fail = (state: string, name: string, times: number) => {
    for (let time = 0; time < times; time += 1) world.before(state, thrown(name));
  };

  const errors = ['Lambda.TooManyRequestsException', 'Lambda.ServiceException', 'Sandbox.Timedout'];

  it.each(some(errors, 2))('is tried again after %s', async (name) => {
    await world.define('nightly', definition);
    fail('Overwrite Volumes', name, 3);

    const report = await world.run('nightly');

    expectRefreshed(report);
  });

  const states = [
    'Prepare',
    'Take Snapshot',
    'Plan Overwrite',
    'Acquire Guard',
    'Overwrite Volumes',
    'Verify Target',
    'Release Guard',
    'Record Result',
  ];

  // With those of a replicated run, in replication-trouble.test.ts, each of them is there but one.
  it.each(some(states, 4))(
    'after it was done comes to the same when it is done again: %s',
    async (state) => {
      await world.define('nightly', definition);
      world.after(state, thrown('Sandbox.Timedout'));

      const report = await world.run('nightly');

      expectRefreshed(report);
      expect(report.manifest.snapshot?.reused).toBe(false);
      expect(copiedSnapshots(report.after)).toHaveLength(1);
    },
  );

  it('is recorded by its name where a second attempt would not help', async () => {
    await world.define('nightly', definition);
    fail('Plan Overwrite', 'Runtime.OutOfMemory', 1);

    const { result, manifest, after, before } = await world.run('nightly');

    expect(result).toMatchObject({ status: 'FAILED', error: 'Runtime.OutOfMemory' });
    expect(manifest).toMatchObject({
      target: 'untouched',
      error: { name: 'Runtime.OutOfMemory', message: 'in plain words', remedy: null },
    });
    expect(after.volumes).toEqual(before.volumes);
  });

  it('to record a failure does not hide what failed', async () => {
    await world.define('nightly', definition);
    fail('Plan Overwrite', 'Runtime.OutOfMemory', 1);
    fail('Record Failure', 'Lambda.ServiceException', 4);

    const { result } = world.deployment.startExecution('unrecorded', { refresh: 'nightly' });

    expect(await result).toMatchObject({
      status: 'FAILED',
      error: 'Runtime.OutOfMemory',
      cause: 'in plain words',
    });
  });
});
