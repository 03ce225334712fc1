import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { databases, definition } from '../support/databases.ts';
import type { RunReport } from '../support/run-report.ts';
import { asDeployed, golden, hear, metricsOf } from '../support/told.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld({ state: databases() });
/** One volume a request, so that the array can refuse in the middle. */
const oneByOne = { ...definition, flash_array_api_version: '2.31' };
const refused = { status: 400, body: { errors: [{ context: null, message: 'Not now.' }] } };
const STARTED = Date.parse('2026-11-24T01:00:00Z');

type Ending = 'SUCCEEDED' | 'FAILED' | 'ABORTED' | 'TIMED_OUT';

/** Has the notify function called as EventBridge calls it. */
const tell = (run: string, status: Ending, more: object = {}) =>
  hear(world, () =>
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

const tellOf = ({ run, result }: RunReport, more: object = {}) =>
  tell(run, result.status, {
    ...(result.status === 'FAILED' && { error: result.error, cause: result.cause }),
    ...more,
  });

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
    expect(metricsOf(world).at(-1)).toMatchObject({ RunsFailed: 1, Volumes: 0 });
    expect(metricsOf(world).at(-1)).not.toHaveProperty('TargetMixed');
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
    expect(metricsOf(world).at(-1)).toMatchObject({
      refresh: 'nightly',
      RunsFailed: 0,
      Volumes: 0,
    });
  });
});

describe('CloudWatch is told', () => {
  it('how a run went', async () => {
    await world.define('nightly', definition);
    const report = await world.run('nightly');

    await tellOf(report);

    expect(metricsOf(world).at(-1)).toMatchObject({
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

    expect(metricsOf(world).at(-1)).toMatchObject({ RunsFailed: 1, TargetMixed: 1, Volumes: 0 });
  });

  it('how old each copy is, and nothing of one that is none', async () => {
    await world.define('nightly', definition);
    await world.define('never-run', definition);
    const { manifest } = await world.run('nightly');

    const ages = await world.deployment.notify({ ages: true });

    const hours = (Date.now() - Date.parse(manifest.snapshot?.created ?? '')) / 3_600_000;
    expect(ages).toEqual({ nightly: expect.closeTo(hours, 1) });
    expect(metricsOf(world).at(-1)).toMatchObject({
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
