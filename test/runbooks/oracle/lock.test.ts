import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Hosts } from './support/hosts.ts';
import { asUsual, DOWN } from './support/world.ts';

/** A stop whose shutdown takes until `release`, as one that the run has given up waiting for. */
const stopAtWork = async () => {
  const hosts = new Hosts('single');
  const pipe = (name: string) => join(hosts.root, name);
  spawnSync('mkfifo', [pipe('at_gate'), pipe('gate')]);
  let kill = () => {};
  const ended = hosts.run('stop', {
    fault: { at: 'shutdown', how: 'hold' },
    begun: (child) => {
      kill = () => child.kill('SIGKILL');
    },
  });
  await readFile(pipe('at_gate'));
  return { hosts, ended, kill, release: () => writeFile(pipe('gate'), '\n') };
};

describe('a stop that the run no longer waits for', () => {
  it('keeps restore waiting, which then puts back what it has stopped', async () => {
    const { hosts, ended, release } = await stopAtWork();

    const restored = hosts.run('restore', { LOCK_WAIT: '60' });
    await release();

    expect(await ended).toMatchObject({ code: 0 });
    expect(await restored).toMatchObject({ code: 0 });
    expect(hosts.state).toEqual(asUsual('single'));
  });

  it('fails a restore that has waited long enough, which names it', async () => {
    const { hosts, ended, release } = await stopAtWork();

    const { code, output } = await hosts.run('restore', { LOCK_WAIT: '0' });
    const other = await hosts.run('restore', { DB_UNIQUE_NAME: 'qa', LOCK_WAIT: '0' });
    await release();
    await ended;

    expect(code).toBe(1);
    expect(output).toContain('Another step of dev is at work on this host: stop of run nightly-1');
    expect(output).toContain('run this step again');
    // Another database of the host waits for nobody.
    expect(other.output).toContain('no note of run');
    expect(hosts.state).toEqual(DOWN);
  });

  it('is still waited for when it has been killed, until its command is over', async () => {
    const { hosts, ended, kill, release } = await stopAtWork();
    kill();

    const { output } = await hosts.run('restore', { LOCK_WAIT: '0' });
    await release();
    await ended;

    expect(output).toContain('is at work on this host');
    expect(hosts.state.up).toEqual({});
    expect(await hosts.run('restore')).toMatchObject({ code: 0 });
    expect(hosts.state).toEqual(asUsual('single'));
  });
});

it('a stop that comes after the restore of its run stops nothing', async () => {
  const hosts = new Hosts('single');
  await hosts.run('restore');

  const { code, output } = await hosts.run('stop');

  expect(code).toBe(1);
  expect(output).toContain('this run is over');
  expect(hosts.calls).toEqual([]);
});
