import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { databases, definition } from '../support/databases.ts';
import { deliverInVain } from '../support/failed-start.ts';
import { STRAY_TOKEN } from '../support/mistakes.ts';
import type { RunReport } from '../support/run-report.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld({ state: databases(), tokens: [STRAY_TOKEN] });
/** One volume a request, so that the array can refuse in the middle. */
const oneByOne = { ...definition, flash_array_api_version: '2.31' };
const refused = { status: 400, body: { errors: [{ context: null, message: 'Not now.' }] } };
const STARTED = Date.parse('2026-11-24T01:00:00Z');

type Ending = 'SUCCEEDED' | 'FAILED' | 'ABORTED' | 'TIMED_OUT';

/** Has the notify function called as EventBridge calls it. */
const tell = (run: string, status: Ending, more: object = {}) =>
  hear(() =>
    world.deployment.notify({
      ended: {
        executionArn: `arn:aws:states:eu-central-1:123456789012:execution:Refresh:${run}`,
        stateMachineArn: 'arn:aws:states:eu-central-1:123456789012:stateMachine:Refresh',
        name: run,
        status,
        startDate: STARTED,
        stopDate: STARTED + 12_300,
        input: JSON.stringify({ refresh: 'nightly' }),
        output: null,
        ...more,
      },
    }),
  );

/** @returns what is told while something is done, at most once, with names as a deployment has them */
const hear = async (act: () => Promise<unknown>) => {
  const { messages, events } = world.deployment.told;
  const [told, put] = [messages.length, events.length];
  const answer = await act();
  expect(messages.length - told).toBeLessThanOrEqual(1);
  expect(events.length - put).toBe(1);
  const message = messages.at(told);
  return {
    answer,
    mail: message && asDeployed(`Subject: ${message.subject}\n\n${message.message}`),
    event: events.at(-1),
  };
};

const tellOf = ({ run, result }: RunReport, more: object = {}) =>
  tell(run, result.status, {
    ...(result.status === 'FAILED' && { error: result.error, cause: result.cause }),
    ...more,
  });

const asDeployed = (text: string): string =>
  text
    .replaceAll(/127\.0\.0\.1:\d+/g, 'fa-prod.example.com')
    .replaceAll(/refreshesbucket[0-9a-f]+/g, 'refreshes-0a1b2c3d')
    .replaceAll(/\brun-\d+/g, 'nightly-20261124T010000Z')
    // Made of the execution's ARN, in which the process is that runs it here.
    .replaceAll(/restored-[0-9a-f]{16}/g, 'restored-0a1b2c3d4e5f6071');

/** Each as a person gets it: a file under `notices`. */
const golden = (name: string) => `./notices/${name}.txt`;

describe('people are told', () => {
  it('of a refresh that was refused', async () => {
    await world.define('nightly', definition);
    world.simulator.setPerformance('fa-prod', 'dev-data-00', {
      reads_per_sec: 0,
      writes_per_sec: 120,
    });

    const { mail, event } = await tellOf(await world.run('nightly'));

    await expect(mail).toMatchFileSnapshot(golden('refused'));
    expect(event).toMatchObject({ detail: { kind: 'refused', target: 'untouched' } });
  });

  it('of one that failed, and whose target was put back', async () => {
    await world.define('nightly', oneByOne);
    world.addFaults({ method: 'POST', path: '/volumes', nth: 3, effect: refused });

    const { mail, event } = await tellOf(await world.run('nightly'));

    await expect(mail).toMatchFileSnapshot(golden('failed'));
    expect(event).toMatchObject({
      detail: { kind: 'failed', target: 'restored', error: { name: 'ArrayRequestRefused' } },
    });
  });

  it('of one that left its target mixed, and of the one that cleared up', async () => {
    await world.define('nightly', oneByOne);
    world.addFaults({ method: 'POST', path: '/volumes', nth: 3, times: 100, effect: refused });
    const mixed = await world.run('nightly');
    const failed = await tellOf(mixed);
    world.simulator.clearFaults();
    const cleared = await world.execute({ refresh: 'nightly', recover: mixed.run });

    const { mail, event } = await tellOf(cleared);

    await expect(failed.mail).toMatchFileSnapshot(golden('mixed'));
    expect(failed.event).toMatchObject({ detail: { kind: 'failed', target: 'mixed' } });
    await expect(mail).toMatchFileSnapshot(golden('recovered'));
    expect(event).toMatchObject({ detail: { kind: 'recovered', target: 'restored' } });
  });

  it.each(['ABORTED', 'TIMED_OUT'] as const)(
    'of one that was ended from outside: %s',
    async (how) => {
      await world.define('nightly', definition);
      const run = await world.abort('nightly', 'before', 'Overwrite Volumes');

      const { mail, event } = await tell(run, how);

      await expect(mail).toMatchFileSnapshot(golden(how === 'ABORTED' ? 'aborted' : 'timed-out'));
      expect(event).toMatchObject({
        detail: { kind: 'stopped', status: how, target: 'unknown', manifest: null },
      });
    },
  );

  it('of one that could not write its manifest', async () => {
    const { mail, event } = await tell('nightly-1', 'FAILED', {
      error: 'ArrayUnavailable',
      cause: 'Array fa-prod gave no answer.\nWhat to do: Check the network path.',
    });

    await expect(mail).toMatchFileSnapshot(golden('unrecorded'));
    expect(event).toMatchObject({
      detail: { kind: 'failed', status: 'FAILED', target: 'unknown', manifest: null },
    });
  });

  it('of one that asked for a refresh that there is not, whose manifest has a place of its own', async () => {
    const report = await world.run('nigthly');

    const { mail, event } = await tellOf(report, { input: JSON.stringify({ refresh: 'nigthly' }) });

    expect(mail).toContain('was refused: UnknownRefresh');
    expect(event?.detail).toMatchObject({
      kind: 'refused',
      refresh: null,
      manifest: expect.stringMatching(`/manifests/_unknown/${report.run}\\.json$`),
    });
  });

  it('of none that succeeded or was planned, unless they want to be', async () => {
    await world.define('nightly', definition);
    const report = await world.run('nightly');
    const planned = await world.run('nightly', { execute: false });

    const succeeded = await tellOf(report);

    expect(succeeded.answer).toEqual({ kind: 'succeeded', told: false });
    expect(succeeded.mail).toBeUndefined();
    expect(succeeded.event).toEqual({
      source: 'flasharray-refresh',
      type: 'FlashArray Refresh',
      detail: {
        kind: 'succeeded',
        status: 'SUCCEEDED',
        target: 'refreshed',
        refresh: 'nightly',
        run: report.run,
        execution: expect.stringContaining(report.run),
        source_protection_group: 'prd-pg',
        target_protection_group: 'dev-pg',
        snapshot: {
          name: report.manifest.snapshot?.name,
          created: report.manifest.snapshot?.created,
        },
        manifest: expect.stringMatching(`^s3://.+/${report.folder}/${report.run}\\.json$`),
        error: null,
      },
    });
    expect((await tellOf(planned)).answer).toEqual({ kind: 'planned', told: false });
  });

  it('of a doctor that found something: each check that failed, and what to do about it', async () => {
    await world.define('nightly', { ...definition, excluded_volumes: ['prd-lgos'] });
    const full = { capacity: 100 * 2 ** 40, space: { total_used: 96 * 2 ** 40 } };
    world.addFaults({
      method: 'GET',
      path: '/arrays',
      times: 0,
      effect: { status: 200, body: { items: [{ name: 'fa-prod', ...full }] } },
    });
    const report = await world.run('nightly', { doctor: true });

    const { answer, mail, event } = await tellOf(report);

    expect(answer).toEqual({ kind: 'refused', told: true });
    await expect(mail).toMatchFileSnapshot(golden('doctor'));
    const failed = report.manifest.doctor.filter(({ result }) => result === 'FAIL');
    expect(failed.map(({ check }) => check)).toEqual(['source space', 'pairs']);
    for (const { check, message, remedy } of failed) {
      expect(mail).toContain(asDeployed(`\n${check}: ${message}\nWhat to do: ${remedy}\n`));
    }
    expect(event?.detail).toMatchObject({
      kind: 'refused',
      status: 'FAILED',
      target: 'untouched',
      refresh: 'nightly',
      manifest: expect.stringMatching(`/${report.run}\\.json$`),
      error: { name: 'DoctorFound', message: expect.stringContaining('pairs: ') },
    });
    expect(metrics().at(-1)).toMatchObject({ RunsFailed: 1, Volumes: 0 });
    expect(metrics().at(-1)).not.toHaveProperty('TargetMixed');
  });

  it('of no doctor that found nothing; programs are told of it', async () => {
    await world.define('nightly', definition);
    const report = await world.run('nightly', { doctor: true });

    const { answer, mail, event } = await tellOf(report);

    expect(answer).toEqual({ kind: 'checked', told: false });
    expect(mail).toBeUndefined();
    expect(event?.detail).toMatchObject({
      kind: 'checked',
      status: 'CHECKED',
      target: 'untouched',
      snapshot: null,
      error: null,
    });
    expect(metrics().at(-1)).toMatchObject({ refresh: 'nightly', RunsFailed: 0, Volumes: 0 });
  });
});

describe('people are told of a request that started no run', () => {
  const scheduled = {
    refresh: 'nightly',
    trigger: 'schedule',
    scheduled_time: '2026-11-24T01:00:00Z',
  };
  const deliver = (request: unknown) => hear(() => deliverInVain(world.deployment, request));
  const abortedRun = (input: object) => ({
    event_id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
    aborted: { name: 'nightly-20261124T010000Z', input: JSON.stringify(input) },
  });

  it('where the definition is wrong', async () => {
    await world.define('nightly', { ...definition, target_protection_group: undefined, target: 1 });
    const [known, measured] = [world.deployment.executions.size, metrics().length];

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
    expect(metrics().slice(measured)).toMatchObject([{ refresh: 'nightly', RunsFailed: 1 }]);
  });

  it('where there is no such refresh, which is none to measure', async () => {
    await world.define('nightly', definition);
    const measured = metrics().length;

    const { mail, event } = await deliver({ ...scheduled, refresh: 'nigthly' });

    expect(mail).toContain('nigthly was not started: UnknownRefresh');
    expect(mail).toContain('There are "nightly".');
    expect(event?.detail).toMatchObject({ kind: 'refused', refresh: 'nigthly' });
    expect(metrics().length).toBe(measured);
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

/** The lines that CloudWatch takes for metrics. */
const metrics = (): Record<string, unknown>[] =>
  world.logs.flatMap((line) => (line.includes('"CloudWatchMetrics"') ? JSON.parse(line) : []));

describe('CloudWatch is told', () => {
  it('how a run went', async () => {
    await world.define('nightly', definition);
    const report = await world.run('nightly');

    await tellOf(report);

    expect(metrics().at(-1)).toMatchObject({
      service: 'flasharray-refresh',
      refresh: 'nightly',
      RunsFailed: 0,
      Duration: 12.3,
      ArrayRequests: report.manifest.steps.reduce((sum, { requests }) => sum + requests, 0),
      Volumes: 4,
      CopiedBytes: 2 * (120 + 40) * 2 ** 30,
      TargetMixed: 0,
    });
  });

  it('that a target is mixed', async () => {
    await world.define('nightly', oneByOne);
    world.addFaults({ method: 'POST', path: '/volumes', nth: 3, times: 100, effect: refused });

    await tellOf(await world.run('nightly'));

    expect(metrics().at(-1)).toMatchObject({ RunsFailed: 1, TargetMixed: 1, Volumes: 0 });
  });

  it('how old each copy is, and nothing of one that is none', async () => {
    await world.define('nightly', definition);
    await world.define('never-run', definition);
    const { manifest } = await world.run('nightly');

    const ages = await world.deployment.notify({ ages: true });

    const hours = (Date.now() - Date.parse(manifest.snapshot?.created ?? '')) / 3_600_000;
    expect(ages).toEqual({ nightly: expect.closeTo(hours, 1) });
    expect(metrics().at(-1)).toMatchObject({
      refresh: 'nightly',
      CopyAgeHours: expect.closeTo(hours, 1),
    });
  });
});

it('an event that is none is refused', async () => {
  await expect(world.deployment.notify({ ended: {} })).rejects.toMatchObject({
    name: 'InvalidEvent',
  });
});

it('the documentation shows what people are told', () => {
  const page = readFileSync(new URL('../../docs/notices.md', import.meta.url), 'utf8');
  const shown = [
    'refused',
    'not-started',
    'doctor',
    'failed',
    'mixed',
    'recovered',
    'aborted',
    'not-cleared-up',
  ];

  for (const name of shown) {
    const text = readFileSync(new URL(golden(name), import.meta.url), 'utf8').trimEnd();
    expect(page).toContain(`\`\`\`text\n${text}\n\`\`\``);
  }
});
