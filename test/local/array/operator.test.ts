import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { admin } from './test-array.ts';
import { type Pair, SNAPSHOTS, startPair } from './test-replication.ts';

let pair: Pair;

beforeAll(async () => {
  pair = await startPair([
    {
      name: 'fa-prod',
      volumes: ['prd-0', 'prd-1', 'prd-2'].map((name) => ({ name, size: 1_048_576 })),
      hosts: [{ name: 'prd', volumes: ['prd-0'] }],
      protection_groups: [
        { name: 'prd-pg', volumes: ['prd-0', 'prd-1'], targets: ['fa-dr'] },
        { name: 'hosts-pg', hosts: ['prd'] },
      ],
    },
    { name: 'fa-dr', volumes: [{ name: 'dev-0', size: 1_048_576 }] },
  ]);
});
beforeEach(() => pair.reset());
afterAll(() => pair.stop());

const members = async () =>
  (await pair.source.items('/protection-groups/volumes')).map(({ member }) => member.name);
const snapshotNames = async () =>
  (await pair.source.items('/volume-snapshots', { sort: 'name' })).map(({ name }) => name);

describe('the volumes of a group', () => {
  it('are replaced, and the next snapshot is of the new ones', async () => {
    await pair.send('before');
    pair.sim.setMembers('fa-prod', 'prd-pg', ['PRD-2', 'prd-0', 'prd-2']);
    expect(await members()).toEqual(['prd-2', 'prd-0']);
    await pair.send('after');
    expect(await snapshotNames()).toEqual([
      'prd-pg.after.prd-0',
      'prd-pg.after.prd-2',
      'prd-pg.before.prd-0',
      'prd-pg.before.prd-1',
    ]);
  });

  it('can be none, and the replica of the group counts the same', async () => {
    const body = { array: 'fa-prod', group: 'prd-pg', volumes: [] };
    expect(await admin(pair, 'POST', '/members', body)).toEqual({ status: 200, body: {} });
    const counts = [pair.source, pair.target].map(async ({ items }) => {
      const [group] = await items('/protection-groups', { filter: "name='*prd-pg'" });
      return group.volume_count;
    });
    expect(await Promise.all(counts)).toEqual([0, 0]);
  });

  it('are as in the state file after a reset', async () => {
    pair.sim.setMembers('fa-prod', 'prd-pg', ['prd-2']);
    await pair.reset();
    expect(await members()).toEqual(['prd-0', 'prd-1']);
  });

  it.each([
    [{ array: 'fa-none', group: 'prd-pg', volumes: [] }, 'There is no array fa-none'],
    [{ array: 'fa-prod', group: 'none', volumes: [] }, 'There is no protection group none'],
    [{ array: 'fa-prod', group: 'prd-pg', volumes: ['prd-0', 'x'] }, 'There is no volume x'],
    [{ array: 'fa-prod', group: 'hosts-pg', volumes: ['prd-0'] }, 'are no volumes'],
    [{ array: 'fa-dr', group: 'fa-prod:prd-pg', volumes: [] }, 'is a replica'],
    [{ array: 'fa-prod', group: 'prd-pg' }, 'volumes'],
  ])('%j is refused', async (body, word) => {
    const answered = await admin(pair, 'POST', '/members', body);
    expect(answered.status).toBe(400);
    expect(answered.body.error).toContain(word);
    expect(await members()).toEqual(['prd-0', 'prd-1']);
  });
});

describe('renaming a volume', () => {
  it('leaves its id, its membership and the names of its snapshots', async () => {
    await pair.send('s1');
    const [before] = await pair.source.items('/volumes', { names: 'prd-0' });
    const body = { array: 'fa-prod', volume: 'PRD-0', name: 'sales-0' };
    expect(await admin(pair, 'POST', '/rename', body)).toEqual({ status: 200, body: {} });
    expect(await pair.source.items('/volumes', { names: 'sales-0' })).toEqual([
      { ...before, name: 'sales-0' },
    ]);
    expect((await pair.source.call('GET', '/volumes', { query: { names: 'prd-0' } })).status).toBe(
      400,
    );
    expect(await members()).toEqual(['sales-0', 'prd-1']);
    expect(await snapshotNames()).toEqual(['prd-pg.s1.prd-0', 'prd-pg.s1.prd-1']);
  });

  it('is followed by what refers to it: snapshots and copies', async () => {
    await pair.send('s1');
    await pair.source.call('POST', '/volumes', {
      query: { names: 'prd-2', overwrite: true },
      body: { source: { name: 'prd-pg.s1.prd-0' } },
    });
    pair.sim.renameVolume('fa-prod', 'prd-0', 'sales-0');
    expect(await pair.source.names('/volume-snapshots', { source_names: 'sales-0' })).toEqual([
      'prd-pg.s1.prd-0',
    ]);
    expect(await pair.source.items('/volumes', { names: 'prd-2' })).toMatchObject([
      { source: { name: 'sales-0' } },
    ]);
  });

  it('leaves the names of volume snapshots alone also when their group snapshot is renamed', async () => {
    await pair.send('s1', {});
    pair.sim.renameVolume('fa-prod', 'prd-0', 'sales-0');
    await pair.source.call('PATCH', SNAPSHOTS, {
      query: { names: 'prd-pg.s1' },
      body: { name: 'prd-pg.kept' },
    });
    expect(await snapshotNames()).toEqual(['prd-pg.kept.prd-0', 'prd-pg.kept.prd-1']);
  });

  it('reaches the target with the next snapshot', async () => {
    await pair.send('s1');
    pair.sim.advance(60_000);
    pair.sim.renameVolume('fa-prod', 'prd-0', 'sales-0');
    await pair.send('s2');
    pair.sim.advance(60_000);
    const ofSource = (name: string) =>
      pair.target.call('GET', '/volume-snapshots', { query: { source_names: name } });
    expect((await ofSource('fa-prod:sales-0')).body.items).toHaveLength(2);
    expect((await ofSource('fa-prod:prd-0')).status).toBe(400);
  });

  it('may change capitals only', async () => {
    pair.sim.renameVolume('fa-prod', 'prd-0', 'PRD-0');
    expect(await members()).toEqual(['PRD-0', 'prd-1']);
  });

  it.each([
    [{ volume: 'x', name: 'y' }, 'There is no volume x'],
    [{ volume: 'prd-0', name: 'PRD-1' }, 'there already'],
    [{ volume: 'prd-0', name: 'a b' }, 'is not a name'],
  ])('%j is refused', async (body, word) => {
    const answered = await admin(pair, 'POST', '/rename', { array: 'fa-prod', ...body });
    expect(answered.status).toBe(400);
    expect(answered.body.error).toContain(word);
    expect(await members()).toEqual(['prd-0', 'prd-1']);
  });
});
