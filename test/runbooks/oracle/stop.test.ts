import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Hosts } from './support/hosts.ts';
import { asUsual, DOWN, type Topology } from './support/world.ts';

const topologies: Topology[] = ['single', 'rac'];

describe.each(topologies)('%s', (topology) => {
  it('stops, dismounts in reverse order, and proves it', async () => {
    const hosts = new Hosts(topology);

    const { code, output } = await hosts.run('stop');

    expect(output).toContain('nothing runs, nothing is mounted, no device is open');
    expect(code).toBe(0);
    expect(hosts.state).toMatchObject({ up: {}, mounted: [] });
    expect(hosts.changes).toEqual(
      topology === 'single'
        ? [
            'sqlplus -S -L / as sysdba <<< shutdown immediate',
            'asmcmd umount FRA',
            'asmcmd umount DATA',
          ]
        : [
            'srvctl stop database -db dev -stopoption immediate',
            'srvctl stop diskgroup -diskgroup FRA',
            'srvctl stop diskgroup -diskgroup DATA',
          ],
    );
    expect(hosts.calls.filter((call) => call.startsWith('fuser'))).toEqual([
      expect.stringMatching(/3624a93707e914bf25e8a4d4a00011a2b$/),
      expect.stringMatching(/3624a93707e914bf25e8a4d4a00011a2c$/),
    ]);
  });

  it('stopped twice is stopped; restored twice is as it was found', async () => {
    const hosts = new Hosts(topology);
    await hosts.run('stop');

    expect(await hosts.run('stop')).toMatchObject({ code: 0 });
    expect(hosts.changes).toEqual([]);

    expect(await hosts.run('restore')).toMatchObject({ code: 0 });
    expect(hosts.state.up).toEqual(asUsual(topology).up);
    expect(hosts.state.mounted).toEqual(asUsual(topology).mounted);

    expect(await hosts.run('restore')).toMatchObject({ code: 0 });
    expect(hosts.changes).toEqual([]);
  });

  it.each([
    { title: 'down, one disk group mounted', state: { ...DOWN, mounted: ['DATA@n1'] } },
    {
      title: 'mounted, not open',
      state: { up: { n1: 'mount' }, mounted: ['DATA@n1', 'FRA@n1'], pdbs: [] },
    },
  ])('what was found $title is left so', async ({ state }) => {
    const hosts = new Hosts(topology, state);

    expect(await hosts.run('stop')).toMatchObject({ code: 0 });
    expect(hosts.state).toEqual(DOWN);
    expect(await hosts.run('restore')).toMatchObject({ code: 0 });
    expect(hosts.state).toEqual(state);
  });
});

it('what another run has noted is not taken for this run', async () => {
  const hosts = new Hosts('single');
  await hosts.run('stop');

  expect(await hosts.run('stop', { REFRESH_RUN: 'nightly-2' })).toMatchObject({ code: 0 });
  expect(await hosts.run('restore', { REFRESH_RUN: 'nightly-2' })).toMatchObject({ code: 0 });

  expect(hosts.state).toEqual(DOWN);
});

it('a stop that has failed may be repeated in its run', async () => {
  const hosts = new Hosts('single');
  hosts.world.set({ handles: ' 815' });
  await hosts.run('stop');
  hosts.world.set({ handles: '' });

  expect(await hosts.run('stop')).toMatchObject({ code: 0 });
  expect(hosts.state).toEqual(DOWN);
});

it('restore of a run that this host does not know says where to look', async () => {
  const hosts = new Hosts('single');

  const { code, output } = await hosts.run('restore');

  expect(code).toBe(1);
  expect(output).toContain('no note of run nightly-1');
  expect(output).toContain('If stop ran on another host, run restore there');
  expect(hosts.calls).toEqual([]);
});

it('RAC: only the node that was up is started, only where it was mounted it is mounted', async () => {
  const state = { up: { n2: 'open' }, mounted: ['DATA@n2', 'FRA@n1', 'FRA@n2'], pdbs: [] };
  const hosts = new Hosts('rac', state);

  expect(await hosts.run('stop')).toMatchObject({ code: 0 });
  expect(hosts.state).toEqual(DOWN);
  expect(await hosts.run('restore')).toMatchObject({ code: 0 });
  expect(hosts.state).toEqual(state);
});

it('RAC: a mode that srvctl could not bring back is refused before anything is done', async () => {
  const state = { ...asUsual('rac'), up: { n1: 'open', n2: 'restrict' } };
  const hosts = new Hosts('rac', state);

  const { code, output } = await hosts.run('stop');

  expect(code).toBe(1);
  expect(output).toContain('neither open nor mounted');
  expect(hosts.changes).toEqual([]);
  expect((await hosts.run('restore')).output).toContain('nothing to put back');
});

it('file systems are dismounted and mounted like disk groups, without asking ASM', async () => {
  const state = { up: { n1: 'restrict' }, mounted: ['/u02/dev@n1', '/u03/dev@n1'], pdbs: ['PDB1'] };
  const hosts = new Hosts('single', state);
  const STORAGE = '/u02/dev /u03/dev';
  hosts.environment['STORAGE'] = STORAGE;

  expect(await hosts.run('stop')).toMatchObject({ code: 0 });
  expect(hosts.changes.slice(1)).toEqual(['umount /u03/dev', 'umount /u02/dev']);
  expect(hosts.calls.join()).not.toContain('asmcmd');
  expect(hosts.state).toEqual(DOWN);
  expect(await hosts.run('restore')).toMatchObject({ code: 0 });
  expect(hosts.state).toEqual(state);
});

it('notes of 30 days ago are forgotten, those of the run and of other databases are not', async () => {
  const hosts = new Hosts('single');
  await hosts.run('stop');
  const long = Date.now() / 1_000 - 31 * 24 * 60 * 60;
  const old = ['old-1.dev', 'old-1.dev.nid.log', 'old-1.qa'].map((name) => `state/${name}`);
  for (const name of old) {
    hosts.write(name, 'old');
    utimesSync(join(hosts.root, name), long, long);
  }

  await hosts.run('stop');

  expect(old.filter((name) => hosts.has(name))).toEqual(['state/old-1.qa']);
  expect(await hosts.run('restore')).toMatchObject({ code: 0 });
  expect(hosts.state).toEqual(asUsual('single'));
});
