import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { askPs, identityOf, isAlive, ownIdentity } from '../../local/process-identity.ts';
import { startChild } from './child-process.ts';

const own = ownIdentity();

it('an identity is short and has nothing in it that an ARN would not take', () => {
  expect(own).toMatch(/^[A-Za-z0-9][A-Za-z0-9-]{0,59}$/);
  expect(own).toContain(`-${process.pid}-`);
});

describe('a process', () => {
  it('that runs is alive', () => {
    expect(isAlive(own)).toBe(true);
  });

  it('is alive until it ends', async () => {
    const child = await startChild();

    expect(isAlive(child.identity)).toBe(true);
    await child.kill();
    expect(isAlive(child.identity)).toBe(false);
  });

  it('that has ended is dead, though its parent never asks how', async () => {
    // The shell becomes Node, which knows nothing of the shell's child.
    const node = `exec "$0" --eval "console.log($!); setInterval(() => {}, 1e6)"`;
    const parent = spawn('sh', ['-c', `exec 3<&0; read line <&3 & ${node}`, process.execPath], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const [line] = await once(parent.stdout, 'data');
    const child = Number(line);
    const identity = identityOf(child);

    expect(isAlive(identity)).toBe(true);
    parent.stdin.write('\n');
    await vi.waitFor(() => expect(isAlive(identity)).toBe(false));
    expect(process.kill(child, 0)).toBe(true);

    parent.kill('SIGKILL');
    await once(parent, 'exit');
  });

  it('that started at another time is another, which was given the id of one that is dead', () => {
    expect(isAlive(own.replace(/[^-]+$/, '1'))).toBe(false);
  });

  it.each([
    ['of another host', own.replace(/^.*?-/, 'elsewhere-')],
    [
      'of a host or container of the same name',
      own.replace(/[0-9a-f]{8}(?=-\d+-\w+$)/, '0bad0bad'),
    ],
    ['whose start nobody told', own.replace(/[^-]+$/, 'unknown')],
    ['that is no process', 'D2BABC26-hbQ6Xlgw5'],
    ['of no name', ''],
  ])('%s may be alive or dead', (_, identity) => {
    expect(isAlive(identity)).toBeUndefined();
  });
});

it.skipIf(spawnSync('ps').error)('where there is no /proc, ps tells the same', () => {
  expect(askPs(process.pid)).toEqual({
    start: expect.stringMatching(/^[A-Za-z]{6}\d+$/),
    ended: false,
  });
  expect(askPs(2 ** 31 - 1)).toBeUndefined();
});
