import { describe, expect, it } from 'vitest';
import type { Ended } from '../../../lambda/notices/notice.ts';
import { measurementsOf } from '../../../lambda/notices/run-metrics.ts';
import { beginReplication } from '../../../lambda/refresh/replication.ts';
import { GIB } from '../refresh/support/volumes.ts';
import { backupMode, endedWith, failed, STARTED, succeeded } from './support/ended.ts';

const valuesOf = (ended: Ended) =>
  Object.fromEntries(measurementsOf(ended).map(({ name, value }) => [name, value]));

/** Of the two steps and the twelve seconds that every run here has. */
const work = { Duration: 12, ArrayRequests: 11 };
const copied = { Volumes: 2, CopiedBytes: 3 * GIB };
const nothingCopied = { Volumes: 0, CopiedBytes: 0 };
const waited = (waited_seconds: number, done: boolean) => ({
  ...beginReplication('fa-prod:prd-pg.s1'),
  waited_seconds,
  done,
});
const recovered = (outcome: 'nothing' | 'refreshed' | 'untouched' | 'restored') => ({
  recovered: { run: 'nightly-0', outcome },
});

describe('the measurements of a run', () => {
  it.each<[string, Ended, object]>([
    ['succeeded', succeeded(), { RunsFailed: 0, ...copied, TargetMixed: 0 }],
    [
      'was put back',
      succeeded({ target: 'restored' }),
      { RunsFailed: 0, ...nothingCopied, TargetMixed: 0 },
    ],
    [
      'was planned',
      succeeded({ status: 'PLANNED', target: 'untouched' }),
      { RunsFailed: 0, ...nothingCopied },
    ],
    [
      'only looked',
      succeeded({ status: 'CHECKED', target: 'untouched' }),
      { RunsFailed: 0, ...nothingCopied },
    ],
    [
      'took a snapshot alone',
      succeeded({ status: 'SNAPSHOT_ONLY', target: 'none' }),
      { RunsFailed: 0, ...nothingCopied },
    ],
    ['was refused', failed('TargetInUse', 'untouched'), { RunsFailed: 1, ...nothingCopied }],
    [
      'failed and put its target back',
      failed('ArrayRequestRefused', 'restored'),
      { RunsFailed: 1, ...nothingCopied, TargetMixed: 0 },
    ],
    [
      'failed when all had been copied',
      failed('HookFailed', 'refreshed'),
      { RunsFailed: 1, ...copied, TargetMixed: 0 },
    ],
    [
      'found a complete copy of another run, and was refused then',
      failed('TargetInUse', 'refreshed', { guard: null, ...recovered('refreshed') }),
      { RunsFailed: 1, ...nothingCopied, TargetMixed: 0 },
    ],
    [
      'has undone a refresh',
      succeeded({ mode: 'undo', target: 'restored' }),
      { RunsFailed: 0, ...nothingCopied, TargetMixed: 0 },
    ],
    [
      'left its target mixed',
      failed('ArrayRequestRefused', 'mixed'),
      { RunsFailed: 1, ...nothingCopied, TargetMixed: 1 },
    ],
    [
      'put back what another run had left',
      succeeded({ target: 'restored', ...recovered('restored') }),
      { RunsFailed: 0, ...nothingCopied, TargetMixed: 0 },
    ],
    [
      'found that another run had overwritten nothing',
      succeeded({ target: 'untouched', ...recovered('untouched') }),
      { RunsFailed: 0, ...nothingCopied, TargetMixed: 0 },
    ],
    [
      'cleared up and was refused then',
      failed('TargetInUse', 'untouched', recovered('refreshed')),
      { RunsFailed: 1, ...nothingCopied, TargetMixed: 0 },
    ],
  ])('that %s', (_, ended, values) => {
    expect(valuesOf(ended)).toEqual({ ...work, ...values });
  });

  it.each(['FAILED', 'ABORTED', 'TIMED_OUT'] as const)(
    'without a manifest, %s, are that it failed',
    (status) => {
      expect(valuesOf(endedWith({ status }))).toEqual({ RunsFailed: 1 });
    },
  );

  it.each<[string, Ended, number | undefined]>([
    ['had nothing to do with it', succeeded(), undefined],
    ['has ended it', succeeded({ backup_mode: backupMode(STARTED) }), 0],
    [
      'has begun and not ended it',
      failed('ArrayUnavailable', 'untouched', { backup_mode: backupMode(null) }),
      1,
    ],
    ['knows that it could not end it', failed('BackupModeNotEnded', 'untouched'), 1],
  ])('say of backup mode what a run knows that %s', (_, ended, value) => {
    expect(valuesOf(ended)['DatabaseInBackupMode']).toBe(value);
  });

  it.each<[string, Ended, number | undefined]>([
    ['has arrived', succeeded({ replication: waited(420, true) }), 420],
    [
      'has arrived, though the target was refused then',
      failed('TargetInUse', 'untouched', { replication: waited(420, true) }),
      420,
    ],
    [
      'was waited for in vain',
      failed('ReplicationStalled', 'untouched', { replication: waited(3_600, false) }),
      3_600,
    ],
    [
      'was only planned',
      succeeded({ status: 'PLANNED', target: 'untouched', replication: waited(0, false) }),
      undefined,
    ],
    ['is not replicated', succeeded(), undefined],
  ])('say how long a snapshot was waited for on the second array that %s', (_, ended, lag) => {
    expect(valuesOf(ended)['ReplicationLag']).toBe(lag);
  });
});
