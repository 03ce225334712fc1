import { request } from 'undici';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { replicationDemoState } from '../../../local/array/demo.ts';
import { type ArrayState, parseStateFile } from '../../../local/array/state-file.ts';
import { errorOf, GIB } from './test-array.ts';
import { type Pair, startPair } from './test-replication.ts';

const TARGETS = '/protection-groups/targets';
const CONNECTIONS = '/array-connections';

describe('two arrays of which one replicates to the other', () => {
  let pair: Pair;
  beforeAll(async () => {
    pair = await startPair();
  });
  beforeEach(() => pair.reset());
  afterAll(() => pair.stop());

  it('are connected, seen from both', async () => {
    for (const [client, other, otherName] of [
      [pair.source, pair.target, 'fa-dr'],
      [pair.target, pair.source, 'fa-prod'],
    ] as const) {
      const [{ id }] = await other.items('/arrays');
      const connections = await client.items(CONNECTIONS);
      expect(connections).toMatchObject([
        {
          id,
          name: otherName,
          status: 'connected',
          type: 'async-replication',
          replication_transport: 'ip',
          throttle: { default_limit: null, window: { start: null, end: null } },
          remote: { id, name: otherName },
        },
      ]);
      expect(await client.items(CONNECTIONS, { names: otherName })).toEqual(connections);
      expect(await client.items(CONNECTIONS, { filter: "status='connecting'" })).toEqual([]);
    }
    const answered = await pair.source.call('GET', CONNECTIONS, { query: { names: 'fa-none' } });
    expect(errorOf(answered)).toEqual({ context: 'fa-none', message: 'Array does not exist.' });
  });

  it('show the targets of groups, and on the target those of the replicas', async () => {
    const [{ id }] = await pair.target.items('/arrays');
    const [group] = await pair.source.items('/protection-groups', { names: 'prd-pg' });
    const row = { allowed: true, status: 'replicating', member: { id, name: 'fa-dr' } };
    expect(await pair.source.items(TARGETS)).toMatchObject([
      { ...row, group: { id: group.id, name: 'prd-pg' } },
      { ...row, group: { name: 'pod-1::pg' } },
    ]);
    expect(await pair.target.items(TARGETS)).toMatchObject([
      { ...row, group: { name: 'fa-prod:prd-pg' } },
      { ...row, group: { name: 'pod-1:pg' } },
    ]);
  });

  it.each([
    [{ group_names: 'PRD-pg' }, ['prd-pg']],
    [{ member_names: 'FA-dr' }, ['prd-pg', 'pod-1::pg']],
    [{ member_names: 'fa-prod' }, []],
    [{ group_names: 'local-pg' }, []],
    [{ filter: "allowed='false'" }, []],
    [{ filter: 'allowed=true', sort: 'group.name' }, ['pod-1::pg', 'prd-pg']],
  ])('show the targets %j', async (query, expected) => {
    const items = await pair.source.items(TARGETS, query);
    expect(items.map(({ group }) => group.name)).toEqual(expected);
  });

  it('show at both ends what is disallowed', async () => {
    pair.set({ group: 'prd-pg', allowed: false });
    for (const client of [pair.source, pair.target]) {
      expect(await client.items(TARGETS)).toMatchObject([
        { allowed: false, status: 'disallowed' },
        { allowed: true, status: 'replicating' },
      ]);
    }
  });

  it('show what each version has', async () => {
    const [old] = await pair.source.items(TARGETS, {}, '2.25');
    expect(old).toEqual({
      group: { name: 'prd-pg' },
      member: { name: 'fa-dr' },
      allowed: true,
    });
    const [middle] = await pair.source.items(TARGETS, {}, '2.36');
    expect(Object.keys(middle.group)).toContain('id');
    expect(Object.keys(middle.member)).toEqual(['name']);
    const query = { member_ids: 'x' };
    const answered = await pair.source.call('GET', TARGETS, { version: '2.36', query });
    expect(errorOf(answered).message).toContain('member_ids is not in REST 2.36');
  });

  it('count targets', async () => {
    const items = await pair.source.items('/protection-groups');
    expect(items.map(({ target_count }) => target_count)).toEqual([1, 1, 0]);
  });

  describe('and the admin port', () => {
    const post = async (body: unknown) => {
      const answered = await request(`${pair.sim.admin}/replication`, {
        method: 'POST',
        body: JSON.stringify(body),
      });
      // biome-ignore lint/suspicious/noExplicitAny: replies are JSON that each test looks into
      return { status: answered.statusCode, body: (await answered.body.json()) as any };
    };

    it('sets all that a program can set', async () => {
      const settings = {
        array: 'fa-dr',
        start_delay_ms: 10,
        curve: [
          [100, 0.5],
          [200, 1],
        ],
        stall_at: 0.75,
        allowed: true,
        status: 'partially_connected',
      };
      expect(await post(settings)).toEqual({ status: 200, body: {} });
      await pair.send('s1');
      pair.clock.advance(110);
      expect(await pair.transfer('fa-prod:prd-pg.s1')).toMatchObject({ progress: 0.5 });
      pair.clock.advance(100);
      expect(await pair.transfer('fa-prod:prd-pg.s1')).toMatchObject({ progress: 0.75 });
      expect(await pair.target.items(CONNECTIONS)).toMatchObject([
        { status: 'partially_connected' },
      ]);
    });

    it.each([
      [{ duration: 5 }, 'duration'],
      [{ duration_ms: -1 }, 'duration_ms'],
      [{ duration_ms: 5, curve: [[5, 1]] }, 'cannot be set together'],
      [{ curve: [] }, 'curve'],
      [
        {
          curve: [
            [5, 0.5],
            [5, 1],
          ],
        },
        'the times have to rise',
      ],
      [
        {
          curve: [
            [5, 0.5],
            [6, 0.4],
          ],
        },
        'the fractions must not fall',
      ],
      [{ stall_at: 2 }, 'stall_at'],
      [{ status: 'broken' }, 'status'],
      [{ status: 'connecting', group: 'prd-pg' }, 'not to a group'],
      [{ array: 'fa-none', status: 'connecting' }, 'only fa-prod, fa-dr'],
      [{ array: 'fa-prod', duration_ms: 5 }, 'there is prd-pg to fa-dr, pod-1::pg to fa-dr'],
      [{ group: 'local-pg', allowed: false }, 'prd-pg to fa-dr'],
    ])('refuses %j', async (body, words) => {
      const answered = await post(body);
      expect(answered.status).toBe(400);
      expect(answered.body.error).toContain(words);
    });
  });
});

describe('a state file', () => {
  const start = async (arrays: ArrayState[]) => {
    const pair = await startPair(arrays);
    const [targets, connections] = await Promise.all([
      pair.source.items(TARGETS),
      pair.target.items(CONNECTIONS),
    ]);
    await pair.stop();
    return { targets, connections };
  };

  it('can say that a target does not allow it, and that arrays are not connected', async () => {
    const { targets, connections } = await start([
      {
        name: 'fa-prod',
        protection_groups: [{ name: 'pg', targets: [{ name: 'FA-dr', allowed: false }] }],
        connections: [{ name: 'fa-dr', status: 'connecting', type: 'sync-replication' }],
      },
      { name: 'fa-dr' },
    ]);
    expect(targets).toMatchObject([{ allowed: false, member: { name: 'fa-dr' } }]);
    expect(connections).toMatchObject([
      { name: 'fa-prod', status: 'connecting', type: 'sync-replication' },
    ]);
  });

  it('connects no others', async () => {
    const { targets, connections } = await start([{ name: 'fa-prod' }, { name: 'fa-dr' }]);
    expect([targets, connections]).toEqual([[], []]);
  });

  it('may have several targets for a group: each gets its own transfer', async () => {
    const pair = await startPair([
      {
        name: 'fa-prod',
        volumes: [{ name: 'v', size: GIB }],
        protection_groups: [
          { name: 'prd-pg', volumes: ['v'], targets: [{ name: 'fa-dr' }, 'fa-far'] },
        ],
      },
      { name: 'fa-dr' },
      { name: 'fa-far' },
    ]);
    pair.set({ array: 'fa-far', duration_ms: 80_000 });
    await pair.send('s1');
    pair.clock.advance(8000);
    const [, near, far] = pair.sim.state().arrays;
    expect(near?.snapshots).toHaveLength(1);
    expect(far?.snapshots[0]?.volumes[0]?.source?.id).not.toBe(
      near?.snapshots[0]?.volumes[0]?.source?.id,
    );
    expect(await pair.transfer('fa-prod:prd-pg.s1')).toMatchObject({ progress: 1 });
    const query = { source_names: 'prd-pg' };
    await pair.source.call('POST', '/protection-group-snapshots', {
      query,
      body: { suffix: 's2' },
    });
    await pair.source.call('POST', '/protection-group-snapshots/replica', {
      query: { names: 'prd-pg.s2', on: 'fa-far' },
    });
    pair.clock.advance(200_000);
    const counts = pair.sim.state().arrays.map(({ snapshots }) => snapshots.length);
    expect(counts).toEqual([2, 1, 2]);
    await pair.stop();
  });

  const groupWith = (targets: unknown, more = {}) => ({
    arrays: [
      { name: 'fa-1', protection_groups: [{ name: 'pg', targets }], ...more },
      { name: 'fa-2', connections: [{ name: 'fa-1', status: 'connected' }] },
    ],
  });
  it.each([
    ['an unknown array', groupWith(['fa-3']), 'targets[0]: there is no other array fa-3'],
    ['the array itself', groupWith(['fa-2', 'FA-1']), 'targets[1]: there is no other array FA-1'],
    ['a target twice', groupWith(['fa-2', { name: 'FA-2' }]), 'targets[1]: FA-2 is there twice'],
    ['a strange target', groupWith([{ array: 'fa-2' }]), 'targets[0]: not a target: the name'],
    [
      'a connection to nowhere',
      groupWith([], { connections: [{ name: 'fa-3' }] }),
      'arrays[0].connections[0]: there is no other array fa-3',
    ],
    [
      'a connection of a strange status',
      groupWith([], { connections: [{ name: 'fa-2', status: 'broken' }] }),
      'arrays[0].connections[0].status: ',
    ],
    [
      'a connection of two minds',
      groupWith([], { connections: [{ name: 'fa-2', status: 'connecting' }] }),
      'arrays[1].connections[0]: fa-1 says something else',
    ],
    [
      'two replicas of one name',
      {
        arrays: ['fa-1', 'fa-2', 'fa-3'].map((name) => ({
          name,
          protection_groups: name === 'fa-3' ? [] : [{ name: 'pg', pod: 'p', targets: ['fa-3'] }],
        })),
      },
      'arrays[1].protection_groups[0].targets[0]: there is another p:pg already',
    ],
  ])('with %s is refused', (_, state, message) => {
    expect(() => parseStateFile(state)).toThrow(message);
  });

  it('of the demonstration has the production of the seed on one array, and its copy on another', () => {
    const { arrays } = parseStateFile(replicationDemoState);
    expect(
      arrays.map(({ name, protection_groups }) => [
        name,
        protection_groups?.map((group) => [group.name, group.targets]),
      ]),
    ).toEqual([
      ['fa-prod', [['gct-oradb-demo-prd01-pg', ['fa-dr']]]],
      ['fa-dr', [['gct-oradb-demo-dev01-pg', undefined]]],
    ]);
  });
});
