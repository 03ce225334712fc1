import { beforeEach, describe, expect, it } from 'vitest';
import { databases, definition, namesOf, volumes } from '../support/databases.ts';
import { expectRefreshed, expectUntouched } from '../support/expectations.ts';
import { allCases } from '../support/extent.ts';
import { call, course, hooks, outcomes } from '../support/hooks.ts';
import { largestDocument } from '../support/run-report.ts';
import { DOCUMENT, FUNCTION, NODE_1, NODE_2 } from '../support/target-database.ts';
import { useWorld } from '../support/world.ts';

const calls: unknown[] = [];
const world = useWorld({
  state: databases(),
  database: {},
  targetDatabase: namesOf([...volumes('dev-data', 2, 120), ...volumes('dev-fra', 2, 40)]),
  hookFunction: (payload) => {
    calls.push(payload);
    return { masked: 12 };
  },
});

const define = (more: object = {}) => world.define('nightly', { ...definition, hooks, ...more });
beforeEach(() => {
  calls.length = 0;
  return define();
});

describe('a refresh with hooks', () => {
  it('calls each at its point, and overwrites what they have stopped', async () => {
    await define({ ora_backup_mode: true });

    const report = await world.run('nightly');

    expectRefreshed(report);
    expect(course(report)).toEqual([
      'quiesce',
      'quiesce: Success',
      'ALTER DATABASE BEGIN BACKUP',
      'POST /protection-group-snapshots',
      'ALTER DATABASE END BACKUP',
      'ALTER SYSTEM ARCHIVE LOG CURRENT',
      'resume',
      'resume: Success',
      'stop',
      'stop: Success',
      // The guard.
      'POST /protection-group-snapshots',
      'POST /volumes/batch',
      'mask',
      'mask: Success',
      'start',
      'start: Success',
    ]);
    expect(world.target.isOpen).toBe(true);
    expect(outcomes(report)).toEqual([
      ['before_snapshot', 'quiesce', 'SUCCEEDED'],
      ['after_snapshot', 'resume', 'SUCCEEDED'],
      ['before_overwrite', 'stop', 'SUCCEEDED'],
      ['after_overwrite', 'mask', 'SUCCEEDED'],
      ['after_overwrite', 'start', 'SUCCEEDED'],
    ]);
    const [quiesce] = report.manifest.hooks;
    expect(quiesce).toMatchObject({
      kind: 'ssm',
      calls: DOCUMENT,
      begun: expect.any(String),
      ended: expect.any(String),
      command: expect.any(String),
      results: [
        {
          instance: NODE_1,
          status: 'Success',
          exit_code: 0,
          output: `quiesce: before_snapshot of ${report.run}\n`,
        },
      ],
      problem: null,
    });
  });

  it('goes no further where backup mode could not be ended, and resumes the source', async () => {
    await define({ ora_backup_mode: true });
    world.database.addFaults([{ statement: 'END BACKUP', times: 0, effect: { refuse: 600 } }]);

    const report = await world.run('nightly');

    expect(report.manifest).toMatchObject({
      status: 'FAILED',
      target: 'untouched',
      error: { name: 'BackupModeNotEnded' },
    });
    expect(outcomes(report)).toEqual([
      ['before_snapshot', 'quiesce', 'SUCCEEDED'],
      ['after_snapshot', 'resume', 'SUCCEEDED'],
      ['on_failure', 'tell', 'SUCCEEDED'],
    ]);
    expect(world.target.isOpen).toBe(true);
  });

  it('is refused while the target is in use that no hook stops', async () => {
    await define({ hooks: { after_overwrite: hooks.after_overwrite } });

    const report = await world.run('nightly');

    expectUntouched(report);
    expect(report.manifest.error?.name).toBe('TargetInUse');
  });

  it('is refused, and the database started again, if the target is in use all the same', async () => {
    const before_overwrite = [call('look', { on_abort: call('start') })];
    await define({ hooks: { ...hooks, before_overwrite } });

    const report = await world.run('nightly');

    expect(report.manifest).toMatchObject({
      status: 'FAILED',
      target: 'untouched',
      error: { name: 'TargetInUse' },
    });
    expect(outcomes(report).slice(2)).toEqual([
      ['before_overwrite', 'look', 'SUCCEEDED'],
      ['on_abort', 'start', 'SUCCEEDED'],
      ['on_failure', 'tell', 'SUCCEEDED'],
    ]);
  });

  it('calls none around a snapshot that is there already', async () => {
    const { snapshot } = (await world.run('nightly')).manifest;
    await define({ snapshot_name: snapshot?.name.split('.')[1] });

    const report = await world.run('nightly');

    expect(outcomes(report).map(([point]) => point)).toEqual([
      'before_overwrite',
      'after_overwrite',
      'after_overwrite',
    ]);
  });

  it('without a target group, calls those around the snapshot', async () => {
    await define({ target_protection_group: undefined });

    const report = await world.run('nightly');

    expect(report.manifest.status).toBe('SNAPSHOT_ONLY');
    expect(outcomes(report).map(([, name]) => name)).toEqual(['quiesce', 'resume']);
  });

  it('calls none in a dry run, which lists them', async () => {
    const report = await world.run('nightly', { execute: false });

    expectUntouched(report);
    expect(report.manifest.status).toBe('PLANNED');
    expect(report.journal.filter(({ at }) => at === 'hook')).toEqual([]);
    expect(outcomes(report)).toEqual([
      ['before_snapshot', 'quiesce', 'PLANNED'],
      ['after_snapshot', 'resume', 'PLANNED'],
      ['before_overwrite', 'stop', 'PLANNED'],
      ['after_overwrite', 'mask', 'PLANNED'],
      ['after_overwrite', 'start', 'PLANNED'],
      ['on_abort', 'start', 'PLANNED'],
      ['on_failure', 'tell', 'PLANNED'],
    ]);
  });

  it('undoes with the database stopped, and starts it on what it held', async () => {
    await world.run('nightly');

    const report = await world.run('nightly', { undo: true });

    expect(report.manifest).toMatchObject({ status: 'SUCCEEDED', target: 'restored' });
    expect(outcomes(report)).toEqual([
      ['before_overwrite', 'stop', 'SUCCEEDED'],
      ['on_abort', 'start', 'SUCCEEDED'],
    ]);
    expect(world.target.isOpen).toBe(true);
  });
});

describe('what a hook is told', () => {
  it('lies in the environment of a shell', async () => {
    const script = ['env | grep ^REFRESH_ | sort'];
    const ssm = { document: 'AWS-RunShellScript', parameters: { commands: script } };
    await define({ hooks: { ...hooks, after_overwrite: [call('show', {}, ssm)] } });

    const report = await world.run('nightly');

    const [pair] = report.manifest.pairs;
    const told = report.manifest.hooks.at(-1)?.results[0]?.output ?? '';
    expect(told.split('\n')).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^REFRESH_MANIFEST=s3:\/\/.+\/manifests\/nightly\/run-\d+\.json$/),
        'REFRESH_POINT=after_overwrite',
        `REFRESH_RUN=${report.run}`,
        `REFRESH_SNAPSHOT=${report.manifest.snapshot?.name}`,
        'REFRESH_SOURCE_PG=prd-pg',
        'REFRESH_TARGET_PG=dev-pg',
      ]),
    );
    expect(told).toContain(
      `REFRESH_PAIRS=[{"source":"${pair?.source.name}","target":"${pair?.target.name}","serial":"${pair?.target.serial}"}`,
    );
  });

  it('is given to a function with the pairs', async () => {
    await define({ hooks: { ...hooks, after_overwrite: [{ lambda: FUNCTION }, call('start')] } });

    const report = await world.run('nightly');

    expectRefreshed(report);
    expect(calls).toEqual([
      {
        run: report.run,
        point: 'after_overwrite',
        source_protection_group: 'prd-pg',
        target_protection_group: 'dev-pg',
        snapshot: report.manifest.snapshot?.name,
        manifest: expect.stringMatching(/^s3:/),
        plan_hash: report.manifest.plan_hash,
        pairs: report.manifest.pairs.map(({ source, target }) => ({
          source: source.name,
          target: target.name,
          serial: target.serial,
        })),
        timeout_seconds: 1_800,
      },
    ]);
    expect(report.manifest.hooks.at(-2)).toMatchObject({
      name: FUNCTION,
      kind: 'lambda',
      results: [{ instance: null, status: 'Success', output: '{"masked":12}' }],
    });
  });

  it('finds the manifest of the run that is under way', async () => {
    let found: unknown;
    await define({ hooks: { ...hooks, after_overwrite: [{ lambda: FUNCTION }, call('start')] } });
    world.after('Call Function', async () => {
      const [, key] = /^s3:\/\/[^/]+\/(.+)$/.exec(Object(calls[0]).manifest) ?? [];
      found = await world.object(key ?? '');
    });

    const report = await world.run('nightly');

    expect(found).toMatchObject({
      run: report.run,
      status: 'RUNNING',
      target: 'refreshed',
      pairs: report.manifest.pairs,
      hooks: [{ name: 'quiesce' }, { name: 'resume' }, { name: 'stop' }],
    });
  });
});

describe('a hook on several hosts', () => {
  // In hooks-trouble.test.ts one of two fails.
  it.runIf(allCases)('named one by one', async () => {
    const both = { instances: [NODE_1, NODE_2] };
    await define({ hooks: { ...hooks, before_overwrite: [call('stop', {}, both)] } });

    const report = await world.run('nightly');

    expectRefreshed(report);
    expect(report.manifest.hooks[2]?.results).toMatchObject([
      { instance: NODE_1, status: 'Success' },
      { instance: NODE_2, status: 'Success' },
    ]);
  });

  it('found by their tags', async () => {
    const tagged = {
      instances: undefined,
      targets: [{ key: 'tag:role', values: ['dev', 'test'] }],
    };
    await define({ hooks: { ...hooks, before_overwrite: [call('stop', {}, tagged)] } });

    const report = await world.run('nightly');

    expectRefreshed(report);
    expect(report.manifest.hooks[2]?.results.map(({ instance }) => instance)).toEqual([
      NODE_1,
      NODE_2,
    ]);
  });

  it('of which the document says a megabyte', async () => {
    world.target.hosts.change(NODE_1, { environment: { LOUD: 'stop' } });

    const report = await world.run('nightly');

    expectRefreshed(report);
    const output = report.manifest.hooks[2]?.results[0]?.output ?? '';
    expect(Buffer.byteLength(output)).toBe(4_096);
    expect(largestDocument(report)).toBeLessThan(64 * 1_024);
  });
});
