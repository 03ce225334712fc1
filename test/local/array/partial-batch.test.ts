import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { admin, errorOf, GIB, startTestArray, type TestArray } from './test-array.ts';

let array: TestArray;

beforeAll(async () => {
  array = await startTestArray({
    volumes: ['prd-0', 'dev-0', 'dev-1', 'dev-2'].map((name) => ({ name, size: GIB })),
    protection_groups: [{ name: 'pg', volumes: ['prd-0'], snapshots: [{ suffix: 's1' }] }],
  });
});
beforeEach(() => array.reset());
afterAll(() => array.stop());

type Then = 'refuse' | 'hang_up';
const partly = (apply_first: number, then: Then = 'refuse') => ({ apply_first, then });
const arm = (...effect: Parameters<typeof partly>) =>
  array.sim.addFaults([{ effect: partly(...effect) }]);

const targets = ['dev-0', 'dev-1', 'dev-2'];
const batch = () =>
  array.call('POST', '/volumes/batch', {
    query: { overwrite: true },
    body: targets.map((name) => ({ name, source: { name: 'pg.s1.prd-0' } })),
  });
/** The targets that hold what the source holds. */
const overwritten = () => {
  const volumes = array.sim.state().arrays[0]?.volumes ?? [];
  return volumes
    .filter(({ name, fingerprint }) => name !== 'prd-0' && fingerprint === volumes[0]?.fingerprint)
    .map(({ name }) => name);
};

describe('a batch of which a fault lets only the first items through', () => {
  it.each([
    [0, []],
    [1, ['dev-0']],
    [2, ['dev-0', 'dev-1']],
    [3, targets],
    [9, targets],
  ])('%i of three volumes, and then 400', async (count, expected) => {
    arm(count);
    const answered = await batch();
    expect(answered.status).toBe(400);
    expect(errorOf(answered)).toEqual({
      context: null,
      message: 'The simulator stops here, as a fault told it to.',
    });
    expect(answered.body.errors[0].location_context.name).toBe('fa-test');
    expect(overwritten()).toEqual(expected);
    expect(array.sim.requests().at(-1)?.status).toBe(400);
  });

  it('or the socket is closed', async () => {
    arm(2, 'hang_up');
    await expect(batch()).rejects.toThrow('other side closed');
    expect(overwritten()).toEqual(['dev-0', 'dev-1']);
    expect(array.sim.requests().at(-1)).toMatchObject({
      status: null,
      body: targets.map((name) => ({ name })),
    });
  });

  it('of the names in the query', async () => {
    arm(1);
    await array.call('POST', '/volumes', {
      query: { names: targets.join(','), overwrite: true },
      body: { source: { name: 'pg.s1.prd-0' } },
    });
    expect(overwritten()).toEqual(['dev-0']);
  });

  it('of a list of tags', async () => {
    arm(1);
    await array.call('PUT', '/volumes/tags/batch', {
      body: targets.map((name) => ({ key: 'k', value: 'v', resource: { name } })),
    });
    expect(await array.items('/volumes/tags')).toMatchObject([{ resource: { name: 'dev-0' } }]);
  });

  it.each([
    [0, []],
    [1, ['pg.s2']],
  ])('of %i when the request is for one thing', async (count, expected) => {
    arm(count);
    const answered = await array.call('POST', '/protection-group-snapshots', {
      query: { source_names: 'pg' },
      body: { suffix: 's2' },
    });
    expect(answered.status).toBe(400);
    const filter = "name='pg.s2'";
    expect(await array.names('/protection-group-snapshots', { filter })).toEqual(expected);
  });

  it('is refused as ever where the array refuses it', async () => {
    array.sim.addFaults([{ effect: { expire_session: true } }]);
    arm(2);
    expect((await batch()).status).toBe(401);
    expect(overwritten()).toEqual([]);
  });

  it('is the one that the fault counts to, and can be posted', async () => {
    const fault = { method: 'POST', path: '/volumes/batch', nth: 2, effect: partly(1) };
    expect((await admin(array, 'POST', '/faults', fault)).status).toBe(200);
    expect((await batch()).status).toBe(200);
    expect((await batch()).status).toBe(400);
    expect((await batch()).status).toBe(200);
  });

  it.each([{ apply_first: 1 }, partly(-1), { ...partly(1), hang_up: 'after' }])(
    '%j is no effect',
    async (effect) => {
      const { body } = await admin(array, 'POST', '/faults', { effect });
      expect(body.error).toContain('apply_first');
    },
  );
});
