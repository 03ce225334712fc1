import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, GIB, startTestArray, type TestArray } from './test-array.ts';

let array: TestArray;

beforeAll(async () => {
  const state = {
    name: 'fa-test',
    volumes: ['own', 'shared', 'rac-1', 'rac-2', 'solo', 'vvol', 'pod1::vg/in-pod', 'dead'].map(
      (name) => ({ name, size: GIB, destroyed: name === 'dead' }),
    ),
    hosts: [
      { name: 'Solo', volumes: ['solo', 'own'] },
      { name: 'rac1', volumes: ['rac-1'] },
      { name: 'rac2', volumes: ['rac-2', 'dead'] },
      { name: 'esx', volumes: ['vvol'], protocol_endpoint: 'pe-1' },
    ],
    host_groups: [{ name: 'rac', hosts: ['rac1', 'rac2'], volumes: ['shared'] }],
    protection_groups: [
      { name: 'volumes-pg', volumes: ['own', 'dead'], targets: ['fa-dr'] },
      { name: 'hosts-pg', hosts: ['solo', 'rac1'] },
      { name: 'host-groups-pg', host_groups: ['RAC'] },
      { name: 'pg', pod: 'pod1', volumes: ['pod1::vg/in-pod'] },
      { name: 'empty-pg' },
    ],
  };
  array = await startTestArray({ arrays: [state, { name: 'fa-dr' }] });
});
afterAll(() => array.stop());

describe('members of protection groups', () => {
  const membersOf = async (kind: string, query = {}) =>
    (await array.items(`/protection-groups/${kind}`, query)).map(
      ({ group, member }) => `${group.name} ${member.name}`,
    );

  it('are listed by kind', async () => {
    expect(await membersOf('volumes')).toEqual([
      'volumes-pg own',
      'volumes-pg dead',
      'pod1::pg pod1::vg/in-pod',
    ]);
    expect(await membersOf('hosts')).toEqual(['hosts-pg Solo', 'hosts-pg rac1']);
    expect(await membersOf('host-groups')).toEqual(['host-groups-pg rac']);
  });

  it.each([
    ['volumes', { group_names: 'VOLUMES-pg' }, ['volumes-pg own', 'volumes-pg dead']],
    ['volumes', { group_names: 'volumes-pg', member_destroyed: false }, ['volumes-pg own']],
    ['volumes', { member_destroyed: true }, ['volumes-pg dead']],
    ['volumes', { member_names: 'pod1::vg/in-pod' }, ['pod1::pg pod1::vg/in-pod']],
    ['volumes', { group_names: 'hosts-pg,empty-pg' }, []],
    ['hosts', { member_names: 'SOLO' }, ['hosts-pg Solo']],
    ['host-groups', { group_names: 'hosts-pg' }, []],
  ])('%s %j', async (kind, query, expected) => {
    expect(await membersOf(kind, query)).toEqual(expected);
  });

  it.each([
    ['volumes', { group_names: 'nobody' }, 'nobody', 'Protection group does not exist.'],
    ['volumes', { member_names: 'nothing' }, 'nothing', 'Volume does not exist.'],
    ['hosts', { member_names: 'no-host' }, 'no-host', 'Host does not exist.'],
    ['host-groups', { member_names: 'none' }, 'none', 'Host group does not exist.'],
  ])('%s %j is an error', async (kind, query, context, message) => {
    const answered = await array.call('GET', `/protection-groups/${kind}`, { query });
    expect(answered.status).toBe(400);
    expect(errorOf(answered)).toEqual({ context, message });
  });

  it('that are not in the state asked for are an error', async () => {
    for (const query of [
      { member_names: 'dead', member_destroyed: false },
      { member_names: 'own', member_destroyed: true },
    ]) {
      expect((await array.call('GET', '/protection-groups/volumes', { query })).status).toBe(400);
    }
  });

  it('are counted, as are targets', async () => {
    expect(await array.items('/protection-groups')).toMatchObject([
      { name: 'volumes-pg', volume_count: 2, host_count: 0, target_count: 1, is_local: true },
      { name: 'hosts-pg', volume_count: 0, host_count: 2, host_group_count: 0, target_count: 0 },
      { name: 'host-groups-pg', host_group_count: 1 },
      { name: 'pod1::pg', pod: { name: 'pod1' }, source: { name: 'pod1' } },
      { name: 'empty-pg', volume_count: 0, source: { name: 'fa-test' } },
    ]);
  });
});

describe('connections', () => {
  const rowsOf = async (query = {}) =>
    (await array.items('/connections', query)).map(
      ({ volume, host, host_group }) => `${volume.name} ${host.name} ${host_group.name}`,
    );

  it('are one row per host, also through a host group', async () => {
    expect(await rowsOf()).toEqual([
      'solo Solo null',
      'own Solo null',
      'shared rac1 rac',
      'rac-1 rac1 rac',
      'shared rac2 rac',
      'rac-2 rac2 rac',
      'dead rac2 rac',
      'vvol esx null',
    ]);
  });

  it.each([
    [{ volume_names: 'Shared' }, ['shared rac1 rac', 'shared rac2 rac']],
    [{ volume_names: 'own,solo' }, ['solo Solo null', 'own Solo null']],
    [{ host_names: 'SOLO' }, ['solo Solo null', 'own Solo null']],
    [{ host_group_names: 'rac', volume_names: 'rac-2' }, ['rac-2 rac2 rac']],
    [
      { filter: "host_group.name='rac' and not(volume.name='shared')" },
      ['rac-1 rac1 rac', 'rac-2 rac2 rac', 'dead rac2 rac'],
    ],
    [{ volume_names: 'pod1::vg/in-pod' }, []],
  ])('%j', async (query, expected) => {
    expect(await rowsOf(query)).toEqual(expected);
  });

  it('show the protocol endpoint, where there is one', async () => {
    expect(await array.items('/connections', { volume_names: 'vvol' })).toMatchObject([
      { protocol_endpoint: { id: expect.any(String), name: 'pe-1' } },
    ]);
    expect(await array.items('/connections', { volume_names: 'own' })).toMatchObject([
      { protocol_endpoint: { id: null, name: null }, lun: 2, nsid: null },
    ]);
  });

  it('count for volumes: a host group counts once', async () => {
    const items = await array.items('/volumes', { names: 'shared,own,rac-1,pod1::vg/in-pod' });
    expect(items.map(({ connection_count }) => connection_count)).toEqual([1, 1, 1, 0]);
  });

  it('refuse more than one name of more than one kind', async () => {
    const query = { volume_names: 'own,solo', host_names: 'solo,rac1' };
    expect((await array.call('GET', '/connections', { query })).status).toBe(400);
  });
});

describe('snapshots of groups', () => {
  it.each([
    ['hosts-pg', ['own', 'shared', 'rac-1', 'solo']],
    ['host-groups-pg', ['shared', 'rac-1', 'rac-2']],
    ['pod1::pg', ['vg/in-pod']],
    ['empty-pg', []],
  ])('%s holds every live volume behind its members', async (group, volumes) => {
    await array.call('POST', '/protection-group-snapshots', {
      query: { source_names: group },
      body: { suffix: 'all' },
    });
    const names = await array.names('/volume-snapshots', { filter: `name='${group}.all.*'` });
    expect(names.toSorted()).toEqual(volumes.map((name) => `${group}.all.${name}`).toSorted());
  });

  it('in pods belong to the pod, and keep the volume group', async () => {
    const [snapshot] = await array.items('/volume-snapshots', { names: 'pod1::pg.all.vg/in-pod' });
    expect(snapshot).toMatchObject({
      source: { name: 'pod1::vg/in-pod' },
      pod: { name: 'pod1' },
      volume_group: { name: 'pod1::vg' },
    });
  });
});
