import { describe, expect, it, vi } from 'vitest';
import { makeCertificate } from '../../local/array/certificate.ts';
import { databases, definition } from '../support/databases.ts';
import { expectFailure, expectRefreshed, expectUntouched } from '../support/expectations.ts';
import { some } from '../support/extent.ts';
import { freePort } from '../support/free-port.ts';
import { STRAY_TOKEN, wrongDefinitions, wrongInputs } from '../support/mistakes.ts';
import { callsOf, copiedSnapshots, statesOf } from '../support/run-report.ts';
import { useWorld } from '../support/world.ts';

const FOREIGN_TOKEN = '11111111-2222-4333-8444-555555555555';
const world = useWorld({
  state: databases(),
  restVersion: '2.26',
  tokens: [STRAY_TOKEN, FOREIGN_TOKEN],
});

const schedule = {
  refresh: 'nightly',
  trigger: 'schedule',
  scheduled_time: '2026-11-24T01:00:00Z',
};
const busEvent = {
  refresh: 'nightly',
  trigger: 'event',
  event_id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  detail: { pipeline: 'release', state: 'SUCCEEDED' },
};

describe('the start function', () => {
  it('starts the run of a schedule under the scheduled time', async () => {
    await world.define('nightly', definition);

    const report = await world.report(() => world.deployment.start(schedule));

    expect(report.run).toBe('nightly-20261124T010000Z');
    expect(report.manifest.trigger).toBe('schedule');
    expectRefreshed(report);
  });

  it('starts the run of a bus event under its id', async () => {
    await world.define('nightly', definition);

    const report = await world.report(() => world.deployment.start(busEvent));

    expect(report.run).toBe('nightly-6a7e8feb-b491-4cf7-a9f1-bf3703467718');
    expect(report.manifest.trigger).toBe('event');
    expectRefreshed(report);
  });

  it('takes overrides from the detail of a bus event, and nothing else', async () => {
    await world.define('nightly', definition);
    const overrides = { execute: false, snapshot_name: 'release-7', ignore_match: true };
    const detail = { refresh: 'other', execute: true, flasharray_refresh: overrides };

    const report = await world.report(() =>
      world.deployment.start({ ...busEvent, event_id: 'with-overrides', detail }),
    );

    expectUntouched(report);
    expect(report.manifest).toMatchObject({
      refresh: 'nightly',
      status: 'PLANNED',
      snapshot: { name: 'prd-pg.release-7' },
    });
  });

  const events: [string, object][] = [
    ['schedule', { ...schedule, scheduled_time: '2026-11-25T01:00:00Z' }],
    ['event', { ...busEvent, event_id: 'twice' }],
  ];

  it.each(some(events, 1))('starts one run for a %s that is delivered twice', async (_, event) => {
    await world.define('nightly', definition);
    const known = world.deployment.executions.size;
    const first = await world.deployment.start(event);
    await first.result;
    const requests = world.simulator.requests().length;

    const second = await world.deployment.start(event);

    expect(second).toBe(first);
    expect(world.deployment.executions.size).toBe(known + 1);
    expect(world.simulator.requests()).toHaveLength(requests);
  });

  it('starts one run for an invocation that Lambda repeats', async () => {
    await world.define('nightly', definition);
    const first = await world.deployment.start({ refresh: 'nightly' }, 'one-invocation');

    const second = await world.deployment.start({ refresh: 'nightly' }, 'one-invocation');

    expect(second).toBe(first);
    expect((await first.result).status).toBe('SUCCEEDED');
  });

  it('starts a run for each time that a person asks', async () => {
    await world.define('nightly', definition);

    const ask = () => world.report(() => world.deployment.start({ refresh: 'nightly' }));
    const first = await ask();
    const second = await ask();

    expect(first.run).not.toBe(second.run);
    expectRefreshed(first);
    expectRefreshed(second);
    expect(copiedSnapshots(world.array)).toHaveLength(2);
  });
});

describe('an input that is not right', () => {
  it.each(wrongInputs)('starts nothing: $mistake', async ({ event, error, says }) => {
    await world.define('nightly', definition);
    const known = world.deployment.executions.size;

    const start = world.deployment.start(event);

    await expect(start).rejects.toMatchObject({ name: error });
    await expect(start).rejects.toThrow(JSON.stringify(says).slice(1, -1));
    expect(world.deployment.executions.size).toBe(known);
    expect(await world.deployment.bucket.list('manifests/')).toEqual([]);
  });

  it.each(some(wrongInputs, 3))(
    'fails the state machine all the same: $mistake',
    async (mistake) => {
      await world.define('nightly', definition);

      const report = await world.execute(mistake.event ?? {});

      expectFailure(report, mistake.error);
      expectUntouched(report);
      expect(report.requests).toEqual([]);
    },
  );

  it('starts nothing where the overrides of a bus event aim it elsewhere', async () => {
    await world.define('nightly', definition);
    const detail = { flasharray_refresh: { source_protection_group: 'dev-pg' } };

    const start = world.deployment.start({ ...busEvent, event_id: 'aimed', detail });

    await expect(start).rejects.toMatchObject({ name: 'InvalidEvent' });
    expect(world.deployment.executions.has('nightly-aimed')).toBe(false);
  });
});

describe('a definition that is not right', () => {
  it.each(wrongDefinitions)('starts nothing: $mistake', async ({ broken, says }) => {
    await world.define('broken', broken);

    const start = world.deployment.start({ refresh: 'broken' });

    await expect(start).rejects.toMatchObject({ name: 'InvalidDefinition' });
    await expect(start).rejects.toThrow(JSON.stringify(says).slice(1, -1));
    await expect(start).rejects.not.toThrow(STRAY_TOKEN);
    expect(await world.deployment.bucket.list('manifests/')).toEqual([]);
  });

  it.each(some(wrongDefinitions, 3))(
    'fails the state machine all the same: $mistake',
    async ({ broken, says }) => {
      await world.define('broken', broken);

      const report = await world.execute({ refresh: 'broken' });

      expectFailure(report, 'InvalidDefinition');
      expectUntouched(report);
      expect(report.requests).toEqual([]);
      expect(report.manifest.error?.message).toContain(says);
    },
  );

  it('may hold comments and the spellings of the script', async () => {
    await world.define('nightly', {
      _comment: 'from the script',
      src_protection_group: 'prd-pg',
      tgt_protection_group: 'dev-pg',
      snapshot_name: '{refresh}-{run}',
      ignore_match: 'False',
      execute: 'True',
    });

    const report = await world.run('nightly');

    expectRefreshed(report);
    expect(report.manifest.snapshot?.name).toBe(`prd-pg.nightly-${report.run}`);
  });
});

describe('the execute lock', () => {
  it('keeps a definition that says nothing of execute from changing anything', async () => {
    const { execute: _, ...silent } = definition;
    await world.define('nightly', silent);

    const report = await world.run('nightly');

    expectUntouched(report);
    expect(report.manifest.status).toBe('PLANNED');
    expect(statesOf(report)).toEqual([
      'Begin',
      'Clears Up?',
      'Prepare',
      'Execute?',
      'Database?',
      'Record Result',
      'Done',
    ]);
  });

  it('may be opened and closed by the event', async () => {
    await world.define('locked', { ...definition, execute: false });
    await world.define('open', definition);

    const opened = await world.run('locked', { execute: true });
    const closed = await world.run('open', { execute: false });

    expectRefreshed(opened);
    expectUntouched(closed);
    expect(closed.manifest.status).toBe('PLANNED');
  });

  it('keeps a snapshot without a target group from being taken, too', async () => {
    const { target_protection_group: _, ...snapshotOnly } = definition;
    await world.define('snap', { ...snapshotOnly, execute: false });

    const report = await world.run('snap');

    expectUntouched(report);
    expect(report.manifest).toMatchObject({ status: 'PLANNED', target: 'none', pairs: [] });
  });
});

describe('the input of a run', () => {
  it('does the same past the start function', async () => {
    await world.define('nightly', definition);

    const report = await world.execute({ refresh: 'nightly', trigger: 'event' });

    expect(report.manifest.trigger).toBe('event');
    expectRefreshed(report);
  });

  it('is not in what the run leaves behind', async () => {
    await world.define('nightly', definition);

    const { manifest, folder } = await world.execute({ refresh: 'nightly', password: 'hunter2' });

    expect(folder).toBe('manifests/_unknown');
    expect(JSON.stringify(manifest)).not.toContain('hunter2');
  });

  it('is not in what the functions log, nor is a token', async () => {
    await world.define('nightly', definition);
    await world.deployment.start({ refresh: 'nightly' });
    await world.execute({ refresh: 'nightly', password: 'hunter2' });

    // A worker's log comes by a way of its own.
    const logged = () => {
      for (const message of ['Run started', 'Step done', 'Step failed']) {
        expect(world.logs.join()).toContain(message);
      }
    };
    await vi.waitFor(logged, { timeout: 30_000 });

    expect(world.logs.join()).not.toContain('hunter2');
    expect(await world.leaks()).toEqual([]);
  });
});

describe('a secret that is not right', () => {
  it('is tried once where the token is wrong: an array locks the account after some', async () => {
    await world.define('nightly', definition);
    world.putSecret({ src_flash_array_api_token: FOREIGN_TOKEN });

    const report = await world.run('nightly');

    expectFailure(report, 'ArrayLoginRefused');
    expectUntouched(report);
    expect(callsOf(report.requests).filter((call) => call !== 'GET /api/api_version')).toEqual([
      'POST /login',
    ]);
  });

  it('serves the next run once it has been corrected', async () => {
    await world.define('nightly', definition);
    world.putSecret({ src_flash_array_api_token: FOREIGN_TOKEN });
    await world.run('nightly');
    world.putSecret({});

    const report = await world.run('nightly');

    expectRefreshed(report);
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

describe('the watch over tokens', () => {
  it('finds one that has been written into the bucket', async () => {
    const [token = ''] = world.simulator.arrays.map(({ api_token }) => api_token);
    const key = 'manifests/nightly/run.json';
    await world.deployment.bucket.write(key, JSON.stringify({ token }), 'application/json');

    const leaks = await world.leaks();
    await world.reset();

    expect(leaks).toEqual([key]);
  });
});
