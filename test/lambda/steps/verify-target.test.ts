import { afterEach, describe, expect, it } from 'vitest';
import { overwriteVolumes } from '../../../lambda/steps/overwrite-volumes.ts';
import { verifyTarget } from '../../../lambda/steps/verify-target.ts';
import { rejectionOf } from '../support/refusals.ts';
import { ARRAY, stopSimulatedArrays, twoDatabases, volume } from '../support/simulated-array.ts';
import type { BenchOptions } from './support/bench.ts';
import { guarded } from './support/planned-run.ts';

afterEach(stopSimulatedArrays);

const keepsCreated: BenchOptions = { state: { ...twoDatabases, keeps_created: true } };
const created = Date.parse('2026-11-20T00:00:00Z');
/** A snapshot from before the run, whose time `dev-fra` bears already. */
const oneCannotTell: BenchOptions = {
  state: {
    ...twoDatabases,
    volumes: [
      ...(twoDatabases.volumes ?? []).filter(({ name }) => name !== 'dev-fra'),
      volume('dev-fra', 40, { created }),
    ],
    protection_groups: [
      {
        name: 'prd-pg',
        volumes: ['prd-fra', 'prd-data', 'prd-config'],
        snapshots: [{ suffix: 's1', created }],
      },
      { name: 'dev-pg', volumes: ['dev-fra', 'dev-data'] },
    ],
  },
};

/** A run after so many attempts to overwrite. */
const overwritten = async (attempts: number, options: BenchOptions) => {
  const { bench, run: before } = await guarded(options);
  let run = before;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    run = await overwriteVolumes(run, bench.ports);
  }
  return { bench, run };
};

describe('an overwrite is complete', () => {
  it.each<[string, number, BenchOptions, string]>([
    ['where every volume bears the time of its snapshot', 1, {}, 'created'],
    ['where it does so after an attempt without an answer', 2, {}, 'created'],
    ['where one bore it before, and the array has answered', 1, oneCannotTell, 'created'],
    ['where the array leaves times alone, and has answered', 1, keepsCreated, 'answers'],
  ])('%s', async (_, attempts, options, verified) => {
    const { bench, run } = await overwritten(attempts, options);

    const { guard } = await verifyTarget(run, bench.ports);

    expect(guard).toMatchObject({ verified, target: 'refreshed', wait_seconds: 0 });
  });
});

describe('an overwrite is in doubt', () => {
  it.each<[string, number, BenchOptions, string]>([
    [
      'where the array leaves times alone, after no answer',
      2,
      keepsCreated,
      '"dev-data", "dev-fra"',
    ],
    ['where one volume bore its time before, after no answer', 2, oneCannotTell, '"dev-fra"'],
  ])('%s', async (_, attempts, options, named) => {
    const { bench, run } = await overwritten(attempts, options);

    expect(await rejectionOf(verifyTarget(run, bench.ports))).toMatchObject({
      name: 'OverwriteUnverified',
      message: expect.stringContaining(named),
    });
  });

  it('where some volume shows its old time, and others do not, whatever the array has answered', async () => {
    const { bench, run } = await guarded({ restVersion: '2.31' });
    const effect = { status: 200, body: { items: [] } };
    bench.simulator.addFaults([{ method: 'POST', path: '/volumes', nth: 2, effect }]);
    const overwritten = await overwriteVolumes(run, bench.ports);

    expect(await rejectionOf(verifyTarget(overwritten, bench.ports))).toMatchObject({
      name: 'OverwriteUnverified',
      message: expect.stringMatching(/; in doubt: "dev-(?:fra|data)"\.$/),
    });
  });

  it('where a volume is gone', async () => {
    const { bench, run } = await overwritten(1, {});
    const found = bench.simulator.state().arrays[0]?.volumes ?? [];
    const items = found
      .filter(({ name }) => name === 'dev-data')
      .map(({ id, name, serial, size, created }) => ({
        id,
        name,
        serial,
        created,
        provisioned: size,
      }));
    bench.simulator.addFaults([{ path: '/volumes', effect: { status: 200, body: { items } } }]);

    expect((await rejectionOf(verifyTarget(run, bench.ports))).message).toMatch(/: "dev-fra"\.$/);
  });

  it('but not where a volume was renamed: it is known by its id', async () => {
    const { bench, run } = await overwritten(1, {});
    bench.simulator.renameVolume(ARRAY, 'dev-fra', 'dev-other');

    expect((await verifyTarget(run, bench.ports)).guard?.verified).toBe('created');
  });
});
