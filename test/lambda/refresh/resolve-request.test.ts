import { describe, expect, it } from 'vitest';
import { readDefinition } from '../../../lambda/refresh/definition.ts';
import { readEvent, resolveRequest } from '../../../lambda/refresh/request.ts';
import { refusalOf } from '../support/refusals.ts';
import { NO_HOOKS } from './support/hooks.ts';

const both = { source_protection_group: 'prd-pg', target_protection_group: 'dev-pg' };
const read = (more: object) => readDefinition({ ...both, ...more }, 'definition "nightly"');

describe('a request', () => {
  const run = { id: 'nightly-1', started: new Date('2026-11-24T01:02:03Z') };
  const event = readEvent({ refresh: 'nightly' });
  const resolve = (definition: object, overrides: object = {}) =>
    resolveRequest({ ...event, ...overrides }, read(definition), run);

  it('has everything that a run needs to know', () => {
    const definition = {
      excluded_volumes: ['a-1'],
      flash_array_api_version: '2.26',
      replicate: true,
      replication_timeout_minutes: 2_880,
    };

    expect(resolve(definition)).toEqual({
      refresh: 'nightly',
      trigger: 'manual',
      mode: 'refresh',
      recover: null,
      expect_plan: null,
      source_protection_group: 'prd-pg',
      target_protection_group: 'dev-pg',
      snapshot_suffix: 'nightly-20261124-010203',
      ignore_match: false,
      execute: false,
      replicate: true,
      replication_timeout_minutes: 2_880,
      replication_stall_minutes: 60,
      require_idle_target: true,
      idle_target_max_reads: 5,
      settle_seconds: 60,
      keep_before_snapshots: 3,
      keep_snapshots: 7,
      ora_backup_mode: false,
      ora_facts: false,
      ora_backup_mode_max_seconds: 300,
      ora_archive_log: true,
      excluded_volumes: ['a-1'],
      allow_shared_hosts: false,
      hooks: NO_HOOKS,
      flash_array_api_version: '2.26',
    });
  });

  it.each([
    [{}, {}, false],
    [{ execute: true }, {}, true],
    [{ execute: true }, { execute: false }, false],
    [{}, { execute: true }, true],
  ])('defined as %j and overridden with %j executes: %j', (definition, overrides, execute) => {
    expect(resolve(definition, overrides).execute).toBe(execute);
  });

  it('takes snapshot name and ignore_match from the event where it has them', () => {
    expect(
      resolve({ snapshot_name: 's1' }, { snapshot_name: 's2-{run}', ignore_match: true }),
    ).toMatchObject({ snapshot_suffix: 's2-nightly-1', ignore_match: true });
  });

  it.each<[object, object, number | null]>([
    [{}, {}, 7],
    [{ keep_snapshots: 3 }, {}, 3],
    [{ snapshot_name: '{run}', keep_snapshots: 3 }, { snapshot_name: 'n-{date}' }, 3],
    [{ snapshot_name: 's1' }, {}, null],
    [{ snapshot_name: 's1' }, { snapshot_name: '{run}' }, 7],
    [{ keep_snapshots: 3 }, { snapshot_name: 'release-42' }, null],
    [{ snapshot_name: '{refresh}' }, {}, null],
    [{ keep_snapshots: 3 }, { undo: true }, null],
    [{ keep_snapshots: 3 }, { recover: 'nightly-0' }, null],
  ])('of %j and %j keeps %s snapshots', (definition, overrides, keep_snapshots) => {
    expect(resolve(definition, overrides)).toMatchObject({ keep_snapshots });
  });

  it.each(['prd-pg', 'PRD-pg'])('whose target is its source (%s) is refused', (target) => {
    expect(refusalOf(() => resolve({ target_protection_group: target }))).toMatchObject({
      name: 'SourceIsTarget',
      message: 'source_protection_group and target_protection_group are both "prd-pg".',
    });
  });

  it.each<[object, object, object]>([
    [{ ora_backup_mode: true }, {}, { ora_backup_mode: true, ora_facts: true }],
    [{ ora_facts: true }, {}, { ora_backup_mode: false, ora_facts: true }],
    [{}, { ora_backup_mode: true }, { ora_backup_mode: true, ora_facts: true }],
    [
      { ora_backup_mode: true },
      { ora_backup_mode: false },
      { ora_backup_mode: false, ora_facts: false },
    ],
    // Nothing else takes a snapshot of the source.
    [
      { ora_backup_mode: true, ora_facts: true },
      { undo: true },
      { ora_backup_mode: false, ora_facts: false },
    ],
    [
      { ora_backup_mode: true },
      { recover: 'nightly-1' },
      { ora_backup_mode: false, ora_facts: false },
    ],
    [
      { ora_backup_mode_max_seconds: 60, ora_archive_log: false },
      {},
      { ora_backup_mode_max_seconds: 60, ora_archive_log: false },
    ],
  ])(
    'defined as %j and overridden with %j asks of the database %j',
    (definition, overrides, asked) => {
      expect(resolve(definition, overrides)).toMatchObject(asked);
    },
  );

  it.each([
    [{}, 'refresh'],
    [{ undo: false }, 'refresh'],
    [{ undo: true }, 'undo'],
    [{ undo: true, expect_plan: `sha256:${'0'.repeat(64)}` }, 'undo'],
    [{ recover: 'nightly-1' }, 'recover'],
    [{ recover: 'nightly-1', undo: false, ignore_match: false }, 'recover'],
    [{ doctor: false }, 'refresh'],
    [
      { doctor: true, execute: false, undo: false, snapshot_name: 's2', ignore_match: true },
      'doctor',
    ],
  ])('of %j is for one thing: %s', (overrides, mode) => {
    expect(resolve({}, overrides)).toMatchObject({
      mode,
      recover: 'nightly-1',
      expect_plan: null,
      ...(mode === 'recover' ? {} : { recover: null }),
      ...('expect_plan' in overrides && { expect_plan: overrides.expect_plan }),
    });
  });

  it.each([
    [{ recover: 'nightly-1', undo: true }, 'recover and undo'],
    [{ recover: 'nightly-1', expect_plan: 'sha256:0' }, 'recover and expect_plan'],
    [{ recover: 'nightly-1', snapshot_name: 's1' }, 'recover and snapshot_name'],
    [{ recover: 'nightly-1', ora_backup_mode: true }, 'recover and ora_backup_mode'],
    [{ undo: true, ora_backup_mode: true }, 'undo and ora_backup_mode'],
    [
      { undo: true, snapshot_name: 's1', ignore_match: true },
      'undo and snapshot_name, ignore_match',
    ],
    [{ doctor: true, execute: true }, 'doctor and execute'],
    [{ doctor: true, undo: true }, 'doctor and undo'],
    [
      { doctor: true, recover: 'nightly-1', expect_plan: 'sha256:0' },
      'doctor and recover, expect_plan',
    ],
  ])('of %j asks for what does not go together', (overrides, what) => {
    expect(refusalOf(() => resolve({}, overrides))).toMatchObject({
      name: 'InvalidEvent',
      message: `The event has ${what}, which do not go together.`,
    });
  });

  it.each([
    ['to refresh', 'source_protection_group', {}],
    ['to check', 'source_protection_group', { doctor: true }],
    ['to undo', 'target_protection_group', { undo: true }],
  ])('%s needs a %s', (_, key, overrides) => {
    expect(refusalOf(() => resolve({ [key]: undefined }, overrides))).toMatchObject({
      name: 'InvalidDefinition',
      message: `The definition "nightly" is not valid: ${key}: expected text, found nothing.`,
    });
  });

  it('to check never executes, whatever the definition says', () => {
    expect(resolve({ execute: true }, { doctor: true }).execute).toBe(false);
  });

  it('to recover needs no target group: there may be a source database to clear up', () => {
    expect(resolve({ target_protection_group: undefined }, { recover: 'nightly-1' })).toMatchObject(
      { mode: 'recover', target_protection_group: null },
    );
  });

  it.each([{ undo: true }, { recover: 'nightly-1' }])(
    'of %j needs no source group',
    (overrides) => {
      expect(
        resolve({ source_protection_group: undefined }, overrides).source_protection_group,
      ).toBeNull();
    },
  );
});
