import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startRun } from '../../../lambda/steps/start-run.ts';
import { rejectionOf } from '../support/refusals.ts';
import { nightly } from './support/bench.ts';
import { EVENT_ID, INVOCATION, setUpStart } from './support/start-bench.ts';

const scheduled = {
  refresh: 'nightly',
  trigger: 'schedule',
  scheduled_time: '2026-11-24T01:00:00Z',
};
const delivered = {
  refresh: 'nightly',
  trigger: 'event',
  event_id: EVENT_ID,
  detail: { app: 'erp' },
};

describe('a run', () => {
  it.each<[string, object, string, object]>([
    [
      'a schedule: by its time',
      scheduled,
      'nightly-20261124T010000Z',
      { refresh: 'nightly', trigger: 'schedule' },
    ],
    [
      'a schedule in another time zone: by the same instant',
      { ...scheduled, scheduled_time: '2026-11-24T02:00:00+01:00' },
      'nightly-20261124T010000Z',
      { refresh: 'nightly', trigger: 'schedule' },
    ],
    [
      'an event: by its id',
      delivered,
      `nightly-${EVENT_ID}`,
      { refresh: 'nightly', trigger: 'event' },
    ],
    [
      'a person: by the invocation',
      { refresh: 'nightly', execute: false },
      `nightly-${INVOCATION}`,
      { refresh: 'nightly', trigger: 'manual', execute: false },
    ],
  ])('is named after what started it, %s', async (_, event, name, input) => {
    const { ports, started } = setUpStart();

    await expect(startRun(event, INVOCATION, ports)).resolves.toEqual({
      run: name,
      refresh: 'nightly',
      execution: `arn:${name}`,
      started: true,
    });
    expect([...started]).toEqual([[name, input]]);
  });

  it.each([scheduled, delivered, { refresh: 'nightly' }])(
    'is started once, however often it is delivered (%#)',
    async (event) => {
      const { ports, started } = setUpStart();

      const first = await startRun(event, INVOCATION, ports);
      const second = await startRun(event, INVOCATION, ports);

      expect(second).toEqual({ ...first, started: false });
      expect(started.size).toBe(1);
    },
  );

  it('has a name that an execution may have, whatever it is made from', async () => {
    const { ports, store } = setUpStart();
    const refresh = 'r'.repeat(40);
    store.put(`refreshes/${refresh}.json`, nightly);
    const origin = fc.oneof(fc.string({ minLength: 1, maxLength: 300 }), fc.uuid());
    await fc.assert(
      fc.asyncProperty(origin, fc.boolean(), async (id, isEvent) => {
        const event = { refresh, ...(isEvent ? { event_id: id } : {}) };
        const { run } = (await startRun(event, id, ports)) ?? {};

        expect(run).toMatch(/^r{40}-[A-Za-z0-9-]{1,39}$/);
      }),
    );
  });
});

describe('what a bus event carries', () => {
  it('under our own key overrides the definition', async () => {
    const { ports, started } = setUpStart();
    const detail = {
      execute: 'not ours',
      flasharray_refresh: { execute: false, snapshot_name: 's2' },
    };

    await startRun({ ...delivered, detail }, INVOCATION, ports);

    expect([...started.values()]).toEqual([
      { refresh: 'nightly', trigger: 'event', execute: false, snapshot_name: 's2' },
    ]);
  });

  it.each([
    [{ target_protection_group: 'prd-pg' }, 'unknown key "target_protection_group"'],
    [{ refresh: 'another' }, 'unknown key "refresh"'],
    [{ trigger: 'cli' }, 'unknown key "trigger"'],
    [{ execute: 'yes' }, 'execute: expected a boolean, found "yes"'],
    ['execute', 'the document: expected an object'],
    [null, 'the document: expected an object, found null'],
  ])('under our own key cannot be anything: %j', async (overrides, problem) => {
    const { ports, started } = setUpStart();
    const detail = { flasharray_refresh: overrides };

    expect(await rejectionOf(startRun({ ...delivered, detail }, INVOCATION, ports))).toMatchObject({
      name: 'InvalidEvent',
      message: expect.stringContaining(problem),
    });
    expect(started.size).toBe(0);
  });

  it.each([[undefined], [null], ['text'], [[1]], [{}]])(
    'of another kind is nobody’s business: %j',
    async (detail) => {
      const { ports, started } = setUpStart();

      await startRun({ ...delivered, detail }, INVOCATION, ports);

      expect([...started.values()]).toEqual([{ refresh: 'nightly', trigger: 'event' }]);
    },
  );
});

describe('nothing is started', () => {
  it.each<[string, unknown, unknown, string]>([
    ['no such refresh', nightly, { refresh: 'weekly' }, 'UnknownRefresh'],
    ['a name that leads elsewhere', nightly, { refresh: '../runs/x/request' }, 'UnknownRefresh'],
    ['no event', nightly, null, 'InvalidEvent'],
    [
      'a group in the event',
      nightly,
      { ...delivered, target_protection_group: 'a' },
      'InvalidEvent',
    ],
    ['a time that is none', nightly, { ...scheduled, scheduled_time: 'noon' }, 'InvalidEvent'],
    ['an id that is none', nightly, { ...delivered, event_id: '' }, 'InvalidEvent'],
    ['a definition that is wrong', { ...nightly, exclude: [] }, scheduled, 'InvalidDefinition'],
    [
      'a name that no snapshot can have',
      { ...nightly, snapshot_name: '17' },
      scheduled,
      'InvalidDefinition',
    ],
    [
      'a target that is the source',
      { ...nightly, target_protection_group: 'PRD-PG' },
      scheduled,
      'SourceIsTarget',
    ],
  ])('for %s', async (_, definition, event, name) => {
    const { ports, started } = setUpStart(definition);

    expect((await rejectionOf(startRun(event, INVOCATION, ports))).name).toBe(name);
    expect(started.size).toBe(0);
  });
});
