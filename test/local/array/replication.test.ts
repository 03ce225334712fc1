import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { errorOf, GIB } from './test-array.ts';
import { type Pair, SNAPSHOTS, startPair, TRANSFERS } from './test-replication.ts';

let pair: Pair;
beforeAll(async () => {
  pair = await startPair();
});
beforeEach(() => pair.reset());
afterAll(() => pair.stop());

const overwrite = (target: string, source: string) =>
  pair.target.call('POST', '/volumes', {
    query: { names: target, overwrite: true },
    body: { source: { name: source } },
  });
const volumeOf = (array: number, name: string) => {
  const volumes = pair.sim.state().arrays[array]?.volumes;
  const volume = volumes?.find((candidate) => candidate.name === name);
  if (volume === undefined) throw new Error(`There is no volume ${name}.`);
  return volume;
};

describe('a snapshot that is replicated', () => {
  it('is answered at once, and transferred while the clock moves', async () => {
    const sent = pair.clock.now();
    const { status, body } = await pair.send('s1');
    expect(status).toBe(200);
    expect(body.items).toMatchObject([{ name: 'prd-pg.s1', created: sent }]);
    const rows: unknown[] = [];
    for (const ms of [0, 1000, 3500, 3500]) {
      pair.clock.advance(ms);
      rows.push(await pair.transfer('fa-prod:prd-pg.s1'));
    }
    const row = {
      id: expect.any(String),
      name: 'fa-prod:prd-pg.s1',
      destroyed: false,
      started: sent + 1000,
      context: expect.anything(),
    };
    const bytes = (data: number) => ({ data_transferred: data, physical_bytes_written: data });
    expect(rows).toEqual([
      undefined,
      { ...row, progress: 0, completed: null, ...bytes(0) },
      { ...row, progress: 0.5, completed: null, ...bytes(3 * GIB) },
      { ...row, progress: 1, completed: sent + 8000, ...bytes(6 * GIB) },
    ]);
  });
});

describe('the target', () => {
  it('does not know the names until the transfer starts', async () => {
    await pair.send('s1');
    pair.clock.advance(999);
    for (const [path, names] of [
      [SNAPSHOTS, 'fa-prod:prd-pg.s1'],
      [TRANSFERS, 'fa-prod:prd-pg.s1'],
      ['/volume-snapshots', 'fa-prod:prd-pg.s1.prd-0'],
      ['/volume-snapshots/transfer', 'fa-prod:prd-pg.s1.prd-0'],
    ] as const) {
      const filter = `name='${names}'`;
      const answered = await pair.target.call('GET', path, { query: { names } });
      expect(answered.status).toBe(400);
      expect(errorOf(answered)).toMatchObject({
        context: names,
        message: expect.stringContaining('does not exist'),
      });
      expect(await pair.target.items(path, { filter })).toEqual([]);
      pair.clock.advance(1);
      expect(await pair.target.names(path, { names })).toEqual([names]);
      expect(await pair.target.names(path, { filter })).toEqual([names]);
      await pair.reset();
      await pair.send('s1');
      pair.clock.advance(999);
    }
  });

  it('shows replicas of the snapshots, with the time of the source', async () => {
    const taken = pair.clock.now();
    await pair.send('s1');
    pair.clock.advance(1000);
    const [snapshot] = await pair.target.items(SNAPSHOTS, { names: 'fa-prod:prd-pg' });
    const [group] = await pair.target.items('/protection-groups', { names: 'fa-prod:prd-pg' });
    expect(snapshot).toMatchObject({
      name: 'fa-prod:prd-pg.s1',
      suffix: 's1',
      created: taken,
      source: { id: group.id, name: 'fa-prod:prd-pg' },
      pod: { name: null },
      space: { total_provisioned: 6 * GIB },
    });
    const filter = "name='fa-prod:prd-pg.s1.*'";
    const items = await pair.target.items('/volume-snapshots', { filter, sort: 'name' });
    expect(items).toMatchObject([
      {
        name: 'fa-prod:prd-pg.s1.prd-0',
        suffix: 's1',
        created: taken,
        provisioned: 4 * GIB,
        source: { name: 'fa-prod:prd-0' },
      },
      { name: 'fa-prod:prd-pg.s1.prd-1', provisioned: 2 * GIB, source: { name: 'fa-prod:prd-1' } },
    ]);
  });

  it('names the snapshots of a group in a pod after the pod', async () => {
    await pair.send('s1', { replicate: true }, 'pod-1::pg');
    pair.clock.advance(8000);
    expect(await pair.transfer('pod-1:pg.s1')).toMatchObject({ progress: 1 });
    expect(await pair.target.items('/volume-snapshots')).toMatchObject([
      {
        name: 'pod-1:pg.s1.vg/data',
        source: { name: 'pod-1:vg/data' },
        pod: { id: null, name: null },
        volume_group: { id: null, name: null },
      },
    ]);
  });

  it('shows the replica of a group, also before anything is sent', async () => {
    const [array] = await pair.source.items('/arrays');
    const [original] = await pair.source.items('/protection-groups', { names: 'prd-pg' });
    const groups = await pair.target.items('/protection-groups');
    expect(groups).toMatchObject([
      { name: 'dev-pg', is_local: true, source: { name: 'fa-dr' }, target_count: 0 },
      {
        name: 'fa-prod:prd-pg',
        is_local: false,
        source: { id: array.id, name: 'fa-prod' },
        pod: { name: null },
        volume_count: 2,
      },
      { name: 'pod-1:pg', is_local: false, source: { name: 'pod-1' }, volume_count: 1 },
    ]);
    expect(groups[1].id).not.toBe(original.id);
    const members = await pair.target.items('/protection-groups/volumes');
    expect(members.map(({ group }) => group.name)).toEqual(['dev-pg', 'dev-pg']);
  });

  it('lists neither replicated volumes nor what is not replicated', async () => {
    await pair.send('s1');
    await pair.send('s2', {});
    await pair.send('s1', {}, 'local-pg');
    pair.clock.advance(60_000);
    expect(await pair.target.names(SNAPSHOTS)).toEqual(['fa-prod:prd-pg.s1']);
    expect(await pair.target.names('/volumes')).toEqual(['dev-0', 'dev-1']);
  });

  it('finds snapshots by the replicas that they are of', async () => {
    await pair.send('s1');
    pair.clock.advance(8000);
    const query = { source_names: 'fa-prod:prd-1' };
    const [found, ...others] = await pair.target.items('/volume-snapshots', query);
    expect([found.name, others]).toEqual(['fa-prod:prd-pg.s1.prd-1', []]);
    expect(await pair.target.names('/volume-snapshots', { source_ids: found.source.id })).toEqual([
      'fa-prod:prd-pg.s1.prd-1',
    ]);
    expect(await pair.target.names(SNAPSHOTS, { source_names: 'fa-prod:prd-pg' })).toEqual([
      'fa-prod:prd-pg.s1',
    ]);
  });

  it('shows the replicas in the state, with the content of the source', async () => {
    await pair.send('s1');
    pair.clock.advance(8000);
    const [source, target] = pair.sim.state().arrays;
    expect(target?.snapshots).toMatchObject([
      {
        name: 'fa-prod:prd-pg.s1',
        volumes: [
          { name: 'fa-prod:prd-pg.s1.prd-0', source: { name: 'fa-prod:prd-0' } },
          { name: 'fa-prod:prd-pg.s1.prd-1' },
        ],
      },
    ]);
    const prints = (array: typeof source) =>
      array?.snapshots[0]?.volumes.map(({ fingerprint }) => fingerprint);
    expect(prints(target)).toEqual(prints(source));
  });
});

describe('the replica of a volume', () => {
  const sourceIds = async (client: Pair['target'], group: string, suffix: string) =>
    (await client.items('/volume-snapshots', { filter: `name='${group}.${suffix}.*'` })).map(
      ({ source }) => source.id,
    );

  it('has an id of its own, the same for every snapshot and after every reset', async () => {
    await pair.send('s1');
    pair.clock.advance(8000);
    await pair.send('s2');
    pair.clock.advance(8000);
    const first = await sourceIds(pair.target, 'fa-prod:prd-pg', 's1');
    expect(await sourceIds(pair.target, 'fa-prod:prd-pg', 's2')).toEqual(first);
    const originals = await sourceIds(pair.source, 'prd-pg', 's1');
    expect(new Set([...first, ...originals]).size).toBe(4);
    await pair.reset();
    await pair.send('other');
    pair.clock.advance(8000);
    expect(await sourceIds(pair.target, 'fa-prod:prd-pg', 'other')).toEqual(first);
    for (const id of first) expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });
});

describe('a copy from a replica', () => {
  const REPLICA = 'fa-prod:prd-pg.s1.prd-0';
  const entries = [{ name: 'dev-0', source: { name: REPLICA } }];
  const batch = (path: string) =>
    pair.target.call('POST', path, { query: { overwrite: true }, body: entries });

  it('is refused until all of it is there', async () => {
    await pair.send('s1');
    pair.clock.advance(7999);
    const before = pair.sim.state();
    for (const answered of [await overwrite('dev-0', REPLICA), await batch('/volumes/batch')]) {
      expect(answered.status).toBe(400);
      expect(errorOf(answered)).toMatchObject({
        context: REPLICA,
        message: expect.stringMatching(/replicat/),
      });
    }
    const { status, body } = await batch('/volumes/batch/test');
    expect(status).toBe(200);
    expect(body.items).toMatchObject([
      { success: false, result_details: expect.stringMatching(/replicat/) },
    ]);
    expect(pair.sim.state()).toEqual(before);
    pair.clock.advance(1);
    expect((await batch('/volumes/batch/test')).body.items).toMatchObject([{ success: true }]);
    expect((await batch('/volumes/batch')).status).toBe(200);
  });

  it('gives the target what the source held when the snapshot was taken', async () => {
    const taken = pair.clock.now();
    const before = volumeOf(0, 'prd-0').fingerprint;
    await pair.send('s1');
    pair.sim.write('fa-prod', 'prd-0', 'written later');
    pair.clock.advance(8000);
    const [replica] = await pair.target.items('/volume-snapshots', { names: REPLICA });
    expect((await overwrite('dev-0', REPLICA)).status).toBe(200);
    expect(volumeOf(1, 'dev-0')).toMatchObject({
      fingerprint: before,
      created: taken,
      source: { id: replica.source.id, name: 'fa-prod:prd-0' },
    });
  });
});
