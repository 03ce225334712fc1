import { beforeEach, describe, expect, it } from 'vitest';
import type { HostFault } from '../../local/hosts/managed-hosts.ts';
import { databases, definition, namesOf, volumes } from '../support/databases.ts';
import { expectFailure, expectRefreshed } from '../support/expectations.ts';
import { some } from '../support/extent.ts';
import { call, course, hooks, outcomes } from '../support/hooks.ts';
import type { RunReport } from '../support/run-report.ts';
import { FUNCTION, NODE_1, NODE_2 } from '../support/target-database.ts';
import { useWorld } from '../support/world.ts';

let functionFails = false;
const world = useWorld({
  state: databases(),
  targetDatabase: namesOf([...volumes('dev-data', 2, 120), ...volumes('dev-fra', 2, 40)]),
  hookFunction: () => {
    if (functionFails) throw new Error('no rows were masked');
    return 'done';
  },
});

const define = (more: object = {}) =>
  world.define('nightly', { ...definition, hooks: { ...hooks, ...more } });
beforeEach(() => {
  functionFails = false;
  return define();
});

const fail = (action: string, node = NODE_1) =>
  world.target.hosts.change(node, { environment: { FAILS: action } });
const both = { instances: [NODE_1, NODE_2] };

const contents = ({ volumes: all }: RunReport['before']) =>
  all.map(({ fingerprint }) => fingerprint);

/** Failed for this reason, with the target as it was, and the database on it open. */
const expectAsBefore = (report: RunReport, error: string): void => {
  expectFailure(report, error);
  expect(report.manifest.target).toBe('untouched');
  expect(contents(report.after)).toEqual(contents(report.before));
  expect(world.target.isOpen).toBe(true);
};

describe('a hook that fails', () => {
  it('before the snapshot, stops the run, and what it may have begun is ended', async () => {
    await define({ before_snapshot: [call('quiesce'), call('never')] });
    fail('quiesce');

    const report = await world.run('nightly');

    expectAsBefore(report, 'HookFailed');
    expect(report.manifest.error).toMatchObject({
      message: expect.stringMatching(
        /^Hook "quiesce" \(before_snapshot, document target-database\) failed: Failed on i-00000000000000001, exit code 3: cannot quiesce$/,
      ),
      remedy: expect.stringContaining('run again'),
    });
    expect(outcomes(report)).toEqual([
      ['before_snapshot', 'quiesce', 'FAILED'],
      ['before_snapshot', 'never', 'SKIPPED'],
      ['after_snapshot', 'resume', 'SUCCEEDED'],
      ['on_failure', 'tell', 'SUCCEEDED'],
    ]);
    expect(report.manifest.hooks[0]?.results).toEqual([
      { instance: NODE_1, status: 'Failed', exit_code: 3, output: 'cannot quiesce\n' },
    ]);
    expect(course(report)).not.toContain('POST /protection-group-snapshots');
  });

  it('after the snapshot, stops the run before anything is stopped for it; the others are called', async () => {
    await define({ after_snapshot: [call('resume'), call('report')] });
    fail('resume');

    const report = await world.run('nightly');

    expectAsBefore(report, 'HookFailed');
    expect(outcomes(report).slice(1)).toEqual([
      ['after_snapshot', 'resume', 'FAILED'],
      ['after_snapshot', 'report', 'SUCCEEDED'],
      ['on_failure', 'tell', 'SUCCEEDED'],
    ]);
  });

  it('before the overwrite, has all undone that was begun, the last first', async () => {
    await define({
      before_overwrite: [
        call('stop', { on_abort: call('start') }),
        call('unmount', { on_abort: call('mount') }),
        call('never', { on_abort: call('neither') }),
      ],
    });
    fail('unmount');

    const report = await world.run('nightly');

    expectAsBefore(report, 'HookFailed');
    expect(outcomes(report).slice(2)).toEqual([
      ['before_overwrite', 'stop', 'SUCCEEDED'],
      ['before_overwrite', 'unmount', 'FAILED'],
      ['before_overwrite', 'never', 'SKIPPED'],
      ['on_abort', 'mount', 'SUCCEEDED'],
      ['on_abort', 'start', 'SUCCEEDED'],
      ['on_failure', 'tell', 'SUCCEEDED'],
    ]);
    expect(course(report)).not.toContain('POST /volumes/batch');
  });

  it('after the overwrite, leaves the target refreshed, and opens nothing', async () => {
    fail('mask');

    const report = await world.run('nightly');

    expectFailure(report, 'HookFailed');
    expect(report.manifest).toMatchObject({
      target: 'refreshed',
      error: { remedy: expect.stringContaining('The target group holds the snapshot') },
    });
    expect(outcomes(report).slice(2)).toEqual([
      ['before_overwrite', 'stop', 'SUCCEEDED'],
      ['after_overwrite', 'mask', 'FAILED'],
      ['after_overwrite', 'start', 'SKIPPED'],
      ['on_failure', 'tell', 'SUCCEEDED'],
    ]);
    expect(world.target.isOpen).toBe(false);
    expect(await world.object('manifests/nightly/current.json')).toEqual(report.manifest);
    expect(await world.object('manifests/nightly/latest.json')).toEqual(report.manifest);
  });

  it('on failure, hides nothing of why the run failed', async () => {
    await define({ on_failure: [call('tell'), call('tell others')] });
    world.target.hosts.change(NODE_1, { environment: { FAILS: 'quiesce' } });
    world.after('Record Failure', () => fail('tell'));

    const report = await world.run('nightly');

    expectAsBefore(report, 'HookFailed');
    expect(report.manifest.error?.message).toContain('"quiesce"');
    expect(report.manifest.warnings).toEqual([expect.stringContaining('Hook "tell" (on_failure')]);
    expect(outcomes(report).slice(-2)).toEqual([
      ['on_failure', 'tell', 'FAILED'],
      ['on_failure', 'tell others', 'SUCCEEDED'],
    ]);
  });

  it('as a function', async () => {
    functionFails = true;
    await define({ after_overwrite: [{ lambda: FUNCTION, name: 'mask' }, call('start')] });

    const report = await world.run('nightly');

    expectFailure(report, 'HookFailed');
    expect(report.manifest.error?.message).toContain('no rows were masked');
    expect(world.target.isOpen).toBe(false);
  });

  it('on one of two hosts, is waited for on the other', async () => {
    await define({ before_overwrite: [call('stop', { on_abort: call('start') }, both)] });
    fail('stop');

    const report = await world.run('nightly');

    expectAsBefore(report, 'HookFailed');
    expect(report.manifest.hooks[2]?.results).toMatchObject([
      { instance: NODE_1, status: 'Failed', exit_code: 3 },
      { instance: NODE_2, status: 'Success', exit_code: 0 },
    ]);
    expect(report.manifest.error?.message).not.toContain(NODE_2);
  });
});

describe('a refresh that fails after the database was stopped', () => {
  it('starts it again on what was put back', async () => {
    world.after('Overwrite Volumes', () => {
      throw new Error('The step was lost.');
    });

    const report = await world.run('nightly');

    expect(report.manifest).toMatchObject({ status: 'FAILED', target: 'restored' });
    expect(contents(report.after)).toEqual(contents(report.before));
    expect(course(report).slice(-4)).toEqual(['start', 'start: Success', 'tell', 'tell: Success']);
    expect(world.target.isOpen).toBe(true);
  });
});

describe('a hook that does not end', () => {
  it('is given up after its time, and what it may have done is undone', async () => {
    world.target.hosts.change(NODE_2, { state: 'hanging' });
    await define({ before_overwrite: [call('stop', { on_abort: call('start') }, both)] });

    const report = await world.run('nightly');

    expectAsBefore(report, 'HookTimedOut');
    expect(report.manifest.error?.message).toMatch(/within 5 min, and may still be at work/);
    expect(report.waits.reduce((sum, seconds) => sum + seconds, 0)).toBeLessThan(400);
    expect(outcomes(report).slice(2, 4)).toEqual([
      ['before_overwrite', 'stop', 'TIMED_OUT'],
      ['on_abort', 'start', 'SUCCEEDED'],
    ]);
  });

  it('as a function', async () => {
    await define({ after_overwrite: [{ lambda: FUNCTION }] });
    world.before('Call Function', () => {
      throw Object.assign(new Error(''), { name: 'States.Timeout' });
    });

    const report = await world.run('nightly');

    expectFailure(report, 'HookTimedOut');
    expect(report.manifest.target).toBe('refreshed');
  });
});

describe('a host that does not answer', () => {
  it('gets its command within two minutes, or never', async () => {
    world.target.hosts.change(NODE_1, { state: 'offline' });

    const report = await world.run('nightly');

    expectFailure(report, 'HookFailed');
    expect(report.manifest.error?.message).toContain('DeliveryTimedOut on i-00000000000000001');
    expect(outcomes(report)).toEqual([
      ['before_snapshot', 'quiesce', 'FAILED'],
      ['after_snapshot', 'resume', 'FAILED'],
      ['on_failure', 'tell', 'FAILED'],
    ]);
    expect(world.target.isOpen).toBe(true);
  });

  it('that Systems Manager does not know at all', async () => {
    await define({ before_overwrite: [call('stop', {}, { instances: ['i-0123456789abcdef0'] })] });

    const report = await world.run('nightly');

    expectAsBefore(report, 'HookNotSent');
    expect(report.manifest.error?.message).toContain('Ssm.InvalidInstanceIdException');
  });

  it('since none bears the tags', async () => {
    const tagged = { instances: undefined, targets: [{ key: 'tag:role', values: ['test'] }] };
    await define({ before_overwrite: [call('stop', {}, tagged)] });

    const report = await world.run('nightly');

    expectAsBefore(report, 'HookFailed');
    expect(report.manifest.error?.message).toContain('No managed instance bears its tags.');
  });
});

describe('Systems Manager', () => {
  const throttled: Omit<HostFault, 'action'> = {
    type: 'ThrottlingException',
    message: 'Rate exceeded',
  };

  const passing: [string, HostFault[]][] = [
    [
      'that does not know the command yet, twice',
      [1, 2].map(() => ({
        action: 'getCommandInvocation',
        type: 'InvocationDoesNotExist',
        message: 'unknown',
      })),
    ],
    ['that is busy when it is looked', [{ action: 'getCommandInvocation', ...throttled }]],
    [
      'that is busy all the time when it is looked',
      Array.from({ length: 9 }, () => ({ action: 'getCommandInvocation' as const, ...throttled })),
    ],
    ['that is busy when it is sent', [{ action: 'sendCommand', ...throttled }]],
  ];

  it.each(some(passing, 2))('%s, is asked again', async (_, faults) => {
    world.target.hosts.addFaults(...faults);

    const report = await world.run('nightly');

    expectRefreshed(report);
    expect(course(report).filter((what) => what === 'quiesce')).toHaveLength(1);
  });

  it('that refuses, has begun nothing', async () => {
    world.target.hosts.addFaults({
      action: 'sendCommand',
      type: 'AccessDeniedException',
      message: 'is not authorized to perform: ssm:SendCommand',
    });

    const report = await world.run('nightly');

    expectAsBefore(report, 'HookNotSent');
  });
});
