import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { errorOf, GIB, startTestArray, type TestArray } from './test-array.ts';

let array: TestArray;

beforeAll(async () => {
  array = await startTestArray({
    volumes: [
      { name: 'prd-0', size: 4 * GIB },
      { name: 'prd-1', size: 2 * GIB },
      { name: 'dev-0', size: 4 * GIB },
      { name: 'dev-1', size: 8 * GIB },
      { name: 'gone', size: GIB, destroyed: true },
      { name: 'demoted', size: GIB, promotion_status: 'demoted' },
      { name: 'pe', size: GIB, subtype: 'protocol_endpoint' },
    ],
    protection_groups: [
      { name: 'prd-pg', volumes: ['prd-0', 'prd-1'] },
      { name: 'dev-pg', volumes: ['dev-0', 'dev-1', 'gone'] },
    ],
    hosts: [{ name: 'dev', volumes: ['dev-0', 'dev-1'] }],
  });
});
beforeEach(() => array.reset());
afterAll(() => array.stop());

const snap = (suffix = 's1', group = 'prd-pg') =>
  array.call('POST', '/protection-group-snapshots', {
    query: { source_names: group },
    body: { suffix },
  });
const overwrite = (target: string, source: string, more = {}) =>
  array.call('POST', '/volumes', {
    query: { names: target, overwrite: true },
    body: { source: { name: source }, ...more },
  });
const volume = (name: string) => {
  const found = array.sim.state().arrays[0]?.volumes.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`There is no volume ${name}.`);
  return found;
};

describe('a group snapshot', () => {
  it('is answered at once, with all that it has', async () => {
    const { status, body } = await snap();
    expect(status).toBe(200);
    expect(body.items).toHaveLength(1);
    expect(body.items[0]).toMatchObject({
      name: 'prd-pg.s1',
      suffix: 's1',
      created: array.clock.now(),
      destroyed: false,
      time_remaining: null,
      source: { name: 'prd-pg' },
      pod: { id: null, name: null },
      space: { total_provisioned: 6 * GIB },
    });
  });

  it('has a volume snapshot of each member, all of one instant', async () => {
    await snap();
    const items = await array.items('/volume-snapshots', { sort: 'name' });
    expect(items).toMatchObject([
      { name: 'prd-pg.s1.prd-0', source: { name: 'prd-0' }, provisioned: 4 * GIB },
      { name: 'prd-pg.s1.prd-1', source: { name: 'prd-1' }, provisioned: 2 * GIB },
    ]);
    expect(items.map(({ created }) => created)).toEqual([array.clock.now(), array.clock.now()]);
    expect(items.map(({ source }) => source.id)).toEqual([volume('prd-0').id, volume('prd-1').id]);
    expect(new Set(items.map(({ id }) => id)).size).toBe(2);
  });

  it('freezes content and size; what is written later does not reach it', async () => {
    const before = volume('prd-0').fingerprint;
    await snap();
    array.sim.write('fa-test', 'prd-0', 'written after the snapshot');
    expect(volume('prd-0').fingerprint).not.toBe(before);
    await overwrite('dev-0', 'prd-pg.s1.prd-0');
    expect(volume('dev-0').fingerprint).toBe(before);
  });

  it('leaves destroyed members out', async () => {
    await snap('s1', 'dev-pg');
    expect(await array.names('/volume-snapshots')).toEqual(['dev-pg.s1.dev-0', 'dev-pg.s1.dev-1']);
  });

  it('is numbered by the array where it gets no suffix, also without a body', async () => {
    const query = { source_names: 'prd-pg' };
    const first = await array.call('POST', '/protection-group-snapshots', { query, body: {} });
    const second = await array.call('POST', '/protection-group-snapshots', { query });
    expect([first, second].map(({ body }) => body.items[0].name)).toEqual(['prd-pg.1', 'prd-pg.2']);
  });

  it('of several groups is one instant, and all or none', async () => {
    await snap('taken', 'dev-pg');
    const query = { source_names: 'prd-pg,dev-pg' };
    const path = '/protection-group-snapshots';
    const refused = await array.call('POST', path, { query, body: { suffix: 'taken' } });
    expect(errorOf(refused)).toEqual({
      context: 'dev-pg.taken',
      message: 'Protection group snapshot already exists.',
    });
    expect(await array.names(path)).toEqual(['dev-pg.taken']);
    const both = await array.call('POST', path, { query, body: { suffix: 'both' } });
    expect(both.body.items.map(({ name }: { name: string }) => name)).toEqual([
      'prd-pg.both',
      'dev-pg.both',
    ]);
  });

  it.each(['', '17', 'a_b', 'a.b', '-a', 'a-', 'x'.repeat(64)])(
    'refuses the suffix "%s"',
    async (s) => {
      expect((await snap(s)).status).toBe(400);
      expect(await array.names('/protection-group-snapshots')).toEqual([]);
    },
  );

  it('takes the tags of its request, and copyable tags of the volumes with it', async () => {
    await array.call('PUT', '/volumes/tags/batch', {
      query: { resource_names: 'prd-0' },
      body: [
        { key: 'travels', value: '1' },
        { key: 'stays', value: '1', copyable: false },
      ],
    });
    await array.call('POST', '/protection-group-snapshots', {
      query: { source_names: 'prd-pg' },
      body: { suffix: 's1', tags: [{ key: 'run', value: 'r1' }] },
    });
    const ofGroup = await array.items('/protection-group-snapshots/tags');
    expect(ofGroup).toMatchObject([{ key: 'run', value: 'r1', resource: { name: 'prd-pg.s1' } }]);
    const ofVolumes = await array.items('/volume-snapshots/tags');
    expect(ofVolumes).toMatchObject([{ key: 'travels', resource: { name: 'prd-pg.s1.prd-0' } }]);
  });
});

describe('the dry run of a group snapshot', () => {
  const test = (suffix: string, group = 'prd-pg') =>
    array.call('POST', '/protection-group-snapshots/test', {
      query: { source_names: group },
      body: { suffix },
    });

  it('says yes, and takes nothing', async () => {
    const before = array.sim.state();
    const { status, body } = await test('s1');
    expect(status).toBe(200);
    expect(body.items).toMatchObject([
      { success: true, result_details: null, resource: { name: 'prd-pg' } },
    ]);
    expect(array.sim.state()).toEqual(before);
  });

  it('says no with the reason', async () => {
    await snap();
    const { status, body } = await test('S1');
    expect(status).toBe(200);
    expect(body.items).toMatchObject([
      { success: false, result_details: 'Protection group snapshot already exists.' },
    ]);
  });

  it('refuses groups that are not there', async () => {
    expect((await test('s1', 'nobody-pg')).status).toBe(400);
  });
});

describe('an overwrite', () => {
  it('copies content, size, created and the source; keeps id, serial and name', async () => {
    await snap();
    const taken = array.clock.now();
    const [before, source] = [volume('dev-1'), volume('prd-1')];
    array.clock.advance(60_000);
    const { status, body } = await overwrite('dev-1', 'prd-pg.s1.prd-1', { provisioned: 2 * GIB });
    expect(status).toBe(200);
    expect(body.items).toMatchObject([
      {
        id: before.id,
        name: 'dev-1',
        serial: before.serial,
        provisioned: 2 * GIB,
        created: taken,
        source: { id: source.id, name: 'prd-1' },
        connection_count: 1,
        destroyed: false,
      },
    ]);
    expect(volume('dev-1')).toEqual({
      ...before,
      size: 2 * GIB,
      created: taken,
      source: { id: source.id, name: 'prd-1' },
      fingerprint: source.fingerprint,
    });
  });

  it('takes its source by id as well', async () => {
    await snap();
    const [{ id }] = await array.items('/volume-snapshots', { names: 'prd-pg.s1.prd-0' });
    const answered = await array.call('POST', '/volumes', {
      query: { names: 'dev-0', overwrite: true },
      body: { source: { id } },
    });
    expect(answered.body.items[0].source.name).toBe('prd-0');
  });

  it('leaves all other volumes alone', async () => {
    await snap();
    const others = () =>
      array.sim.state().arrays[0]?.volumes.filter(({ name }) => name !== 'dev-0');
    const before = others();
    await overwrite('dev-0', 'prd-pg.s1.prd-0');
    expect(others()).toEqual(before);
  });

  it('of a volume from a volume counts from now', async () => {
    array.clock.advance(1000);
    await overwrite('dev-0', 'prd-0');
    expect(volume('dev-0')).toMatchObject({
      created: array.clock.now(),
      fingerprint: volume('prd-0').fingerprint,
      source: { name: 'prd-0' },
    });
  });

  it('brings copyable tags along, and leaves those that only the target has', async () => {
    const put = (name: string, tags: object[]) =>
      array.call('PUT', '/volumes/tags/batch', { query: { resource_names: name }, body: tags });
    await put('prd-0', [
      { key: 'both', value: 'source' },
      { key: 'private', value: 'source', copyable: false },
    ]);
    await put('dev-0', [
      { key: 'both', value: 'target' },
      { key: 'own', value: 'target', copyable: false },
    ]);
    await snap();
    await overwrite('dev-0', 'prd-pg.s1.prd-0', { tags: [{ key: 'new', value: 'given' }] });
    expect(volume('dev-0').tags).toEqual({ both: 'source', own: 'target', new: 'given' });
  });

  it.each([
    ['dev-0', 'prd-pg.none.prd-0', 'prd-pg.none.prd-0', 'No such volume or snapshot.'],
    ['nobody', 'prd-0', 'nobody', 'Volume does not exist.'],
    ['gone', 'prd-0', 'gone', 'Volume has been destroyed.'],
    ['dev-0', 'gone', 'gone', 'Volume has been destroyed.'],
    ['demoted', 'prd-0', 'demoted', 'Volume is demoted.'],
    ['pe', 'prd-0', 'pe', 'Volume is a protocol endpoint.'],
    ['dev-0', 'dev-0', 'dev-0', 'A volume cannot be copied onto itself.'],
  ])('of %s from %s is refused', async (target, source, context, message) => {
    const before = array.sim.state();
    const answered = await overwrite(target, source);
    expect(answered.status).toBe(400);
    expect(errorOf(answered)).toEqual({ context, message });
    expect(array.sim.state()).toEqual(before);
  });

  it.each([
    ['dev-0', 'promoted', 'regular'],
    ['demoted', 'demoted', 'regular'],
    ['pe', 'promoted', 'protocol_endpoint'],
  ])('of %s: it shows itself as %s and %s', async (names, promotion_status, subtype) => {
    const [shown] = await array.items('/volumes', { names });
    expect(shown).toMatchObject({
      promotion_status,
      requested_promotion_state: promotion_status,
      subtype,
    });
  });

  it('from a destroyed snapshot is refused with the words of the array', async () => {
    await snap();
    await array.call('PATCH', '/protection-group-snapshots', {
      query: { names: 'prd-pg.s1' },
      body: { destroyed: true },
    });
    expect(errorOf(await overwrite('dev-0', 'prd-pg.s1.prd-0'))).toEqual({
      context: 'prd-pg.s1.prd-0',
      message:
        'Volume snapshot has been destroyed. It can be recovered by purevol recover and eradicated by purevol eradicate.',
    });
  });

  it('with another size than the source has, without a source, or with protection is refused', async () => {
    expect((await overwrite('dev-1', 'prd-1', { provisioned: 4 * GIB })).status).toBe(400);
    const query = { names: 'dev-0', overwrite: true };
    const bare = await array.call('POST', '/volumes', { query, body: {} });
    expect(bare.status).toBe(400);
    const protecting = await array.call('POST', '/volumes', {
      query: { ...query, with_default_protection: false },
      body: { source: { name: 'prd-0' } },
    });
    expect(protecting.status).toBe(400);
  });

  it('has to be asked for: without overwrite=true the volume exists already', async () => {
    const answered = await array.call('POST', '/volumes', {
      query: { names: 'dev-0' },
      body: { source: { name: 'prd-0' } },
    });
    expect(answered.status).toBe(400);
    expect(errorOf(answered)).toEqual({ context: 'dev-0', message: 'Volume already exists.' });
  });
});

describe('a new volume', () => {
  it('is empty, or a copy', async () => {
    const make = (names: string, body: object) =>
      array.call('POST', '/volumes', { query: { names }, body });
    await make('empty', {});
    await make('sized', { provisioned: GIB });
    await make('copy-0,copy-1', { source: { name: 'prd-0' } });
    expect(volume('empty').size).toBe(1_048_576);
    expect(volume('sized').size).toBe(GIB);
    expect(volume('copy-1').fingerprint).toBe(volume('prd-0').fingerprint);
    expect(volume('empty').fingerprint).not.toBe(volume('sized').fingerprint);
  });

  it.each(['a b', 'a.b', '-a', 'twice,TWICE', 'new,dev-0'])('is refused as %s', async (names) => {
    const before = array.sim.state();
    const answered = await array.call('POST', '/volumes', { query: { names }, body: {} });
    expect(answered.status).toBe(400);
    expect(array.sim.state()).toEqual(before);
  });
});

describe('a batch', () => {
  const batch = (body: object[], path = '/volumes/batch') =>
    array.call('POST', path, { query: { overwrite: true }, body });
  const entries = [
    {
      name: 'dev-0',
      source: { name: 'prd-pg.s1.prd-0' },
      tags: [{ key: 'snapshot_mapping', value: 'a', copyable: false }],
    },
    {
      name: 'DEV-1',
      source: { name: 'prd-pg.s1.prd-1' },
      tags: [{ key: 'snapshot_mapping', value: 'b', copyable: false }],
    },
  ];

  it('overwrites many volumes and tags each in its own way', async () => {
    await snap();
    const { status, body } = await batch(entries);
    expect(status).toBe(200);
    expect(body.items.map(({ name }: { name: string }) => name)).toEqual(['dev-0', 'dev-1']);
    for (const [name, source, value] of [
      ['dev-0', 'prd-0', 'a'],
      ['dev-1', 'prd-1', 'b'],
    ] as const) {
      expect(volume(name).fingerprint).toBe(volume(source).fingerprint);
      expect(volume(name).tags).toEqual({ snapshot_mapping: value });
    }
  });

  it('does all or nothing, and says what is wrong with each', async () => {
    await snap();
    const before = array.sim.state();
    const { status, body } = await batch([
      ...entries,
      { name: 'nobody', source: { name: 'prd-0' } },
      { name: 'prd-0', source: { name: 'nothing' } },
    ]);
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([
      { context: 'nobody', message: 'Volume does not exist.' },
      { context: 'nothing', message: 'No such volume or snapshot.' },
    ]);
    expect(array.sim.state()).toEqual(before);
  });

  it('swaps two volumes: each copy is of what was there before', async () => {
    const [a, b] = [volume('prd-0').fingerprint, volume('prd-1').fingerprint];
    await batch([
      { name: 'prd-0', source: { name: 'prd-1' } },
      { name: 'prd-1', source: { name: 'prd-0' } },
    ]);
    expect([volume('prd-0').fingerprint, volume('prd-1').fingerprint]).toEqual([b, a]);
  });

  it('refuses a volume that is in it twice, an empty list, and what is no list', async () => {
    const twice = [entries[0] ?? {}, { ...entries[0], name: 'DEV-0' }];
    for (const body of [twice, [], {}]) {
      expect((await batch(body as object[])).status).toBe(400);
    }
  });

  it('has a dry run that says what would happen to each, and does nothing', async () => {
    await snap();
    const before = array.sim.state();
    const { status, body } = await batch(
      [...entries, { name: 'gone', source: { name: 'prd-0' } }],
      '/volumes/batch/test',
    );
    expect(status).toBe(200);
    expect(body.items).toMatchObject([
      { success: true, result_details: null, resource: { id: volume('dev-0').id, name: 'dev-0' } },
      { success: true, result_details: null, resource: { name: 'dev-1' } },
      { success: false, result_details: 'Volume has been destroyed.', resource: { name: 'gone' } },
    ]);
    expect(array.sim.state()).toEqual(before);
  });
});
