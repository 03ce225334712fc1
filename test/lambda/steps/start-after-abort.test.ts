import { describe, expect, it } from 'vitest';
import { startRun } from '../../../lambda/steps/start-run.ts';
import { rejectionOf } from '../support/refusals.ts';
import { nightly } from './support/bench.ts';
import { EVENT_ID, INVOCATION, setUpStart } from './support/start-bench.ts';

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
    const { ports, started } = setUpStart();

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
    const { ports, started } = setUpStart();
    const recovery = { ...input, execute: true, recover: 'nightly-20261123T010000Z' };

    await startRun(ended(recovery, 'nightly-second'), INVOCATION, ports);

    expect([...started.values()]).toEqual([
      expect.objectContaining({ recover: 'nightly-20261123T010000Z' }),
    ]);
  });

  it('is cleared up after once, however often that is delivered', async () => {
    const { ports, started } = setUpStart();

    const first = await startRun(ended(input), INVOCATION, ports);
    const second = await startRun(ended(input), 'another-invocation', ports);

    expect(second).toEqual({ ...first, started: false });
    expect(started.size).toBe(1);
  });

  describe('and had no target group', () => {
    const { target_protection_group: _, ...snapshotOnly } = nightly;

    it.each([
      [{}, {}],
      [{ ora_facts: true }, {}],
      [{ ora_backup_mode: true }, { ora_backup_mode: false }],
    ])('has left nothing behind (%j, overridden with %j)', async (definition, overrides) => {
      const { ports, started } = setUpStart({ ...snapshotOnly, ...definition });

      expect(await startRun(ended({ ...input, ...overrides }), INVOCATION, ports)).toBeNull();
      expect(started.size).toBe(0);
    });

    it.each([
      [{ ora_backup_mode: true }, {}],
      [{}, { ora_backup_mode: true }],
    ])(
      'may have left its database in backup mode (%j, overridden with %j)',
      async (definition, overrides) => {
        const { ports, started } = setUpStart({ ...snapshotOnly, ...definition });

        await startRun(ended({ ...input, ...overrides }), INVOCATION, ports);

        expect([...started.values()]).toEqual([
          {
            refresh: 'nightly',
            trigger: 'event',
            execute: true,
            recover: 'nightly-20261124T010000Z',
          },
        ]);
      },
    );

    it('may have left hooks to be called', async () => {
      const hooks = { before_snapshot: [{ command: ['./quiesce.sh'] }] };
      const { ports, started } = setUpStart({ ...snapshotOnly, hooks });

      await startRun(ended(input), INVOCATION, ports);

      expect([...started.values()]).toEqual([
        expect.objectContaining({ recover: 'nightly-20261124T010000Z', execute: true }),
      ]);
    });
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
    const { ports, started } = setUpStart();

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
    const { ports, started } = setUpStart();

    const refusal = await rejectionOf(startRun(ended({ refresh }), INVOCATION, ports));

    expect(refusal.name).toBe(name);
    expect(started.size).toBe(0);
  });
});
