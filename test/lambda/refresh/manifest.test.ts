import { describe, expect, it } from 'vitest';
import { type DatabaseRecord, NO_FACTS } from '../../../lambda/refresh/database-facts.ts';
import { makeManifest, manifestSchema, recordOf } from '../../../lambda/refresh/manifest.ts';
import { makePlan } from '../../../lambda/refresh/plan.ts';
import { beginReplication } from '../../../lambda/refresh/replication.ts';
import { NO_GUARD, type RunBackup, runSchema } from '../../../lambda/refresh/run.ts';
import { member, source, target } from './support/volumes.ts';

const started = '2026-11-24T01:00:00.000Z';
const array = { name: 'fa-prod', host: '127.0.0.1', rest_version: '2.56' };
const run = runSchema.parse({
  id: 'nightly-1',
  execution: 'arn',
  started,
  refresh: 'nightly',
  trigger: 'schedule',
  execute: true,
  has_target: true,
  source_protection_group: 'prd-pg',
  target_protection_group: 'dev-pg',
  source_array: array,
  snapshot: { name: 'prd-pg.s1', created: started, reused: false },
  steps: [{ step: 'prepare', started, ms: 210, requests: 9 }],
});
const plan = makePlan({
  sources: [member('prd-1', 120)],
  excluded: [source('prd-config', 4)],
  targets: [target('dev-1', 120)],
  ignoreMatch: false,
});
const kept = { plan, database: undefined };
const NOTHING_KEPT = { plan: undefined, database: undefined };

describe('a manifest', () => {
  it('tells which instant of the source is in the target and how it got there', () => {
    const guard = { ...NO_GUARD, snapshot: 'dev-pg.before-s1', verified: 'created' as const };
    const outcome = { status: 'SUCCEEDED', target: 'refreshed' } as const;
    const manifest = makeManifest({ ...run, guard }, kept, outcome);

    expect(manifestSchema.parse(manifest)).toEqual({
      manifest_version: 1,
      run: 'nightly-1',
      refresh: 'nightly',
      trigger: 'schedule',
      mode: 'refresh',
      status: 'SUCCEEDED',
      target: 'refreshed',
      source_protection_group: 'prd-pg',
      target_protection_group: 'dev-pg',
      arrays: { source: array, target: array },
      snapshot: { name: 'prd-pg.s1', created: started, reused: false },
      copy: null,
      copy_before: null,
      database: null,
      backup_mode: null,
      replication: null,
      plan_hash: plan.hash,
      execute_with: null,
      verified: 'created',
      guard: 'dev-pg.before-s1',
      recovered: null,
      recovery_steps: [],
      retention: null,
      pairs: [
        {
          source: { id: 'id-of-prd-1', name: 'prd-1', size: 128_849_018_880 },
          snapshot: 'prd-pg.s1.prd-1',
          target: {
            id: 'id-of-dev-1',
            name: 'dev-1',
            serial: 'SERIAL-OF-dev-1',
            size: 128_849_018_880,
          },
          rule: 'equal',
        },
      ],
      excluded: [{ id: 'id-of-prd-config', name: 'prd-config' }],
      hooks: [],
      doctor: [],
      warnings: [],
      steps: [{ step: 'prepare', started, ms: 210, requests: 9 }],
      error: null,
    });
  });

  it('of a replicated refresh names the second array, and how far the snapshot has come there', () => {
    const second = { name: 'fa-dr', host: '127.0.0.2', rest_version: '2.26' };
    const replication = { ...beginReplication('fa-prod:prd-pg.s1'), progress: 0.25, bytes: 17 };
    const replicated = { ...run, replicate: true, target_array: second, replication };
    const manifest = makeManifest(replicated, kept, { status: 'FAILED', target: 'untouched' });

    expect(manifestSchema.parse(manifest)).toMatchObject({
      arrays: { source: array, target: second },
      replication,
    });
  });

  it('of a run that did not get anywhere is a valid one as well', () => {
    const nowhere = runSchema.parse({ id: 'nightly-1', execution: 'arn', started });
    const error = { name: 'InvalidEvent', message: 'No.', remedy: null };
    const manifest = makeManifest(nowhere, NOTHING_KEPT, {
      status: 'FAILED',
      target: 'untouched',
      error,
    });

    expect(manifestSchema.parse(manifest)).toMatchObject({
      refresh: null,
      arrays: { source: null, target: null },
      snapshot: null,
      pairs: [],
      error,
    });
  });

  it('of a failed run has what puts the target back by hand', () => {
    const recoverySteps = ['purevol copy --overwrite dev-pg.refresh-in-progress.dev-1 dev-1'];
    const outcome = { status: 'FAILED', target: 'mixed', recoverySteps } as const;

    expect(makeManifest(run, kept, outcome).recovery_steps).toEqual(recoverySteps);
  });

  it('of a run that cleared up after another says after which, and what came of it', () => {
    const recovery = {
      run: 'nightly-0',
      outcome: 'restored',
      owner: 'arn:0',
      guards: 'arn:0',
      linger_seconds: 600,
      wait_seconds: 0,
      settled: true,
      put_back: false,
      done: true,
    } as const;
    const outcome = { status: 'SUCCEEDED', target: 'refreshed' } as const;

    expect(manifestSchema.parse(makeManifest({ ...run, recovery }, kept, outcome))).toMatchObject({
      recovered: { run: 'nightly-0', outcome: 'restored' },
    });
  });

  describe('of a run with a source database', () => {
    const database: DatabaseRecord = {
      read_from: 'session',
      facts: { ...NO_FACTS, db_name: 'PRD', db_scn: '17', backup_mode: false },
      shortened: [],
    };
    const backup: RunBackup = {
      ...{ run: 'nightly-1', database: 'PRD', not_after: null, max_seconds: 300 },
      ...{ archive_log: true, settle_seconds: 60, wait_seconds: 0, settled: false, done: true },
      begun: '2026-11-24T01:00:00.000Z',
      since: '2026-11-24T01:00:01.000Z',
      ended: '2026-11-24T01:00:04.500Z',
    };
    const manifestWith = (more: Partial<RunBackup>) =>
      manifestSchema.parse(
        makeManifest(
          { ...run, backup: { ...backup, ...more } },
          { plan, database },
          { status: 'SUCCEEDED', target: 'refreshed' },
        ),
      );

    it('has its facts, as they were when the snapshot was taken, and how long it was in backup mode', () => {
      expect(manifestWith({})).toMatchObject({
        database: {
          read_from: 'session',
          facts: { db_name: 'PRD', db_scn: '17', backup_mode: true },
        },
        backup_mode: {
          database: 'PRD',
          run: 'nightly-1',
          begun: '2026-11-24T01:00:00.000Z',
          since: '2026-11-24T01:00:01.000Z',
          ended: '2026-11-24T01:00:04.500Z',
          seconds: 4.5,
        },
      });
    });

    it.each([{ ended: null }, { begun: null }])('does not make up how long (%j)', (more) => {
      expect(manifestWith(more).backup_mode?.seconds).toBeNull();
    });

    it('leaves the facts as they were read where backup mode was not begun', () => {
      expect(manifestWith({ begun: null }).database?.facts.backup_mode).toBe(false);
    });
  });

  it('has no target array where there is no target', () => {
    const without = { ...run, target_protection_group: null };

    expect(
      makeManifest(without, NOTHING_KEPT, { status: 'SNAPSHOT_ONLY', target: 'none' }).arrays,
    ).toEqual({ source: array, target: null });
  });
});

describe('what a Catch stored', () => {
  it.each([
    [
      'a handler’s error',
      'SharedHost',
      JSON.stringify({
        errorType: 'SharedHost',
        errorMessage: 'They share a host.\nWhat to do: Disconnect it.',
        trace: ['SharedHost: They share a host.'],
      }),
      { name: 'SharedHost', message: 'They share a host.', remedy: 'Disconnect it.' },
    ],
    [
      'the service’s own words',
      'States.Timeout',
      'The task ran too long.',
      { name: 'States.Timeout', message: 'The task ran too long.', remedy: null },
    ],
    [
      'no words at all',
      'States.Timeout',
      undefined,
      {
        name: 'States.Timeout',
        message: 'The step ended with States.Timeout and gave no reason.',
        remedy: null,
      },
    ],
    [
      'a document of another kind',
      'Odd',
      '{"errorMessage":5}',
      { name: 'Odd', message: '{"errorMessage":5}', remedy: null },
    ],
  ])('%s: becomes name, message and remedy', (_, name, cause, record) => {
    expect(recordOf({ Error: name, Cause: cause })).toEqual(record);
  });
});
