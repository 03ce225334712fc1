import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { manifestSchema } from '../../lambda/refresh/manifest.ts';
import { some } from '../support/extent.ts';
import { call, commandLine, launch } from './command-line.ts';
import { EXCLUDED, groups, SOURCE, useWorkedExample } from './worked-example.ts';

const example = useWorkedExample();

describe('how it ends', () => {
  const ready = (more: object = {}) =>
    example.configure({ ...example.credentials, ...groups, excluded_volumes: EXCLUDED, ...more });

  it('with 1 when the array refuses the token', async () => {
    const file = await example.configure({
      ...example.credentials,
      ...groups,
      src_flash_array_api_token: 'wrong-token',
    });

    const { code, stdout, stderr } = await call(example.folder, ['-f', file, '-x']);

    expect(code).toBe(1);
    expect(stdout).toContain('ArrayLoginRefused');
    expect(stdout + stderr).not.toContain('wrong-token');
  });

  it('with 1 when a group is the source and the target', async () => {
    const { code, stderr } = await call(example.folder, ['-f', await ready(), '-t', SOURCE, '-x']);

    expect(code).toBe(1);
    expect(stderr).toContain('SourceIsTarget');
  });

  describe('when the array refuses a volume in the middle', () => {
    const refused = { errors: [{ context: null, message: 'Operation failed.' }] };
    const refuse = (times: number) =>
      example.simulator.addFaults([
        {
          method: 'POST',
          path: '/volumes',
          nth: 3,
          times,
          effect: { status: 400, body: refused },
        },
      ]);
    const impatient = () => ready({ settle_seconds: 0 });

    it('with 1 where the target was put back', async () => {
      const before = example.contents();
      refuse(1);

      const { code, stdout } = await call(example.folder, [
        '-f',
        await impatient(),
        '-x',
        '--json',
      ]);

      expect(code).toBe(1);
      expect(manifestSchema.parse(JSON.parse(stdout))).toMatchObject({
        status: 'FAILED',
        target: 'restored',
      });
      expect(example.contents()).toEqual(before);
    });

    it('with 3 where it could not be put back, and what to do', async () => {
      refuse(0);

      const { code, stdout, stderr } = await call(example.folder, [
        '-f',
        await impatient(),
        '-x',
        '--json',
      ]);

      expect(code).toBe(3);
      const manifest = manifestSchema.parse(JSON.parse(stdout));
      expect(manifest).toMatchObject({ status: 'FAILED', target: 'mixed' });
      expect(manifest.recovery_steps).toContainEqual(expect.stringContaining('purevol copy'));
      expect(manifest.error?.remedy).toContain(`--recover ${manifest.run}`);
      expect(stderr).toContain('Roll Back');
    });
  });

  const signals = [
    ['the end of its terminal', 'SIGHUP'],
    ['Ctrl-C', 'SIGINT'],
  ] as const;

  // Ctrl-C comes further down, and while a run waits in replication.test.ts.
  it.each(some(signals, 1))(
    'with 1 and an untouched target after %s in front of the overwrite',
    async (_, signal) => {
      const before = example.contents();
      example.simulator.addFaults([
        { method: 'GET', path: '/arrays', effect: { delay_ms: 1_000 } },
      ]);
      const running = launch(example.folder, ['-f', await ready(), '-x', '--json']);
      await running.shows('Prepare …');

      running.process.kill(signal);
      const { code, stdout, stderr } = await running.finished;

      expect(code).toBe(1);
      expect(stderr).toContain('being finished first');
      expect(manifestSchema.parse(JSON.parse(stdout))).toMatchObject({
        status: 'FAILED',
        target: 'untouched',
        error: { name: 'Interrupted' },
      });
      expect(example.mutations()).toEqual([]);
      expect(example.contents()).toEqual(before);
    },
  );

  it('with 1 and a whole refresh after Ctrl-C in the middle of the overwrite', async () => {
    example.simulator.addFaults([
      { method: 'POST', path: '/volumes', effect: { delay_ms: 1_000 } },
    ]);
    const running = launch(example.folder, ['-f', await ready(), '-x', '--json']);
    await running.shows('Overwrite Volumes …');

    running.process.kill('SIGINT');
    const { code, stdout } = await running.finished;

    expect(code).toBe(1);
    expect(manifestSchema.parse(JSON.parse(stdout))).toMatchObject({
      status: 'SUCCEEDED',
      target: 'refreshed',
    });
  });

  it('at once with 3 after a second Ctrl-C in the middle of the overwrite', async () => {
    example.simulator.addFaults([
      { method: 'POST', path: '/volumes', times: 0, effect: { delay_ms: 60_000 } },
    ]);
    const running = launch(example.folder, ['-f', await ready(), '-x']);
    await running.shows('Overwrite Volumes …');

    running.process.kill('SIGINT');
    await running.shows('is finished or put back first');
    // Until it is long enough after the first one to be another.
    const again = setInterval(() => running.process.kill('SIGINT'), 100);
    const { code, stderr } = await running.finished;
    clearInterval(again);

    expect(code).toBe(3);
    expect(stderr).toContain('take the target group as mixed');
  });
});

it.skipIf(!existsSync('/dev/full'))(
  'with 1 where what was asked for cannot be written to standard output',
  () => {
    const full = openSync('/dev/full', 'w');

    const { status } = spawnSync(process.execPath, [commandLine, '--help'], {
      stdio: ['ignore', full, 'ignore'],
    });
    closeSync(full);

    expect(status).toBe(1);
  },
);
