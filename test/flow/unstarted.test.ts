import { describe, expect, it } from 'vitest';
import { databases, definition } from '../support/databases.ts';
import { deliverInVain } from '../support/failed-start.ts';
import { STRAY_TOKEN } from '../support/mistakes.ts';
import { golden, hear, metricsOf } from '../support/told.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld({ state: databases(), tokens: [STRAY_TOKEN] });

describe('people and programs are told of a request that started no run', () => {
  const scheduled = {
    refresh: 'nightly',
    trigger: 'schedule',
    scheduled_time: '2026-11-24T01:00:00Z',
  };
  const deliver = (request: unknown) => hear(world, () => deliverInVain(world.deployment, request));
  const abortedRun = (input: object) => ({
    event_id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
    aborted: { name: 'nightly-20261124T010000Z', input: JSON.stringify(input) },
  });

  it('where the definition is wrong', async () => {
    await world.define('nightly', { ...definition, target_protection_group: undefined, target: 1 });
    const [known, measured] = [world.deployment.executions.size, metricsOf(world).length];

    const { answer, mail, event } = await deliver(scheduled);

    expect(world.deployment.executions.size).toBe(known);
    expect(answer).toEqual({ kind: 'refused', told: true });
    await expect(mail).toMatchFileSnapshot(golden('not-started'));
    expect(event).toEqual({
      source: 'flasharray-refresh',
      type: 'FlashArray Refresh',
      detail: {
        kind: 'refused',
        status: 'NOT_STARTED',
        target: 'untouched',
        refresh: 'nightly',
        run: null,
        execution: null,
        source_protection_group: null,
        target_protection_group: null,
        snapshot: null,
        manifest: null,
        error: { name: 'InvalidDefinition', message: expect.stringContaining('"target"') },
      },
    });
    expect(metricsOf(world).slice(measured)).toMatchObject([{ refresh: 'nightly', RunsFailed: 1 }]);
  });

  it('where there is no such refresh, which is none to measure', async () => {
    await world.define('nightly', definition);
    const measured = metricsOf(world).length;

    const { mail, event } = await deliver({ ...scheduled, refresh: 'nigthly' });

    expect(mail).toContain('nigthly was not started: UnknownRefresh');
    expect(mail).toContain('There are "nightly".');
    expect(event?.detail).toMatchObject({ kind: 'refused', refresh: 'nigthly' });
    expect(metricsOf(world).length).toBe(measured);
  });

  it('where the request is wrong, without what else it holds', async () => {
    await world.define('nightly', definition);
    const { mail, event } = await deliver({
      ...scheduled,
      detail: { token: STRAY_TOKEN, flasharray_refresh: { password: STRAY_TOKEN } },
    });

    expect(mail).toContain('What went wrong: InvalidEvent. ');
    expect(mail).not.toContain(STRAY_TOKEN);
    expect(JSON.stringify(event)).not.toContain(STRAY_TOKEN);
  });

  it('that was to clear up after one that was ended from outside: its target may be mixed', async () => {
    await world.define('nightly', 'no JSON');

    const { mail, event } = await deliver(abortedRun({ refresh: 'nightly' }));

    await expect(mail).toMatchFileSnapshot(golden('not-cleared-up'));
    expect(event?.detail).toMatchObject({
      kind: 'failed',
      status: 'NOT_STARTED',
      target: 'unknown',
      refresh: 'nightly',
      run: null,
    });
  });
});
