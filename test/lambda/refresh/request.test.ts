import { describe, expect, it } from 'vitest';
import {
  readDefinition,
  readSourceGroup,
  requireRefreshName,
} from '../../../lambda/refresh/definition.ts';
import { readEvent } from '../../../lambda/refresh/request.ts';
import { refusalOf } from '../support/refusals.ts';
import { NO_HOOKS } from './support/hooks.ts';

const WHAT = 'definition "nightly"';
const minimal = { source_protection_group: 'prd-pg', target_protection_group: 'dev-pg' };
const read = (more: object) => readDefinition({ ...minimal, ...more }, WHAT);
const refusalFor = (more: object) => refusalOf(() => read(more));

describe('a definition', () => {
  it('is a dry run of all volumes unless it says otherwise', () => {
    expect(readDefinition(minimal, WHAT)).toEqual({
      ...minimal,
      snapshot_name: '{refresh}-{date}-{time}',
      replicate: false,
      ignore_match: false,
      ora_backup_mode: false,
      ora_facts: false,
      ora_backup_mode_max_seconds: 300,
      ora_archive_log: true,
      execute: false,
      excluded_volumes: [],
      allow_shared_hosts: false,
      require_idle_target: true,
      idle_target_max_reads: 5,
      settle_seconds: 60,
      keep_before_snapshots: 3,
      replication_timeout_minutes: 720,
      replication_stall_minutes: 60,
      hooks: NO_HOOKS,
    });
  });

  it('may have no target', () => {
    expect(
      readDefinition({ source_protection_group: 'prd-pg' }, WHAT).target_protection_group,
    ).toBeUndefined();
  });

  it('is read in the spellings of the Python script', () => {
    const scripts = {
      src_protection_group: 'prd-pg',
      tgt_protection_group: 'dev-pg',
      execute: 'True',
      ignore_match: 'false',
      replicate: 'TRUE',
      ora_backup_mode: 'True',
      ora_facts: 'true',
      ora_archive_log: 'False',
      excluded_volumes: [{ volume_id: 'a-1' }, 'b-2'],
      flash_array_api_version: '2.26',
      _comment: 'anything',
    };

    expect(readDefinition(scripts, WHAT)).toMatchObject({
      ...minimal,
      execute: true,
      ignore_match: false,
      replicate: true,
      ora_backup_mode: true,
      ora_facts: true,
      ora_archive_log: false,
      excluded_volumes: ['a-1', 'b-2'],
      flash_array_api_version: '2.26',
    });
  });

  it.each(['nightly', '{refresh}', 'a-{refresh}'])(
    'keeps no number of snapshots that are all called %s',
    (snapshot_name) => {
      expect(refusalFor({ snapshot_name, keep_snapshots: 3 })).toMatchObject({
        name: 'InvalidDefinition',
        message: expect.stringContaining(
          'keep_snapshots: expected no such key beside a snapshot_name without {date}, {time} or {run}',
        ),
      });
      expect(read({ snapshot_name }).keep_snapshots).toBeUndefined();
    },
  );

  it.each(['{run}', 'x-{date}', '{refresh}-{time}'])(
    'may keep those called %s',
    (snapshot_name) => {
      expect(read({ snapshot_name, keep_snapshots: 3 }).keep_snapshots).toBe(3);
    },
  );

  it('in two spellings must say the same in both', () => {
    expect(read({ src_protection_group: 'prd-pg' }).source_protection_group).toBe('prd-pg');
    expect(refusalFor({ tgt_protection_group: 'tst-pg' })).toMatchObject({
      name: 'InvalidDefinition',
      message: `The ${WHAT} gives target_protection_group twice, in two spellings and with two values.`,
    });
  });

  it.each([
    ['excluded', { exclude: [] }, 'unknown key "exclude"'],
    ['an array', { flash_array_host: 'fa' }, 'unknown key "flash_array_host"'],
    ['what every object has', { constructor: 'x' }, 'unknown key "constructor"'],
    ['another', { toString: 'x' }, 'unknown key "toString"'],
  ])('with an unknown key (%s): names it', (_, more, problem) => {
    expect(refusalFor(more)).toEqual({
      name: 'InvalidDefinition',
      message: `The ${WHAT} is not valid: ${problem}.`,
      remedy:
        'Correct the definition. docs/reference.md lists every key; keys that begin with "_" are comments.',
    });
  });

  it.each([
    ['execute', 'yes', 'execute: expected a boolean, found "yes"'],
    ['execute', 'constructor', 'execute: expected a boolean, found "constructor"'],
    ['execute', 1, 'execute: expected a boolean, found 1'],
    ['excluded_volumes', 'a-1', 'excluded_volumes: expected an array, found "a-1"'],
    ['flash_array_api_version', '1.19', 'expected a REST version such as "2.26", found "1.19"'],
    ['flash_array_api_version', 2.26, 'flash_array_api_version: expected text, found 2.26'],
    ['snapshot_name', '', 'snapshot_name: expected some text, found ""'],
    ['target_protection_group', 'dev-pg,prd-pg', 'expected the name of a protection group'],
    ['target_protection_group', "dev'pg", 'expected the name of a protection group'],
    ['target_protection_group', '*', 'expected the name of a protection group'],
    ['target_protection_group', '', 'expected the name of a protection group'],
    ['source_protection_group', null, 'source_protection_group: expected text, found null'],
  ])('with %s %j: says what is expected', (key, value, problem) => {
    expect(refusalFor({ [key]: value })).toMatchObject({
      name: 'InvalidDefinition',
      message: expect.stringContaining(problem),
    });
  });

  it.each([
    [{ volume_id: 5 }, 'expected a volume id, a volume name, or { "volume_id": "…" }'],
    [{ volume: 'a' }, 'expected a volume id, a volume name, or { "volume_id": "…" }'],
    [null, 'expected a volume id, a volume name, or { "volume_id": "…" }'],
    [{ volume_id: 'a', name: 'b' }, 'unknown key "name" in excluded_volumes[1]'],
    ['', 'expected some text, found ""'],
  ])('with the exclusion %j: says where and how one is written', (entry, problem) => {
    const { message } = refusalFor({ excluded_volumes: ['a-1', entry] });

    expect(message).toContain('excluded_volumes[1]');
    expect(message).toContain(problem);
  });

  it.each([
    ['snapshot_name', 'x'.repeat(100_000)],
    ['source_protection_group', 'x'.repeat(100_000)],
    ['flash_array_api_version', 'x'.repeat(100_000)],
    ['excluded_volumes', ['x'.repeat(100_000)]],
    ['excluded_volumes', [{ volume_id: 'x'.repeat(100_000) }]],
  ])('with a %s of any length is refused in few words', (key, value) => {
    expect(refusalFor({ [key]: value }).message.length).toBeLessThan(400);
  });

  it.each(['src_flash_array_api_token', 'ora_password', 'Secret', 'flash_array_api_token'])(
    'that holds %s is refused, and told to have it renewed',
    (key) => {
      const refusal = refusalFor({ [key]: 'c4n4ry' });

      expect(refusal.message).toBe(`The ${WHAT} holds "${key}", which does not belong there.`);
      expect(refusal.remedy).toMatch(/into the secret.*renewed/);
    },
  );

  it.each([
    ['idle_target_max_reads', -1, 'expected at least 0'],
    ['settle_seconds', -1, 'expected at least 0 seconds'],
    ['settle_seconds', 3_601, 'expected at most 3600 seconds'],
    ['settle_seconds', 0.5, 'expected an int, found 0.5'],
    ['keep_before_snapshots', 0, 'expected at least 1'],
    ['keep_before_snapshots', 101, 'expected at most 100'],
    ['keep_snapshots', 0, 'expected at least 1'],
    ['keep_snapshots', 1_001, 'expected at most 1000'],
    ['ora_backup_mode', 'now', 'expected a boolean, found "now"'],
    ['ora_backup_mode_max_seconds', 9, 'expected at least 10 seconds'],
    ['ora_backup_mode_max_seconds', 3_601, 'expected at most 3600 seconds'],
    ['ora_backup_mode_max_seconds', 10.5, 'expected an int, found 10.5'],
    ['require_idle_target', 'now', 'expected a boolean, found "now"'],
  ])('with %s: %j says what is expected', (key, value, problem) => {
    expect(refusalFor({ [key]: value })).toMatchObject({
      name: 'InvalidDefinition',
      message: expect.stringContaining(`${key}: ${problem}`),
    });
  });

  describe.each(['replication_timeout_minutes', 'replication_stall_minutes'])('with %s', (key) => {
    it.each([1, 60, 2_880])('%d is taken', (minutes) => {
      expect(read({ [key]: minutes })).toMatchObject({ [key]: minutes });
    });

    it.each([
      [0, 'expected at least 1 minute'],
      [-5, 'expected at least 1 minute'],
      [2_881, 'expected at most 2880 minutes'],
      [1.5, 'expected an int, found 1.5'],
      ['60', 'expected a number, found "60"'],
      [null, 'expected a number, found null'],
    ])('%j says what is expected', (minutes, problem) => {
      expect(refusalFor({ [key]: minutes })).toMatchObject({
        name: 'InvalidDefinition',
        message: expect.stringContaining(`${key}: ${problem}`),
      });
    });
  });

  it.each([[null], ['text'], [[]], [17]])('that is %j and no object is refused', (value) => {
    expect(refusalOf(() => readDefinition(value, WHAT)).message).toContain(
      'the document: expected an object',
    );
  });
});

describe('the source group of a definition', () => {
  it('is found whatever else is wrong with it, in either spelling', () => {
    expect(readSourceGroup({ source_protection_group: 'prd-pg', execute: 'no!' }, WHAT)).toBe(
      'prd-pg',
    );
    expect(readSourceGroup({ src_protection_group: 'prd-pg' }, WHAT)).toBe('prd-pg');
  });

  it.each([[{}], [{ source_protection_group: '' }], [{ source_protection_group: 1 }], [null]])(
    'that cannot be found in %j: no target is safe',
    (value) => {
      expect(refusalOf(() => readSourceGroup(value, WHAT))).toMatchObject({
        name: 'InvalidDefinition',
        remedy: expect.stringContaining('no target is safe'),
      });
    },
  );
});

describe('an event', () => {
  it('names a refresh, and is a manual one unless it says otherwise', () => {
    expect(readEvent({ refresh: 'nightly' })).toEqual({ refresh: 'nightly', trigger: 'manual' });
  });

  it.each([
    'source_protection_group',
    'target_protection_group',
    'tgt_protection_group',
    'replicate',
    'replication_timeout_minutes',
    'replication_stall_minutes',
    'excluded_volumes',
    'allow_shared_hosts',
    'require_idle_target',
    'idle_target_max_reads',
    'settle_seconds',
    'keep_before_snapshots',
    'keep_snapshots',
    'ora_facts',
    'ora_backup_mode_max_seconds',
    'ora_archive_log',
    'flash_array_api_version',
    'src_flash_array_host',
  ])('cannot aim: %s is refused', (key) => {
    expect(refusalOf(() => readEvent({ refresh: 'nightly', [key]: 'x' }))).toMatchObject({
      name: 'InvalidEvent',
      message: `The event is not valid: unknown key "${key}".`,
    });
  });

  it.each([[undefined], [null], ['nightly'], [[]], [{}], [{ refresh: '' }], [{ refresh: 1 }]])(
    'that is %j is refused',
    (event) => {
      expect(refusalOf(() => readEvent(event)).name).toBe('InvalidEvent');
    },
  );

  it.each(['sha256:0', 'latest', `sha256:${'G'.repeat(64)}`, 7])(
    'that expects the plan %j, which is no hash of one, is refused',
    (expect_plan) => {
      expect(refusalOf(() => readEvent({ refresh: 'nightly', expect_plan }))).toMatchObject({
        name: 'InvalidEvent',
        message: expect.stringContaining('expect_plan'),
      });
    },
  );

  it('with a snapshot name of any length is refused in few words', () => {
    const event = { refresh: 'nightly', snapshot_name: '{date}'.repeat(20_000) };

    expect(refusalOf(() => readEvent(event)).message.length).toBeLessThan(400);
  });

  it('cannot smuggle anything in through a prototype', () => {
    const event: unknown = JSON.parse('{"refresh":"nightly","__proto__":{"execute":true}}');

    expect(refusalOf(() => readEvent(event)).message).toContain('unknown key "__proto__"');
  });

  it('has no booleans in words: what comes over the bus is JSON', () => {
    expect(refusalOf(() => readEvent({ refresh: 'nightly', execute: 'True' })).message).toContain(
      'execute: expected a boolean',
    );
  });
});

describe('the name of a refresh', () => {
  it.each(['a', 'nightly', 'erp-2', 'a'.repeat(40)])('%s', (name) => {
    expect(() => requireRefreshName(name)).not.toThrow();
  });

  it.each(['', '../secrets', 'Nightly', 'a/b', 'a.b', '-a', 'a-', 'a b', 'a'.repeat(41), 'a\n'])(
    'cannot be %j',
    (name) => {
      expect(refusalOf(() => requireRefreshName(name)).name).toBe('UnknownRefresh');
    },
  );

  it('is not repeated at full length', () => {
    expect(refusalOf(() => requireRefreshName('x'.repeat(10_000))).message.length).toBeLessThan(
      150,
    );
  });
});
