import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type StartPorts, startRun } from '../../../lambda/steps/start-run.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { rejectionOf } from '../support/refusals.ts';
import { nightly } from './support/bench.ts';

const INVOCATION = '5f0c1c9a-1111-2222-3333-444455556666';
const EVENT_ID = '17793124-05d4-b198-2fde-7ededc63b103';

/** A bucket with the definition `nightly`, and a state machine that knows what was started. */
const setUp = (definition: unknown = nightly) => {
  const store = new MemoryStore();
  store.put('refreshes/nightly.json', definition);
  const started = new Map<string, unknown>();
  const ports: StartPorts = {
    store,
    clock: new ManualClock(),
    executions: {
      async start(name, input) {
        const isNew = !started.has(name);
        if (isNew) started.set(name, input);
        return { execution: `arn:${name}`, started: isNew };
      },
    },
  };
  return { store, started, ports };
};

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
    const { ports, started } = setUp();

    await expect(startRun(event, INVOCATION, ports)).resolves.toEqual({
      run: name,
      execution: `arn:${name}`,
      started: true,
    });
    expect([...started]).toEqual([[name, input]]);
  });

  it.each([scheduled, delivered, { refresh: 'nightly' }])(
    'is started once, however often it is delivered (%#)',
    async (event) => {
      const { ports, started } = setUp();

      const first = await startRun(event, INVOCATION, ports);
      const second = await startRun(event, INVOCATION, ports);

      expect(second).toEqual({ ...first, started: false });
      expect(started.size).toBe(1);
    },
  );

  it('has a name that an execution may have, whatever it is made from', async () => {
    const { ports, store } = setUp();
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
    const { ports, started } = setUp();
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
    const { ports, started } = setUp();
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
      const { ports, started } = setUp();

      await startRun({ ...delivered, detail }, INVOCATION, ports);

      expect([...started.values()]).toEqual([{ refresh: 'nightly', trigger: 'event' }]);
    },
  );
});

describe('an execution that was aborted or timed out', () => {
  const input = { refresh: 'nightly', trigger: 'schedule', snapshot_name: 's"2"' };

  /** As the rule hands it over. */
  const ended = (document: unknown, name = 'nightly-20261124T010000Z') => ({
    event_id: EVENT_ID,
    aborted: {
      executionArn: `arn:aws:states:eu-central-1:123456789012:execution:Flow:${name}`,
      stateMachineArn: 'arn:aws:states:eu-central-1:123456789012:stateMachine:Flow',
      name,
      status: 'ABORTED',
      startDate: 1_795_482_000_000,
      stopDate: 1_795_482_060_000,
      input: typeof document === 'string' ? document : JSON.stringify(document),
      inputDetails: { included: true },
      output: null,
      outputDetails: null,
    },
  });

  it.each([
    ['a dry run or not', {}],
    ['with overrides, of which none is taken over', { execute: false, ignore_match: true }],
    ['one that undid', { undo: true }],
  ])('is cleared up after, %s', async (_, more) => {
    const { ports, started } = setUp();

    const { run } = (await startRun(ended({ ...input, ...more }), INVOCATION, ports)) ?? {};

    expect(run).toBe(`nightly-${EVENT_ID}`);
    expect(Object.fromEntries(started)).toEqual({
      [`nightly-${EVENT_ID}`]: {
        refresh: 'nightly',
        trigger: 'event',
        execute: true,
        recover: 'nightly-20261124T010000Z',
      },
    });
  });

  it('while it cleared up: the run that it cleared up after is taken on', async () => {
    const { ports, started } = setUp();
    const recovery = { ...input, execute: true, recover: 'nightly-20261123T010000Z' };

    await startRun(ended(recovery, 'nightly-second'), INVOCATION, ports);

    expect([...started.values()]).toEqual([
      expect.objectContaining({ recover: 'nightly-20261123T010000Z' }),
    ]);
  });

  it('is cleared up after once, however often that is delivered', async () => {
    const { ports, started } = setUp();

    const first = await startRun(ended(input), INVOCATION, ports);
    const second = await startRun(ended(input), 'another-invocation', ports);

    expect(second).toEqual({ ...first, started: false });
    expect(started.size).toBe(1);
  });

  it('and had no target group has left nothing behind', async () => {
    const { target_protection_group: _, ...snapshotOnly } = nightly;
    const { ports, started } = setUp(snapshotOnly);

    expect(await startRun(ended(input), INVOCATION, ports)).toBeNull();
    expect(started.size).toBe(0);
  });

  it.each<[string, unknown, string]>([
    [
      'with the input of somebody else',
      ended({ order: 7 }),
      'The input of the aborted execution "nightly-20261124T010000Z" is not valid: refresh: expected text, found nothing.',
    ],
    ['with an input that is no JSON', ended('{'), 'is not JSON (line 1).'],
    [
      'with an input that is no object',
      ended('[]'),
      'the document: expected an object, found a list',
    ],
    [
      'with an input too long for an event',
      { ...ended(input), aborted: { name: 'n', input: null } },
      'aborted.input: expected text, found null',
    ],
    [
      'without a name',
      { ...ended(input), aborted: { input: '{}' } },
      'aborted.name: expected text',
    ],
    ['without detail', { event_id: EVENT_ID, aborted: 'yes' }, 'aborted: expected an object'],
    ['without an id', { aborted: ended(input).aborted }, 'event_id: expected text, found nothing'],
    [
      'with more than the rule hands over',
      { ...ended(input), refresh: 'n' },
      'unknown key "refresh"',
    ],
  ])('%s is refused', async (_, event, problem) => {
    const { ports, started } = setUp();

    expect(await rejectionOf(startRun(event, INVOCATION, ports))).toMatchObject({
      name: 'InvalidEvent',
      message: expect.stringContaining(problem),
    });
    expect(started.size).toBe(0);
  });

  it.each([
    ['a refresh that there is no more', 'weekly', 'UnknownRefresh'],
    ['a name that leads elsewhere', '../runs/x/request', 'UnknownRefresh'],
  ])('of %s is refused', async (_, refresh, name) => {
    const { ports, started } = setUp();

    const refusal = await rejectionOf(startRun(ended({ refresh }), INVOCATION, ports));

    expect(refusal.name).toBe(name);
    expect(started.size).toBe(0);
  });
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
    const { ports, started } = setUp(definition);

    expect((await rejectionOf(startRun(event, INVOCATION, ports))).name).toBe(name);
    expect(started.size).toBe(0);
  });
});
