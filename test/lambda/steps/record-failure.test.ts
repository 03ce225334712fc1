import { afterEach, describe, expect, it } from 'vitest';
import { RefreshError } from '../../../lambda/refresh/errors.ts';
import { prepare } from '../../../lambda/steps/prepare.ts';
import { recordFailure } from '../../../lambda/steps/record-failure.ts';
import { stopSimulatedArrays, volume } from '../support/simulated-array.ts';
import { begun, failedWith, setUp } from './support/bench.ts';
import { BEGUN, inBackupMode } from './support/database-bench.ts';
import {
  errorOf,
  failedOverwrite,
  manifestAt,
  refusing,
  rolledBack,
} from './support/failed-run.ts';

afterEach(stopSimulatedArrays);

const FOLDER = 'manifests/nightly';

describe('the manifest of a failed run', () => {
  it('says why, and what to do', async () => {
    const { bench, failed } = await failedOverwrite([refusing('/volumes/batch')]);
    const { run } = await rolledBack(failed, bench.ports, bench);

    const recorded = await recordFailure(run, bench.ports);

    expect(recorded).toMatchObject({
      status: 'FAILED',
      target: 'restored',
      manifest: `${FOLDER}/nightly-1.json`,
      error: {
        name: 'ArrayRequestRefused',
        message: expect.stringContaining('POST /volumes/batch with 400: dev-fra: No.'),
        remedy: 'Act on what the array says, then run again.',
      },
    });
    expect(manifestAt(bench.store, `${FOLDER}/nightly-1.json`)).toMatchObject({
      status: 'FAILED',
      target: 'restored',
      plan_hash: failed.plan_hash,
      pairs: [{ target: { name: 'dev-data' } }, { target: { name: 'dev-fra' } }],
      warnings: [],
      error: recorded.error,
    });
    expect(bench.store.json(`${FOLDER}/latest.json`)).toEqual(
      bench.store.json(`${FOLDER}/nightly-1.json`),
    );
    expect(bench.store.objects.get(`${FOLDER}/nightly-1.volumes.txt`)).toBe(
      'prd-pg.s1.prd-data\nprd-pg.s1.prd-fra\n',
    );
  });

  it('of a run that Prepare refused has what its definition says', async () => {
    const bench = await setUp({ definition: { excluded_volumes: ['nothing'] } });
    const error = await errorOf(prepare(begun({ trigger: 'schedule' }), bench.ports));

    await recordFailure(failedWith(begun({ trigger: 'schedule' }), error), bench.ports);

    expect(manifestAt(bench.store, `${FOLDER}/nightly-1.json`)).toMatchObject({
      refresh: 'nightly',
      trigger: 'schedule',
      target: 'untouched',
      source_protection_group: 'prd-pg',
      target_protection_group: 'dev-pg',
      pairs: [],
      error: { name: 'ExclusionMatchesNothing' },
    });
  });

  it.each([
    [{ refresh: 'weekly' }, 'UnknownRefresh'],
    [{ refresh: '../../elsewhere' }, 'UnknownRefresh'],
    [{ refresh: 'nightly', exclude: [] }, 'InvalidEvent'],
  ])('of nobody knows which refresh (%j) lies apart', async (event, name) => {
    const bench = await setUp();
    const error = await errorOf(prepare(begun(event), bench.ports));

    await recordFailure(failedWith(begun(event), error), bench.ports);

    expect(manifestAt(bench.store, 'manifests/_unknown/nightly-1.json')).toMatchObject({
      refresh: null,
      target: 'untouched',
      error: { name },
    });
    expect([...bench.store.objects.keys()].filter((key) => key.startsWith('manifests/'))).toEqual([
      'manifests/_unknown/nightly-1.volumes.txt',
      'manifests/_unknown/nightly-1.json',
      'manifests/_unknown/latest.json',
    ]);
  });

  it('is written without an array: its credentials may be what was wrong', async () => {
    const bench = await setUp();
    const error = new RefreshError('InvalidCredentials', 'No token.', 'Put one there.');
    const ports = { ...bench.ports, sourceArray: () => Promise.reject(error) };

    const recorded = await recordFailure(failedWith(begun(), error), ports);

    expect(recorded).toMatchObject({ target: 'untouched', error: { name: 'InvalidCredentials' } });
  });

  it('that could not end backup mode says that before all else, and the rest beside it', async () => {
    const { bench, run } = await inBackupMode();
    const failed = failedWith(run, new RefreshError('ArrayUnavailable', 'No answer.', 'Look.'));
    const notEnded = new RefreshError('BackupModeNotEnded', 'PRD IS STILL IN IT.', 'Type it.');

    const recorded = await recordFailure(
      { ...failed, backup_failure: failedWith(run, notEnded).failure },
      bench.ports,
    );

    expect(recorded.cause).toBe('PRD IS STILL IN IT.\nWhat to do: Type it.');
    expect(manifestAt(bench.store, `${FOLDER}/nightly-1.json`)).toMatchObject({
      target: 'untouched',
      error: { name: 'BackupModeNotEnded' },
      warnings: ['Beside that the run failed: ArrayUnavailable: No answer.'],
      database: { read_from: 'session', facts: { db_name: 'PRD', backup_mode: true } },
      backup_mode: { database: 'PRD', begun: BEGUN, ended: null, seconds: null },
    });
  });

  it('ends the array session', async () => {
    const { bench, failed } = await failedOverwrite([refusing('/volumes/batch')]);

    await recordFailure(failed, bench.ports);

    expect(bench.simulator.requests().at(-1)?.path).toMatch(/\/logout$/);
  });
});

describe('the document that flows', () => {
  it('stays small however many volumes there are and whatever is wrong with them', async () => {
    const long = (kind: string, index: number) => `${kind}-${'x'.repeat(50)}-${1_000 + index}`;
    const many = Array.from({ length: 400 }, (_, index) => index);
    const bench = await setUp({
      definition: { excluded_volumes: [] },
      state: {
        volumes: many.flatMap((index) => [
          volume(long('prd', index), 2),
          volume(long('dev', index), 1, index % 2 ? { tags: { snapshot_mapping: 'gone' } } : {}),
        ]),
        protection_groups: [
          { name: 'prd-pg', volumes: many.map((index) => long('prd', index)) },
          { name: 'dev-pg', volumes: many.map((index) => long('dev', index)) },
        ],
      },
    });
    const error = await errorOf(prepare(begun(), bench.ports));
    const failed = failedWith(begun(), error);

    const recorded = await recordFailure(failed, bench.ports);

    expect(recorded.error?.name).toBe('PairingIncomplete');
    expect(JSON.stringify(recorded).length).toBeLessThan(16 * 1024);
  });
});
