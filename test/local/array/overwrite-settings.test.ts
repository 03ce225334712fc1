import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { admin, createClient, GIB, startTestArray, type TestArray } from './test-array.ts';

let array: TestArray;

beforeAll(async () => {
  const volumes = [
    { name: 'prd-0', size: GIB, created: 1000 },
    { name: 'dev-0', size: GIB, created: 2000 },
  ];
  const protection_groups = [{ name: 'pg', volumes: ['prd-0'], snapshots: [{ suffix: 's1' }] }];
  array = await startTestArray({
    arrays: [
      { name: 'fa-one', volumes, protection_groups },
      { name: 'fa-two', volumes, protection_groups, keeps_created: true },
    ],
  });
});
beforeEach(() => array.reset());
afterAll(() => array.stop());

/** `created` of a volume on each array after it was overwritten, and that of the snapshot it was overwritten from. */
async function overwriteBoth() {
  const two = createClient(array.sim, 1);
  await two.login();
  const both = [array, two].map(async ({ call, items }) => {
    const [snapshot] = await items('/volume-snapshots');
    const { body } = await call('POST', '/volumes', {
      query: { names: 'dev-0', overwrite: true },
      body: { source: { name: 'pg.s1.prd-0' } },
    });
    return { volume: body.items[0].created, snapshot: snapshot.created };
  });
  const created = await Promise.all(both);
  await two.close();
  return created.map(({ volume, snapshot }) => (volume === snapshot ? 'snapshot' : volume));
}

describe('whether a volume that is overwritten keeps its own created', () => {
  it('is as the state file says: unless it says so, it takes that of the snapshot', async () => {
    expect(await overwriteBoth()).toEqual(['snapshot', 2000]);
  });

  it('can be set for one array or for all, until the reset', async () => {
    array.sim.setOverwrite({ array: 'fa-one', keeps_created: true });
    expect(await overwriteBoth()).toEqual([2000, 2000]);
    await array.reset();
    expect(await overwriteBoth()).toEqual(['snapshot', 2000]);
    expect(await admin(array, 'POST', '/overwrite', { keeps_created: false })).toMatchObject({
      status: 200,
    });
    expect(await overwriteBoth()).toEqual(['snapshot', 'snapshot']);
  });

  it('has no say about new volumes', async () => {
    array.sim.setOverwrite({ keeps_created: true });
    const [snapshot] = await array.items('/volume-snapshots');
    const { body } = await array.call('POST', '/volumes', {
      query: { names: 'new' },
      body: { source: { name: 'pg.s1.prd-0' } },
    });
    expect(body.items[0].created).toBe(snapshot.created);
  });

  it.each([
    [{ array: 'fa-none', keeps_created: true }, 'There is no array fa-none'],
    [{ array: 'fa-one' }, 'keeps_created'],
  ])('refuses %j', async (body, word) => {
    const answered = await admin(array, 'POST', '/overwrite', body);
    expect(answered.status).toBe(400);
    expect(answered.body.error).toContain(word);
  });
});
