import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Hosts } from './support/hosts.ts';
import { asUsual } from './support/world.ts';

it('a device that somebody has open fails the stop, which names him and puts all back', async () => {
  const hosts = new Hosts('single');
  hosts.world.set({ handles: ' 815' });

  const { code, output } = await hosts.run('stop');

  expect(code).toBe(1);
  expect(output).toMatch(/Processes have .*3624a93707e914bf25e8a4d4a00011a2b open:\s+815/);
  expect(output).toContain('end them');
  expect(hosts.state).toEqual(asUsual('single'));
});

it('a volume without a device fails the stop before it is called proven', async () => {
  const hosts = new Hosts('single');
  hosts.remove('devices/3624a93707e914bf25e8a4d4a00011a2c');

  const { code, output } = await hosts.run('stop');

  expect(code).toBe(1);
  expect(output).toContain('7e914bf25e8a4d4a00011a2c has no multipath device on this host');
  expect(hosts.state).toEqual(asUsual('single'));
});

it('partitions of a device are looked at, and what else is built upon it fails the stop', async () => {
  const hosts = new Hosts('single');
  const layer = (name: string, kind: string) => {
    mkdirSync(join(hosts.root, `sys/dm-7/holders/${name}/dm`), { recursive: true });
    hosts.write(`sys/dm-7/holders/${name}/dm/uuid`, kind);
  };
  const device = join(hosts.root, 'devices/3624a93707e914bf25e8a4d4a00011a2b');
  rmSync(device);
  hosts.write('dm-7', '');
  symlinkSync('../dm-7', device);
  layer('dm-8', 'part1-mpath-3624a93707e914bf25e8a4d4a00011a2b');

  expect(await hosts.run('stop')).toMatchObject({ code: 0 });
  expect(hosts.calls).toContain('fuser /dev/dm-8');

  layer('dm-9', 'LVM-abc');
  const { code, output } = await hosts.run('stop');

  expect(code).toBe(1);
  expect(output).toContain('dm-9 (LVM-abc) is built upon');
  expect(hosts.state).toEqual(asUsual('single'));
});

it('where there are too many pairs to pass on, the manifest has them, and is read before anything is stopped', async () => {
  const hosts = new Hosts('single');
  const REFRESH_PAIRS = '';

  expect(await hosts.run('stop', { REFRESH_PAIRS })).toMatchObject({ code: 0 });

  const s3 = 's3://refreshes/manifests/nightly/nightly-1.json';
  expect(hosts.calls[0]).toBe(`aws s3 cp --only-show-errors ${s3} -`);
  expect(hosts.calls.filter((call) => call.startsWith('fuser'))).toHaveLength(2);
});

it.each([
  { REFRESH_MANIFEST: '', said: "REFRESH_MANIFEST is ''" },
  { REFRESH_MANIFEST: '/nowhere/nightly-1.json', said: 'on its own machine' },
])(
  'without pairs and manifest ($REFRESH_MANIFEST) nothing is stopped',
  async ({ said, ...environment }) => {
    const hosts = new Hosts('single');

    const { code, output } = await hosts.run('stop', { ...environment, REFRESH_PAIRS: '' });

    expect(code).toBe(1);
    expect(output).toContain(said);
    expect(output).toContain('Pass on REFRESH_PAIRS and REFRESH_MANIFEST as they came.');
    expect(hosts.calls).toEqual([]);
    expect((await hosts.run('restore')).output).toContain('nothing to put back');
  },
);
