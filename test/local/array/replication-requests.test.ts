import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { errorOf } from './test-array.ts';
import { type Pair, SNAPSHOTS, startPair, TRANSFERS } from './test-replication.ts';

const REPLICA = '/protection-group-snapshots/replica';

let pair: Pair;
beforeAll(async () => {
  pair = await startPair();
});
beforeEach(() => pair.reset());
afterAll(() => pair.stop());

const replicate = (names: string, query = {}) =>
  pair.source.call('POST', REPLICA, { query: { names, ...query } });
const patch = (client: Pair['target'], names: string, body: object) =>
  client.call('PATCH', SNAPSHOTS, { query: { names }, body });

describe('a snapshot that exists', () => {
  it('can be sent later', async () => {
    await pair.send('s1', {});
    pair.clock.advance(60_000);
    const sent = pair.clock.now();
    const { status, body } = await replicate('prd-pg.s1');
    expect(status).toBe(200);
    expect(body.items).toMatchObject([{ name: 'prd-pg.s1', created: sent - 60_000 }]);
    expect(await pair.transfer('fa-prod:prd-pg.s1')).toBeUndefined();
    pair.clock.advance(8000);
    expect(await pair.transfer('fa-prod:prd-pg.s1')).toMatchObject({ completed: sent + 8000 });
  });

  it('can be sent to the targets that are named, by the id of the snapshot too', async () => {
    const { body } = await pair.send('s1', {});
    const query = { ids: body.items[0].id, on: 'FA-DR' };
    expect((await pair.source.call('POST', REPLICA, { query })).status).toBe(200);
    pair.clock.advance(8000);
    expect(await pair.transfer('fa-prod:prd-pg.s1')).toMatchObject({ progress: 1 });
  });

  it('is not sent twice, on its way or arrived', async () => {
    await pair.send('s1');
    for (const ms of [0, 4500, 3500, 60_000]) {
      pair.clock.advance(ms);
      expect((await replicate('prd-pg.s1')).status).toBe(200);
    }
    expect(await pair.target.names(SNAPSHOTS)).toEqual(['fa-prod:prd-pg.s1']);
    const sent = pair.clock.now();
    await pair.send('s2');
    pair.clock.advance(8000);
    expect(await pair.transfer('fa-prod:prd-pg.s2')).toMatchObject({ completed: sent + 8000 });
  });

  it.each([
    ['prd-pg.none', {}, 'prd-pg.none', 'does not exist'],
    ['local-pg.s1', {}, 'local-pg', 'has no replication targets'],
    ['prd-pg.gone', {}, 'prd-pg.gone', 'has been destroyed'],
    ['prd-pg.s1', { on: 'fa-prod' }, 'fa-prod', 'not a replication target'],
    ['prd-pg.s1', { convert_source_to_baseline: true }, 'convert_source_to_baseline', 'eradicate'],
  ])('%s %j is refused', async (names, query, context, words) => {
    await pair.send('s1', {});
    await pair.send('s1', {}, 'local-pg');
    await pair.send('gone', {});
    await patch(pair.source, 'prd-pg.gone', { destroyed: true });
    const answered = await replicate(names, query);
    expect(answered.status).toBe(400);
    expect(errorOf(answered)).toEqual({ context, message: expect.stringContaining(words) });
  });

  it('is refused where no target allows it, and where it is a replica itself', async () => {
    await pair.send('s1');
    pair.clock.advance(8000);
    const again = await pair.target.call('POST', REPLICA, {
      query: { names: 'fa-prod:prd-pg.s1' },
    });
    expect(errorOf(again).message).toContain('does not send replicas on');
    await pair.send('s2', {});
    pair.set({ allowed: false });
    for (const query of [{}, { on: 'fa-dr' }]) {
      const answered = await replicate('prd-pg.s2', query);
      expect(answered.status).toBe(400);
      expect(errorOf(answered).message).toContain('not allowed');
    }
  });
});

describe('what is asked for together with a snapshot', () => {
  const PATHS = [SNAPSHOTS, `${SNAPSHOTS}/test`];

  it.each(PATHS)('%s refuses replicate and replicate_now at once', async (path) => {
    const query = { source_names: 'prd-pg', replicate: true, replicate_now: true };
    const answered = await pair.source.call('POST', path, { query, body: {} });
    expect(answered.status).toBe(400);
    expect(errorOf(answered).message).toContain('cannot be used together');
    const one = { ...query, replicate: false };
    expect((await pair.source.call('POST', path, { query: one, body: {} })).status).toBe(200);
  });

  it('replication is refused for a group without targets, and nothing is taken', async () => {
    const answered = await pair.send('s1', { replicate: true }, 'local-pg');
    expect(answered.status).toBe(400);
    expect(errorOf(answered)).toEqual({
      context: 'local-pg',
      message: 'Protection group has no replication targets.',
    });
    expect(await pair.source.names(SNAPSHOTS)).toEqual([]);
    const query = { source_names: 'prd-pg,local-pg', replicate_now: true };
    const { body } = await pair.source.call('POST', `${SNAPSHOTS}/test`, { query });
    expect(body.items).toMatchObject([
      { success: true },
      { success: false, result_details: 'Protection group has no replication targets.' },
    ]);
  });

  it('for_replication is refused with what it would do', async () => {
    const answered = await pair.send('s1', { for_replication: true });
    expect(errorOf(answered)).toEqual({
      context: 'for_replication',
      message: expect.stringContaining('eradicates the snapshot after 1 hour'),
    });
  });

  it('replication is refused where the target has another snapshot of that name', async () => {
    await pair.send('s1');
    pair.clock.advance(8000);
    await patch(pair.source, 'prd-pg.s1', { name: 'prd-pg.kept' });
    const answered = await pair.send('s1');
    expect(answered.status).toBe(400);
    expect(errorOf(answered)).toEqual({
      context: 'fa-prod:prd-pg.s1',
      message: 'Protection group snapshot already exists.',
    });
    await pair.send('s1', {});
    expect(errorOf(await replicate('prd-pg.s1'))).toMatchObject({
      context: 'fa-prod:prd-pg.s1',
      message: expect.stringContaining('already exists'),
    });
    expect(errorOf(await replicate('prd-pg.kept'))).toMatchObject({
      context: 'fa-prod:prd-pg.s1',
      message: expect.stringContaining('renamed'),
    });
  });

  it('a snapshot that is renamed while it waits arrives under its new name, unless that is taken', async () => {
    for (const suffix of ['s1', 's2', 's3']) await pair.send(suffix);
    pair.clock.advance(4500);
    await patch(pair.source, 'prd-pg.s1', { name: 'prd-pg.kept' });
    await patch(pair.source, 'prd-pg.s2', { name: 'prd-pg.s1' });
    await patch(pair.source, 'prd-pg.s3', { name: 'prd-pg.new' });
    pair.clock.advance(60_000);
    expect(await pair.target.names(SNAPSHOTS, { sort: 'name' })).toEqual([
      'fa-prod:prd-pg.new',
      'fa-prod:prd-pg.s1',
    ]);
  });
});

describe('a replica', () => {
  it('is not taken a snapshot of, nor renamed', async () => {
    await pair.send('s1');
    pair.clock.advance(8000);
    const taken = await pair.target.call('POST', SNAPSHOTS, {
      query: { source_names: 'fa-prod:prd-pg' },
      body: { suffix: 's2' },
    });
    expect(errorOf(taken)).toMatchObject({
      context: 'fa-prod:prd-pg',
      message: expect.stringContaining('replica'),
    });
    const renamed = await patch(pair.target, 'fa-prod:prd-pg.s1', { name: 'fa-prod:prd-pg.s2' });
    expect(errorOf(renamed).message).toContain('does not rename replicas');
  });

  it('can be destroyed once it is complete, as can its original', async () => {
    await pair.send('s1');
    pair.clock.advance(4500);
    const ends = [
      [pair.source, 'prd-pg.s1'],
      [pair.target, 'fa-prod:prd-pg.s1'],
    ] as const;
    for (const [client, name] of ends) {
      expect(errorOf(await patch(client, name, { destroyed: true }))).toEqual({
        context: name,
        message: 'Protection group snapshot is in use by replication.',
      });
    }
    pair.clock.advance(3500);
    for (const [client, name] of ends) {
      expect((await patch(client, name, { destroyed: true })).status).toBe(200);
      expect(await client.items(TRANSFERS, { names: name })).toMatchObject([{ destroyed: true }]);
      expect(await client.items(TRANSFERS, { destroyed: false })).toEqual([]);
    }
    await patch(pair.source, 'prd-pg.s1', { destroyed: false });
    expect(errorOf(await replicate('prd-pg.s1'))).toEqual({
      context: 'fa-prod:prd-pg.s1',
      message: 'Protection group snapshot has been destroyed.',
    });
  });

  it('gets the copyable tags of the snapshot and of the volumes', async () => {
    const tags = [
      { key: 'sid', value: 'PRD' },
      { key: 'private', value: 'x', copyable: false },
    ];
    await pair.source.call('PUT', '/volumes/tags/batch', {
      query: { resource_names: 'prd-1' },
      body: tags,
    });
    const query = { source_names: 'prd-pg', replicate_now: true };
    await pair.source.call('POST', SNAPSHOTS, { query, body: { suffix: 's1', tags } });
    await pair.source.call('PUT', '/volume-snapshots/tags/batch', {
      query: { resource_names: 'prd-pg.s1.prd-0' },
      body: [{ key: 'asm', value: 'DATA' }],
    });
    pair.clock.advance(8000);
    const [snapshot] = pair.sim.state().arrays[1]?.snapshots ?? [];
    expect(snapshot?.tags).toEqual({ sid: 'PRD' });
    expect(snapshot?.volumes.map((volume) => volume.tags)).toEqual([
      { owner: 'us', asm: 'DATA' },
      { sid: 'PRD' },
    ]);
    expect(await pair.target.names(SNAPSHOTS, { filter: "tags('sid','PRD')" })).toEqual([
      'fa-prod:prd-pg.s1',
    ]);
  });

  it('gets no tags that the snapshot and its members are given while it is sent', async () => {
    await pair.send('s1');
    pair.clock.advance(2000);
    for (const [path, resource_names] of [
      [SNAPSHOTS, 'prd-pg.s1'],
      ['/volume-snapshots', 'prd-pg.s1.prd-1'],
    ] as const) {
      const body = [{ key: 'late', value: 'x' }];
      await pair.source.call('PUT', `${path}/tags/batch`, { query: { resource_names }, body });
    }
    pair.clock.advance(6000);
    const [snapshot] = pair.sim.state().arrays[1]?.snapshots ?? [];
    expect(snapshot?.tags).toEqual({});
    expect(snapshot?.volumes.map(({ tags }) => tags)).toEqual([{ owner: 'us' }, {}]);
  });
});

describe('the listing of transfers', () => {
  it('is one of snapshots: what was taken there has a row with nothing in it', async () => {
    await pair.send('s1');
    pair.clock.advance(8000);
    expect(await pair.source.items(TRANSFERS, { names: 'prd-pg.s1' })).toMatchObject([
      {
        name: 'prd-pg.s1',
        destroyed: false,
        started: null,
        progress: null,
        completed: null,
        data_transferred: null,
        physical_bytes_written: null,
      },
    ]);
  });

  it('is asked as cinder asks: by the group, for what is complete, the latest first', async () => {
    for (const suffix of ['s1', 's2', 's3']) {
      await pair.send(suffix);
      pair.clock.advance(8000);
    }
    await pair.send('s4');
    pair.clock.advance(4500);
    const query = {
      names: 'fa-prod:prd-pg',
      destroyed: false,
      filter: 'progress="1.0"',
      sort: 'started-',
    };
    expect(await pair.target.names(TRANSFERS, query)).toEqual(
      ['s3', 's2', 's1'].map((suffix) => `fa-prod:prd-pg.${suffix}`),
    );
    const all = { names: 'fa-prod:prd-pg.s*', total_only: true };
    const { body } = await pair.target.call('GET', TRANSFERS, { query: all });
    expect(body.total).toMatchObject([{ name: null, data_transferred: 3.5 * 6 * 2 ** 30 }]);
  });

  it('goes by volume as well', async () => {
    await pair.send('s1');
    pair.clock.advance(4500);
    const query = { names: 'fa-prod:prd-pg.s1.*', sort: 'name' };
    expect(await pair.target.items('/volume-snapshots/transfer', query)).toMatchObject([
      { name: 'fa-prod:prd-pg.s1.prd-0', progress: 0.5, data_transferred: 2 * 2 ** 30 },
      { name: 'fa-prod:prd-pg.s1.prd-1', completed: null, data_transferred: 2 ** 30 },
    ]);
  });

  it.each([
    ['2.25', { ids: 'x' }],
    ['2.25', { source_ids: 'x' }],
    ['2.28', { continuation_token: 'x' }],
  ])('in REST %s does not know %j', async (version, query) => {
    const answered = await pair.target.call('GET', TRANSFERS, { version, query });
    expect(errorOf(answered).message).toContain(`is not in REST ${version}`);
  });

  it('has ids since 2.26', async () => {
    await pair.send('s1');
    pair.clock.advance(8000);
    expect((await pair.target.items(TRANSFERS, {}, '2.25'))[0]).not.toHaveProperty('id');
    expect((await pair.target.items(TRANSFERS, {}, '2.26'))[0]).toHaveProperty('id');
  });
});
