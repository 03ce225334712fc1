import { describe, expect, it } from 'vitest';
import {
  judgeCertificate,
  judgeConnection,
  judgeReplica,
  judgeSafeMode,
  judgeSpace,
  judgeVersion,
} from '../../../lambda/refresh/judge-array.ts';

const NOW = Date.parse('2026-11-24T01:00:00Z');
const DAY_MS = 86_400_000;
const TIB = 2 ** 40;

describe('a certificate', () => {
  it.each([
    [365, 'PASS', '365 more days'],
    [30, 'PASS', '30 more days'],
    [29.9, 'WARN', '29 more days, until 2026-12-23'],
    [1.5, 'WARN', '1 more day,'],
    [0.5, 'WARN', '0 more days'],
  ])('that ends in %s days: %s', (days, result, text) => {
    const found = judgeCertificate(new Date(NOW + days * DAY_MS), new Date(NOW));

    expect(found).toMatchObject({ result, message: expect.stringContaining(text) });
    expect(found.remedy === null).toBe(result === 'PASS');
  });

  it('of which nothing else is known is accepted', () => {
    expect(judgeCertificate(null, new Date(NOW)).result).toBe('PASS');
  });
});

describe('space', () => {
  it.each([
    [80, 'PASS', '80.0 % of 1 TiB'],
    [80.1, 'WARN', '80.1 %'],
    [95, 'WARN', '95.0 %'],
    [95.1, 'FAIL', '95.1 %'],
  ])('of which %s %% are used: %s', (percent, result, text) => {
    const space = { capacity: TIB, used: (TIB * percent) / 100 };

    expect(judgeSpace(space)).toMatchObject({ result, message: expect.stringContaining(text) });
  });

  it.each([
    { capacity: null, used: 1 },
    { capacity: TIB, used: null },
    { capacity: 0, used: 0 },
  ])('that the array does not tell is a warning: %j', (space) => {
    expect(judgeSpace(space)).toMatchObject({
      result: 'WARN',
      remedy: expect.stringContaining('storage_admin'),
    });
  });
});

describe('a version', () => {
  const able = { snapshotTest: true, batchOverwrite: true, batchTest: true, snapshotTags: true };

  it('that can do all passes, and says what', () => {
    expect(judgeVersion('2.56', able, false)).toMatchObject({
      result: 'PASS',
      message: expect.stringMatching(/REST 2\.56\..*\(2\.25\).*\(2\.32\).*\(2\.33\).*\(2\.44\)/),
    });
  });

  it('that overwrites in one request passes', () => {
    expect(judgeVersion('2.32', { ...able, snapshotTags: false }, false).result).toBe('PASS');
  });

  it.each([
    [true, 'Take flash_array_api_version out'],
    [false, 'Upgrade Purity'],
  ])('that does not is a warning, pinned: %s', (pinned, remedy) => {
    const old = { ...able, batchOverwrite: false, batchTest: false };

    expect(judgeVersion('2.26', old, pinned)).toMatchObject({
      result: 'WARN',
      message: expect.stringMatching(/It lacks .*\(2\.32\).*\(2\.33\)/),
      remedy: expect.stringContaining(remedy),
    });
  });
});

it.each([
  [null, 'PASS'],
  ['unlocked', 'PASS'],
  ['ratcheted', 'WARN'],
])('a retention lock %s: %s', (lock, result) => {
  expect(judgeSafeMode('dev-pg', lock)).toMatchObject({
    result,
    message: expect.stringContaining('"dev-pg"'),
  });
});

it.each([
  [undefined, 'PASS'],
  ['connected', 'PASS'],
  ['partially_connected', 'WARN'],
])('a connection that is %s: %s', (status, result) => {
  expect(judgeConnection('fa-dr', status).result).toBe(result);
});

it.each([
  [0, 'PASS', '0 h ago'],
  [-DAY_MS, 'PASS', '0 h ago'],
  [47 * 3_600_000, 'PASS', '47 h ago'],
  [7 * DAY_MS, 'PASS', '7 days ago'],
  [7 * DAY_MS + 1, 'WARN', '7 days ago'],
])('a replica of %s ms: %s', (age, result, text) => {
  expect(judgeReplica(NOW - age, NOW)).toMatchObject({
    result,
    message: expect.stringContaining(text),
  });
});

it('no replica at all is a warning', () => {
  expect(judgeReplica(null, NOW).result).toBe('WARN');
});
