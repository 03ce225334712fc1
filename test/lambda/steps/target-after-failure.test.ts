import { afterEach, describe, expect, it } from 'vitest';
import type { Run } from '../../../lambda/refresh/run.ts';
import { recordFailure } from '../../../lambda/steps/record-failure.ts';
import { stopSimulatedArrays, twoDatabases, volume } from '../support/simulated-array.ts';
import { type Bench, failedWith, runUpTo, setUp } from './support/bench.ts';
import {
  failedOverwrite,
  manifestAt,
  refusing,
  silentAfter,
  silentBefore,
} from './support/failed-run.ts';

afterEach(stopSimulatedArrays);

const ONE_BY_ONE = '2.31';
const FOLDER = 'manifests/nightly';

describe('what the target holds after', () => {
  const targetOf = async ({ bench, failed }: { bench: Bench; failed: Run }) => {
    const { target } = await recordFailure(failed, bench.ports);
    const { warnings } = manifestAt(bench.store, `${FOLDER}/nightly-1.json`);
    return { target, warnings, isCurrent: bench.store.objects.has(`${FOLDER}/current.json`) };
  };

  it('a refused overwrite: what it held before', async () => {
    expect(await targetOf(await failedOverwrite([refusing('/volumes/batch')]))).toEqual({
      target: 'untouched',
      warnings: [],
      isCurrent: false,
    });
  });

  it('a failure before the overwrite: what it held before', async () => {
    const bench = await setUp();
    const run = await runUpTo('takeSnapshot', bench);
    const failed = failedWith(run, new Error('Task timed out'));

    expect(await targetOf({ bench, failed })).toMatchObject({ target: 'untouched', warnings: [] });
  });

  it('a refresh without a target: there is none', async () => {
    const bench = await setUp({ definition: { target_protection_group: undefined } });
    const failed = failedWith(await runUpTo('prepare', bench), new Error('Task timed out'));

    expect(await targetOf({ bench, failed })).toMatchObject({ target: 'none' });
  });

  it('an overwrite whose answer got lost: the snapshot', async () => {
    const lost = await failedOverwrite([silentAfter('/volumes/batch')]);

    expect(await targetOf(lost)).toEqual({ target: 'refreshed', warnings: [], isCurrent: true });
  });

  it('an overwrite that got no answer and shows no effect: what it held before, as yet', async () => {
    expect(await targetOf(await failedOverwrite([silentBefore('/volumes/batch')]))).toEqual({
      target: 'untouched',
      warnings: [expect.stringContaining('may still be carried out')],
      isCurrent: false,
    });
  });

  it('one volume of two: some of each', async () => {
    const half = await failedOverwrite([refusing('/volumes', 2)], { restVersion: ONE_BY_ONE });

    expect(await targetOf(half)).toEqual({ target: 'mixed', warnings: [], isCurrent: true });
  });

  it('contents without their tags: the snapshot', async () => {
    const untagged = await failedOverwrite(
      [{ path: '/volumes/tags/batch', effect: { status: 400 } }],
      { restVersion: ONE_BY_ONE },
    );

    expect(await targetOf(untagged)).toMatchObject({ target: 'refreshed', isCurrent: true });
  });

  it('a target that bore the snapshot’s time before: nobody can tell, so some of each', async () => {
    const created = Date.parse('2026-11-20T00:00:00Z');
    const again = await failedOverwrite([refusing('/volumes/batch')], {
      state: {
        ...twoDatabases,
        volumes: [
          ...(twoDatabases.volumes ?? []).slice(0, 3),
          volume('dev-fra', 40, { created }),
          volume('dev-data', 120, { created }),
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
    });

    expect(await targetOf(again)).toMatchObject({ target: 'mixed' });
  });

  it.each<[string, (bench: Bench) => void]>([
    [
      'does not answer',
      ({ simulator }) => simulator.addFaults([{ times: 0, effect: { hang_up: 'before' } }]),
    ],
    [
      'does not know a target any more',
      ({ simulator }) =>
        simulator.addFaults([
          {
            path: '/volumes',
            effect: { status: 400, body: { errors: [{ message: 'Volume does not exist.' }] } },
          },
        ]),
    ],
    [
      'is one whose plan cannot be read',
      ({ store }) => store.objects.set('runs/nightly-1/plan.json', '{'),
    ],
  ])('an array that %s: taken as some of each, with a warning', async (_, spoil) => {
    const failure = await failedOverwrite([silentAfter('/volumes/batch')]);
    spoil(failure.bench);

    expect(await targetOf(failure)).toEqual({
      target: 'mixed',
      warnings: [expect.stringContaining('could not be looked at')],
      isCurrent: true,
    });
  });

  it('a bucket that does not answer: taken as some of each', async () => {
    const { bench, failed } = await failedOverwrite([silentAfter('/volumes/batch')]);
    const { store } = bench;
    const ports = {
      ...bench.ports,
      store: {
        read: (key: string) =>
          key.startsWith('runs/') ? Promise.reject(new Error('SlowDown')) : store.read(key),
        write: (key: string, text: string) => store.write(key, text),
        list: (prefix: string) => store.list(prefix),
      },
    };

    expect((await recordFailure(failed, ports)).target).toBe('mixed');
  });
});
