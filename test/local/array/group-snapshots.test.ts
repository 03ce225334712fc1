import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { errorOf, GIB, startTestArray, type TestArray } from './test-array.ts';

const DAY_MS = 86_400_000;
const PATH = '/protection-group-snapshots';

let array: TestArray;

beforeAll(async () => {
  array = await startTestArray({
    volumes: [
      { name: 'prd-0', size: GIB },
      { name: 'dev-0', size: GIB },
    ],
    protection_groups: [
      {
        name: 'prd-pg',
        volumes: ['prd-0'],
        snapshots: [{ suffix: 's1' }, { suffix: 's10' }, { suffix: 'old', destroyed: true }],
      },
      { name: 'xprd-pg', volumes: ['dev-0'], snapshots: [{ suffix: 's1', created: 1000 }] },
      { name: 'gone-pg', volumes: ['dev-0'], destroyed: true },
      { name: 'num-pg', volumes: ['dev-0'], snapshots: [{ suffix: '2' }] },
      {
        name: 'safe-pg',
        volumes: ['dev-0'],
        retention_lock: 'ratcheted',
        snapshots: [
          { suffix: 's1', created: 2000 },
          { suffix: 'gone', created: 3000, destroyed: true },
        ],
      },
    ],
  });
});
beforeEach(() => array.reset());
afterAll(() => array.stop());

const patch = (names: string, body: object) =>
  array.call('PATCH', PATH, { query: { names }, body });

describe('listing group snapshots', () => {
  it.each([
    [
      {},
      [
        'xprd-pg.s1',
        'safe-pg.s1',
        'safe-pg.gone',
        'prd-pg.s1',
        'num-pg.2',
        'prd-pg.s10',
        'prd-pg.old',
      ],
    ],
    [{ names: 'prd-pg.s1' }, ['prd-pg.s1']],
    [{ names: 'PRD-pg.S1' }, ['prd-pg.s1']],
    [{ names: 'prd-pg' }, ['prd-pg.s1', 'prd-pg.s10', 'prd-pg.old']],
    [{ names: 'prd-pg', destroyed: false }, ['prd-pg.s1', 'prd-pg.s10']],
    [{ names: 'prd-pg.s1*,xprd-pg.s1' }, ['xprd-pg.s1', 'prd-pg.s1', 'prd-pg.s10']],
    [{ names: 'nothing*' }, []],
    [{ source_names: 'xprd-pg' }, ['xprd-pg.s1']],
    [{ source_names: 'gone-pg' }, []],
    [{ destroyed: true }, ['safe-pg.gone', 'prd-pg.old']],
    [{ filter: "suffix='s1' and source.name='prd-pg'" }, ['prd-pg.s1']],
  ])('%j', async (query, expected) => {
    expect(await array.names(PATH, query)).toEqual(expected);
  });

  it('works for volume snapshots the same way', async () => {
    for (const [query, expected] of [
      [{ names: 'prd-pg.s1.*' }, ['prd-pg.s1.prd-0']],
      [{ source_names: 'prd-0', destroyed: false }, ['prd-pg.s1.prd-0', 'prd-pg.s10.prd-0']],
      [{ names: 'prd-pg.old.prd-0' }, ['prd-pg.old.prd-0']],
    ] as const) {
      expect(await array.names('/volume-snapshots', query)).toEqual(expected);
    }
  });

  it.each([
    [PATH, { names: 'prd-pg.s2' }, 'prd-pg.s2', 'Protection group snapshot does not exist.'],
    [PATH, { source_names: 'nobody' }, 'nobody', 'Protection group does not exist.'],
    ['/volume-snapshots', { names: 'prd-pg.s1' }, 'prd-pg.s1', 'Volume snapshot does not exist.'],
    ['/volume-snapshots', { source_names: 'none' }, 'none', 'Volume does not exist.'],
  ])('%s %j is an error', async (path, query, context, message) => {
    const answered = await array.call('GET', path, { query });
    expect(answered.status).toBe(400);
    expect(errorOf(answered)).toEqual({ context, message });
  });

  it('counts a snapshot that is not in the state asked for as missing', async () => {
    for (const query of [
      { names: 'prd-pg.old', destroyed: false },
      { names: 'prd-pg.s1', destroyed: true },
    ]) {
      const answered = await array.call('GET', PATH, { query });
      expect(answered.status).toBe(400);
      expect(errorOf(answered).message).toContain('does not exist');
    }
  });
});

describe('the numbers that the array gives', () => {
  it('rise, and leave out those that are taken', async () => {
    const names: string[] = [];
    for (const _ of [1, 2]) {
      const { body } = await array.call('POST', PATH, { query: { source_names: 'num-pg' } });
      names.push(body.items[0].name);
    }
    expect(names).toEqual(['num-pg.1', 'num-pg.3']);
  });
});

describe('destroying a group snapshot', () => {
  it('destroys its volume snapshots with it, and counts down a day', async () => {
    const { status } = await patch('prd-pg.s1', { destroyed: true });
    expect(status).toBe(200);
    array.clock.advance(1000);
    await array.login();
    for (const [path, names] of [
      [PATH, 'prd-pg.s1'],
      ['/volume-snapshots', 'prd-pg.s1.prd-0'],
    ] as const) {
      expect(await array.items(path, { names })).toMatchObject([
        { destroyed: true, time_remaining: DAY_MS - 1000 },
      ]);
    }
  });

  it('keeps the name taken until the time is up', async () => {
    await patch('prd-pg.s1', { destroyed: true });
    const take = () =>
      array.call('POST', PATH, { query: { source_names: 'prd-pg' }, body: { suffix: 's1' } });
    expect((await take()).status).toBe(400);
    array.clock.advance(DAY_MS);
    await array.login();
    expect((await take()).status).toBe(200);
  });

  it('can be taken back, once', async () => {
    const { status, body } = await patch('prd-pg.old', { destroyed: false });
    expect(status).toBe(200);
    expect(body.items).toMatchObject([{ destroyed: false, time_remaining: null }]);
    expect(await array.names('/volume-snapshots', { destroyed: true })).toEqual([
      'safe-pg.gone.dev-0',
    ]);
    expect((await patch('prd-pg.old', { destroyed: false })).status).toBe(400);
  });

  it('of one that is destroyed already is refused, and of several it is all or none', async () => {
    const answered = await patch('prd-pg.s1,prd-pg.old', { destroyed: true });
    expect(errorOf(answered)).toEqual({
      context: 'prd-pg.old',
      message: 'Protection group snapshot has been destroyed.',
    });
    expect(await array.names(PATH, { destroyed: true })).toEqual(['safe-pg.gone', 'prd-pg.old']);
  });

  it('is refused under SafeMode, and taking it back is not', async () => {
    expect(
      await array.items('/protection-groups', { names: 'prd-pg,safe-pg', sort: 'name' }),
    ).toMatchObject([
      { retention_lock: 'unlocked', eradication_config: { manual_eradication: 'enabled' } },
      { retention_lock: 'ratcheted', eradication_config: { manual_eradication: 'disabled' } },
    ]);
    expect(errorOf(await patch('safe-pg.s1', { destroyed: true }))).toEqual({
      context: 'safe-pg.s1',
      message: 'The retention lock of the protection group is ratcheted.',
    });
    expect((await patch('safe-pg.gone', { destroyed: false })).status).toBe(200);
  });

  it('of a group is no more possible than a snapshot of it then', async () => {
    const answered = await array.call('POST', PATH, { query: { source_names: 'gone-pg' } });
    expect(errorOf(answered)).toEqual({
      context: 'gone-pg',
      message: 'Protection group has been destroyed.',
    });
  });
});

describe('renaming a group snapshot', () => {
  it('renames its volume snapshots with it', async () => {
    const { status, body } = await patch('prd-pg.s1', { name: 'PRD-pg.kept' });
    expect(status).toBe(200);
    expect(body.items).toMatchObject([{ name: 'prd-pg.kept', suffix: 'kept' }]);
    expect(await array.items('/volume-snapshots', { names: 'prd-pg.kept.prd-0' })).toMatchObject([
      { suffix: 'kept' },
    ]);
    expect((await array.call('GET', PATH, { query: { names: 'prd-pg.s1' } })).status).toBe(400);
  });

  it.each([
    ['prd-pg.s10', 'prd-pg.s10 is there already'],
    ['xprd-pg.new', 'it is no snapshot of that group'],
    ['new', 'a suffix is not a name'],
    ['prd-pg.17', 'numbers belong to the array'],
  ])('to %s is refused: %s', async (name) => {
    expect((await patch('prd-pg.s1', { name })).status).toBe(400);
    expect(await array.names(PATH, { names: 'prd-pg.s1' })).toEqual(['prd-pg.s1']);
  });

  it('of two at once is refused', async () => {
    expect((await patch('prd-pg.s1,prd-pg.s10', { name: 'prd-pg.new' })).status).toBe(400);
  });

  it('does not go together with destroying', async () => {
    expect((await patch('prd-pg.s1', { name: 'prd-pg.x', destroyed: true })).status).toBe(400);
  });
});

describe('what is not simulated', () => {
  it('for_replication is refused with what it would do, but may be false', async () => {
    const take = (value: boolean) =>
      array.call('POST', PATH, {
        query: { source_names: 'prd-pg', for_replication: value },
        body: {},
      });
    const answered = await take(true);
    expect(answered.status).toBe(400);
    expect(errorOf(answered).message).toMatch(/for_replication.*eradicates.*after 1 hour/);
    expect((await take(false)).status).toBe(200);
  });

  it('nothing is ever eradicated by request', async () => {
    const answered = await array.call('DELETE', PATH, { query: { names: 'prd-pg.old' } });
    expect(answered.status).toBe(404);
    expect(errorOf(answered).message).toContain('refuses DELETE');
    expect(await array.names(PATH, { names: 'prd-pg.old' })).toEqual(['prd-pg.old']);
  });
});
