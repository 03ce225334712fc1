import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../local/array/simulator.ts';
import { replicatedDefinition } from '../support/databases.ts';
import { ALL, FOREIGN_TOKEN, state, troubles } from '../support/doctor-troubles.ts';
import { expectRefused, expectUntouched } from '../support/expectations.ts';
import { type RunReport, statesOf } from '../support/run-report.ts';
import { stopFronts } from '../support/tls-front.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld({ state, tokens: [FOREIGN_TOKEN] });
afterEach(stopFronts);

/** After a refresh, so that there is a replica. */
let refreshed: Checkpoint | undefined;

beforeEach(async () => {
  await world.define('nightly', replicatedDefinition);
  if (refreshed) {
    world.simulator.restore(refreshed);
    return;
  }
  expect((await world.run('nightly')).manifest.status).toBe('SUCCEEDED');
  refreshed = world.simulator.checkpoint();
});

/** Checks, and proves that nothing else was done. */
const examine = async (overrides: object = {}): Promise<RunReport> => {
  const before = new Set(await world.deployment.bucket.list(''));
  const report = await world.run('nightly', { doctor: true, ...overrides });
  expectUntouched(report);
  const written = (await world.deployment.bucket.list('')).filter((key) => !before.has(key));
  const own = new RegExp(`^(runs/${report.run}/|manifests/nightly/(${report.run}\\.|latest\\.))`);
  expect(written.filter((key) => !own.test(key))).toEqual([]);
  expect(report.manifest).toMatchObject({
    mode: 'doctor',
    target: 'untouched',
    execute_with: null,
  });
  return report;
};

describe('a doctor', () => {
  it('finds nothing on a pair of arrays that is well, though the definition says execute', async () => {
    const report = await examine();

    expect(report.result.status).toBe('SUCCEEDED');
    expect(report.manifest.status).toBe('CHECKED');
    expect(report.manifest.doctor.map(({ check }) => check)).toEqual(ALL);
    expect(report.manifest.doctor.filter(({ result }) => result !== 'PASS')).toEqual([]);
    expect(statesOf(report)).toEqual(expect.arrayContaining(['Prepare', 'Record Result']));
  });

  it.each(troubles)('finds $what, and nothing else', async ({ bring, found, hides = [] }) => {
    await bring(world);

    const { manifest, result } = await examine();

    const checks = new Map(manifest.doctor.map((check) => [check.check, check]));
    for (const [name, [outcome, remedy]] of Object.entries(found)) {
      expect(checks.get(name)).toMatchObject({
        result: outcome,
        remedy: expect.stringMatching(remedy),
      });
      for (const hidden of hides) expect(checks.get(name)?.message).toContain(hidden);
    }
    const others = manifest.doctor.filter(({ check }) => !(check in found));
    expect(others.filter((check) => check.result !== 'PASS')).toEqual([]);
    expect(others.map(({ check }) => check)).toEqual(
      ALL.filter((check) => !(check in found) && !hides.includes(check)),
    );
    const failed = Object.entries(found).filter(([, [outcome]]) => outcome === 'FAIL');
    if (failed.length === 0) {
      expect(result.status).toBe('SUCCEEDED');
      expect(manifest).toMatchObject({ status: 'CHECKED', error: null });
    } else {
      expect(result).toMatchObject({ status: 'FAILED', error: 'DoctorFound' });
      expect(manifest).toMatchObject({ status: 'FAILED', error: { name: 'DoctorFound' } });
      for (const [name] of failed) expect(manifest.error?.message).toContain(`${name}: `);
    }
    const reached = (side: string, name: string) =>
      checks.get(`${side} token`)?.result === 'PASS' ? expect.objectContaining({ name }) : null;
    expect(manifest.arrays).toEqual({
      source: reached('source', 'fa-prod'),
      target: reached('target', 'fa-dr'),
    });
  });

  it.each([
    ['a person', { refresh: 'nightly', doctor: true }],
    [
      'an event on the bus',
      {
        refresh: 'nightly',
        trigger: 'event',
        event_id: 'a-doctor',
        detail: { flasharray_refresh: { doctor: true } },
      },
    ],
  ])('is called by %s through the start function', async (_, event) => {
    const report = await world.report(() => world.deployment.start(event));

    expect(report.manifest).toMatchObject({ mode: 'doctor', status: 'CHECKED' });
    expectUntouched(report);
  });

  it.each([{ execute: true }, { undo: true }, { recover: 'run-1' }])(
    'does nothing else: %j is refused, by the start function and in an execution',
    async (deed) => {
      const event = { refresh: 'nightly', doctor: true, ...deed };

      await expect(world.deployment.start(event)).rejects.toThrow('do not go together');
      const report = await world.run('nightly', event);

      expectRefused(report, 'InvalidEvent');
      expect(report.manifest.doctor).toEqual([]);
    },
  );
});
