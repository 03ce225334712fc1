import { describe, expect, it } from 'vitest';
import { demoState } from '../../../local/array/demo.ts';
import { startSimulator } from '../../../local/array/simulator.ts';
import { parseStateFile, StateFileError } from '../../../local/array/state-file.ts';
import { loadArray } from '../../../local/array/store/load-array.ts';
import { GIB } from './test-array.ts';

const volumes = [
  { name: 'vol-0', size: GIB },
  { name: 'vol-1', size: GIB },
];
const withArray = (array: object) => ({ arrays: [{ name: 'fa', volumes, ...array }] });

/** What the error says, line by line. */
function problemsIn(value: unknown): string[] {
  try {
    parseStateFile(value);
    return [];
  } catch (error) {
    if (error instanceof StateFileError) return error.message.split('\n');
    throw error;
  }
}

describe('a state file', () => {
  it.each([
    ['nothing', null, 'the file: '],
    ['no arrays', {}, 'arrays: '],
    ['an empty list', { arrays: [] }, 'arrays: '],
    ['a typing error', withArray({ volume: [] }), 'arrays[0]: Unrecognized key: "volume"'],
    ['no size', withArray({ volumes: [{ name: 'v' }] }), 'arrays[0].volumes[0].size: '],
    [
      'half a sector',
      withArray({ volumes: [{ name: 'v', size: GIB + 1 }] }),
      'arrays[0].volumes[0].size: ',
    ],
    [
      'a size in words',
      withArray({ volumes: [{ name: 'v', size: '4G' }] }),
      'arrays[0].volumes[0].size: ',
    ],
    [
      'a strange name',
      withArray({ volumes: [{ name: 'a b', size: GIB }] }),
      'arrays[0].volumes[0].name: not a name',
    ],
    [
      'a strange serial',
      withArray({ volumes: [{ name: 'v', size: GIB, serial: 'x' }] }),
      'arrays[0].volumes[0].serial: not a serial',
    ],
    [
      'a strange promotion',
      withArray({ volumes: [{ name: 'v', size: GIB, promotion_status: 'promoting' }] }),
      'arrays[0].volumes[0].promotion_status: ',
    ],
    [
      'a strange subtype',
      withArray({ volumes: [{ name: 'v', size: GIB, subtype: 'vvol' }] }),
      'arrays[0].volumes[0].subtype: ',
    ],
    ['no room at all', withArray({ capacity: 0 }), 'arrays[0].capacity: '],
    ['less than nothing on it', withArray({ used: -1 }), 'arrays[0].used: '],
    [
      'a strange retention lock',
      withArray({ protection_groups: [{ name: 'pg', retention_lock: 'locked' }] }),
      'arrays[0].protection_groups[0].retention_lock: ',
    ],
    [
      'a volume twice',
      withArray({ volumes: [...volumes, { name: 'VOL-0', size: GIB }] }),
      'arrays[0].volumes[2]: VOL-0 is there twice',
    ],
    [
      'an id twice',
      withArray({ volumes: volumes.map((volume) => ({ ...volume, id: 'x' })) }),
      'arrays[0].volumes[1]: x is there twice',
    ],
    [
      'an array twice',
      { arrays: [{ name: 'fa' }, { name: 'FA' }] },
      'arrays[1]: FA is there twice',
    ],
    [
      'a member that is not there',
      withArray({ protection_groups: [{ name: 'pg', volumes: ['vol-0', 'vol-9'] }] }),
      'arrays[0].protection_groups[0].volumes[1]: there is no vol-9',
    ],
    [
      'members of two kinds',
      withArray({
        hosts: [{ name: 'h' }],
        protection_groups: [{ name: 'pg', volumes: ['vol-0'], hosts: ['h'] }],
      }),
      'arrays[0].protection_groups[0]: has members of more than one kind: volumes, hosts',
    ],
    [
      'a host that is not there',
      withArray({ host_groups: [{ name: 'hg', hosts: ['h'] }] }),
      'arrays[0].host_groups[0].hosts[0]: there is no h',
    ],
    [
      'a host with a volume that is not there',
      withArray({ hosts: [{ name: 'h', volumes: ['v'] }] }),
      'arrays[0].hosts[0].volumes[0]: there is no v',
    ],
    [
      'a snapshot twice',
      withArray({
        protection_groups: [{ name: 'pg', snapshots: [{ suffix: 's' }, { suffix: 'S' }] }],
      }),
      'arrays[0].protection_groups[0].snapshots[1]: S is there twice',
    ],
  ])('with %s is refused, and the field named', (_, value, expected) => {
    const problems = problemsIn(value);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(expected);
  });

  it('may have groups of one name, in different pods', () => {
    const groups = [{ name: 'pg' }, { name: 'pg', pod: 'pod-1' }, { name: 'pod-2::pg' }];
    expect(problemsIn(withArray({ protection_groups: groups }))).toEqual([]);
    const twice = [...groups, { name: 'pg', pod: 'pod-2' }];
    expect(problemsIn(withArray({ protection_groups: twice }))).toEqual([
      'arrays[0].protection_groups[3]: pod-2::pg is there twice',
    ]);
  });

  it('tells all that is wrong at once', () => {
    expect(
      problemsIn(withArray({ volumes: [{ name: 'v', size: 0.5 * GIB + 1 }, { size: GIB }] })),
    ).toEqual([
      expect.stringContaining('volumes[0].size'),
      expect.stringContaining('volumes[1].name'),
    ]);
  });

  it('is checked when the simulator starts', async () => {
    await expect(startSimulator({ state: { arrays: [] } })).rejects.toThrow(StateFileError);
  });

  it('of the worked example is the two databases of the seed', () => {
    expect(problemsIn(demoState)).toEqual([]);
    const [array] = demoState.arrays;
    expect(array?.protection_groups?.map(({ name, volumes }) => [name, volumes?.length])).toEqual([
      ['gct-oradb-demo-prd01-pg', 6],
      ['gct-oradb-demo-dev01-pg', 4],
    ]);
  });
});

describe('what a state file leaves out', () => {
  const state = { name: 'fa', volumes, protection_groups: [{ name: 'pg', volumes: ['vol-1'] }] };
  const load = (seed: number, given: object = {}) =>
    loadArray(
      { ...state, ...given },
      { seed, sessionIdleMs: 1000, startedAt: 1_000_000_000, now: 1_000_000_000 },
    );

  it('is made, and the same for the same seed', () => {
    const [one, same, other] = [load(1), load(1), load(2)];
    expect(one.volumes.all()).toEqual(same.volumes.all());
    expect(one.apiToken).toBe(same.apiToken);
    const ids = [one, other].flatMap((array) => array.volumes.all().map(({ id }) => id));
    const serials = [one, other].flatMap((array) =>
      array.volumes.all().map(({ serial }) => serial),
    );
    expect(new Set(ids).size).toBe(4);
    expect(new Set(serials).size).toBe(4);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it('is not made where it is given', () => {
    const given = {
      api_token: 'token',
      volumes: [
        { name: 'vol-1', size: GIB, id: 'i', serial: 'A'.repeat(24), created: 5, content: 'c' },
      ],
    };
    const array = load(1, given);
    expect(array.apiToken).toBe('token');
    expect(array.volumes.all()).toMatchObject([
      { id: 'i', serial: 'A'.repeat(24), created: 5, content: 'c' },
    ]);
  });

  it('has the tags of a snapshot on that, and those of its volumes on its members', () => {
    const array = load(1, {
      volumes: [{ name: 'vol-0', size: GIB, tags: { owner: 'us' } }],
      protection_groups: [
        { name: 'pg', volumes: ['vol-0'], snapshots: [{ suffix: 's1', tags: { db_name: 'PRD' } }] },
      ],
    });
    const [ofGroup, ofVolume] = [array.groupSnapshots, array.volumeSnapshots].map((table) =>
      table.all().flatMap(({ tags }) => tags),
    );
    const travels = { namespace: 'default', copyable: true };
    expect(ofGroup).toEqual([{ ...travels, key: 'db_name', value: 'PRD' }]);
    expect(ofVolume).toEqual([{ ...travels, key: 'owner', value: 'us' }]);
  });

  it('gives each volume content of its own, and keeps the order of the file', () => {
    const [first, second] = load(1).volumes.all();
    expect(first?.content).not.toBe(second?.content);
    expect(first?.created).toBeLessThan(second?.created ?? 0);
  });
});
