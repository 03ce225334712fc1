import { describe, expect, it } from 'vitest';
import { databases, definition } from '../support/databases.ts';
import {
  expectFailure,
  expectRefreshed,
  expectUntouched,
  pairsOf,
} from '../support/expectations.ts';
import { statesOf } from '../support/run-report.ts';
import { useWorld } from '../support/world.ts';

const TOKEN = '3bdf3b60-f0c0-fa8a-83c1-b794ba8f562c';
const world = useWorld({ state: databases(), restVersion: '2.26', tokens: [TOKEN] });

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
    expectRefreshed(report, pairsOf(report));
  });

  it('starts the run of a bus event under its id', async () => {
    await world.define('nightly', definition);

    const report = await world.report(() => world.deployment.start(busEvent));

    expect(report.run).toBe('nightly-6a7e8feb-b491-4cf7-a9f1-bf3703467718');
    expect(report.manifest.trigger).toBe('event');
    expectRefreshed(report, pairsOf(report));
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

  it.each([
    ['schedule', { ...schedule, scheduled_time: '2026-11-25T01:00:00Z' }],
    ['event', { ...busEvent, event_id: 'twice' }],
  ])('starts one run for a %s that is delivered twice', async (_, event) => {
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

    const first = await world.deployment.start({ refresh: 'nightly' });
    const second = await world.deployment.start({ refresh: 'nightly' });

    expect(first.name).not.toBe(second.name);
    expect(await first.result).toMatchObject({ status: 'SUCCEEDED' });
    expect(await second.result).toMatchObject({ status: 'SUCCEEDED' });
    expect(world.array.snapshots).toHaveLength(2);
  });
});

/** What is wrong with the input, the error's name, and what its message must and must not hold. */
const mistakes = [
  {
    mistake: 'an unknown refresh',
    event: { refresh: 'nightli' },
    error: 'UnknownRefresh',
    says: '"nightly"',
  },
  {
    mistake: 'a name that leads out of the folder',
    event: { refresh: '../manifests/nightly' },
    error: 'UnknownRefresh',
    says: 'cannot be the name',
  },
  {
    mistake: 'an override of the target group',
    event: { refresh: 'nightly', target_protection_group: 'prd-pg' },
    error: 'InvalidEvent',
    says: 'unknown key "target_protection_group"',
  },
  {
    mistake: 'an override of replicate',
    event: { refresh: 'nightly', replicate: true },
    error: 'InvalidEvent',
    says: 'unknown key "replicate"',
  },
  {
    mistake: 'an override of a wrong type',
    event: { refresh: 'nightly', execute: 'yes' },
    error: 'InvalidEvent',
    says: 'execute: expected a boolean, found "yes"',
  },
  {
    mistake: 'an override that is not delivered yet',
    event: { refresh: 'nightly', ora_backup_mode: true },
    error: 'InvalidDefinition',
    says: 'ora_backup_mode',
  },
  {
    mistake: 'a snapshot name that the array would not take',
    event: { refresh: 'nightly', snapshot_name: 'with space' },
    error: 'InvalidDefinition',
    says: '"with space"',
  },
  { mistake: 'no event at all', event: null, error: 'InvalidEvent', says: 'expected an object' },
] as const;

describe('an input that is not right', () => {
  it.each(mistakes)('starts nothing: $mistake', async ({ event, error, says }) => {
    await world.define('nightly', definition);
    const known = world.deployment.executions.size;

    const start = world.deployment.start(event);

    await expect(start).rejects.toMatchObject({ name: error });
    await expect(start).rejects.toThrow(JSON.stringify(says).slice(1, -1));
    expect(world.deployment.executions.size).toBe(known);
    expect(await world.deployment.bucket.list('manifests/')).toEqual([]);
  });

  it.each(mistakes)('fails the state machine all the same: $mistake', async (mistake) => {
    await world.define('nightly', definition);

    const report = await world.execute(mistake.event ?? {});

    expectFailure(report, mistake.error);
    expectUntouched(report);
    expect(report.requests).toEqual([]);
  });

  it('starts nothing where the overrides of a bus event aim it elsewhere', async () => {
    await world.define('nightly', definition);
    const detail = { flasharray_refresh: { source_protection_group: 'dev-pg' } };

    const start = world.deployment.start({ ...busEvent, event_id: 'aimed', detail });

    await expect(start).rejects.toMatchObject({ name: 'InvalidEvent' });
    expect(world.deployment.executions.has('nightly-aimed')).toBe(false);
  });
});

const definitions = [
  {
    mistake: 'text that is no JSON',
    broken: '{\n  "source_protection_group": ,\n}',
    says: 'not JSON',
  },
  { mistake: 'a document that is no object', broken: '[]', says: 'definition "broken"' },
  {
    mistake: 'no source group',
    broken: { target_protection_group: 'dev-pg' },
    says: 'source_protection_group',
  },
  {
    mistake: 'an unknown key',
    broken: { ...definition, taget_protection_group: 'x' },
    says: '"taget_protection_group"',
  },
  {
    mistake: 'a wrong type',
    broken: { ...definition, excluded_volumes: 'app-config' },
    says: 'excluded_volumes',
  },
  {
    mistake: 'a token',
    broken: { ...definition, src_flash_array_api_token: TOKEN },
    says: '"src_flash_array_api_token"',
  },
  {
    mistake: 'a token that breaks the JSON off',
    broken: `{ "api_token": "${TOKEN}`,
    says: 'not JSON',
  },
  { mistake: 'replicate', broken: { ...definition, replicate: true }, says: 'replicate' },
  {
    mistake: 'ora_backup_mode',
    broken: { ...definition, ora_backup_mode: 'True' },
    says: 'ora_backup_mode',
  },
];

describe('a definition that is not right', () => {
  it.each(definitions)('starts nothing: $mistake', async ({ broken, says }) => {
    await world.define('broken', broken);

    const start = world.deployment.start({ refresh: 'broken' });

    await expect(start).rejects.toMatchObject({ name: 'InvalidDefinition' });
    await expect(start).rejects.toThrow(JSON.stringify(says).slice(1, -1));
    await expect(start).rejects.not.toThrow(TOKEN);
    expect(await world.deployment.bucket.list('manifests/')).toEqual([]);
  });

  it.each(definitions)(
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

    expectRefreshed(report, pairsOf(report));
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
    expect(statesOf(report)).toEqual(['Begin', 'Prepare', 'Execute?', 'Record Result', 'Done']);
  });

  it('may be opened and closed by the event', async () => {
    await world.define('locked', { ...definition, execute: false });
    await world.define('open', definition);

    const opened = await world.run('locked', { execute: true });
    const closed = await world.run('open', { execute: false });

    expectRefreshed(opened, pairsOf(opened));
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
    expectRefreshed(report, pairsOf(report));
  });

  it('is not in what the run leaves behind', async () => {
    await world.define('nightly', definition);

    const { manifest, folder } = await world.execute({ refresh: 'nightly', password: 'hunter2' });

    expect(folder).toBe('manifests/_unknown');
    expect(JSON.stringify(manifest)).not.toContain('hunter2');
  });
});
