import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type HeldRequest, startSimulator } from '../../../local/array/simulator.ts';
import { type ArrayClient, createClient, GIB, startTestArray } from './test-array.ts';
import { type Pair, SNAPSHOTS, startPair, TRANSFERS } from './test-replication.ts';

let pair: Pair;

beforeAll(async () => {
  pair = await startPair();
});
beforeEach(() => pair.reset());
afterAll(() => pair.stop());

const LISTS = [
  '/volumes',
  '/volumes/tags',
  '/volumes/performance',
  '/volume-snapshots',
  '/volume-snapshots/tags',
  SNAPSHOTS,
  `${SNAPSHOTS}/tags`,
  TRANSFERS,
  '/protection-groups',
  '/protection-groups/volumes',
  '/protection-groups/targets',
  '/array-connections',
];

/** All that clients of both arrays can see, and what is on the volumes. */
async function look() {
  const seen = (client: ArrayClient) => Promise.all(LISTS.map((path) => client.items(path)));
  const [source, target] = await Promise.all([seen(pair.source), seen(pair.target)]);
  return { now: pair.clock.now(), state: pair.sim.state(), source, target };
}

/** Changes everything that can be changed. */
async function changeEverything() {
  const { source, sim } = pair;
  await source.call('PUT', '/volumes/tags/batch', {
    query: { resource_names: 'prd-0' },
    body: [{ key: 'k', value: 'v' }],
  });
  await source.call('PUT', `${SNAPSHOTS}/tags/batch`, {
    query: { resource_names: 'prd-pg.sent' },
    body: [{ key: 'k', value: 'v' }],
  });
  await source.call('POST', '/volumes', { query: { names: 'new' }, body: {} });
  await pair.send('next', { replicate_now: true });
  await source.call('PATCH', SNAPSHOTS, {
    query: { names: 'prd-pg.idle' },
    body: { name: 'prd-pg.other' },
  });
  await source.call('POST', '/volumes', {
    query: { names: 'prd-1', overwrite: true },
    body: { source: { name: 'prd-pg.other.prd-0' } },
  });
  await source.call('PATCH', SNAPSHOTS, {
    query: { names: 'prd-pg.other' },
    body: { destroyed: true },
  });
  sim.write('fa-dr', 'dev-0', 'other');
  sim.setPerformance('fa-prod', 'prd-0', { reads_per_sec: 1, writes_per_sec: 1 });
  sim.setMembers('fa-prod', 'prd-pg', ['prd-0']);
  sim.renameVolume('fa-prod', 'prd-1', 'sales-1');
  sim.setOverwrite({ keeps_created: true });
  sim.advance(60_000);
  sim.setReplication({ duration_ms: 5 });
  sim.setReplication({ group: 'prd-pg', allowed: false });
  sim.setReplication({ status: 'connecting' });
  sim.advance(86_400_000);
}

describe('going back to a checkpoint', () => {
  beforeEach(async () => {
    await pair.send('idle', {});
    await pair.send('sent');
    pair.sim.advance(4000);
    await pair.send('waiting');
  });

  it('brings everything back, as often as one likes', async () => {
    const before = await look();
    const checkpoint = pair.sim.checkpoint();
    for (const _ of [1, 2]) {
      await changeEverything();
      expect(pair.sim.state()).not.toEqual(before.state);
      pair.sim.restore(checkpoint);
      // The sessions of then are valid again: nobody has to log in.
      expect(await look()).toEqual(before);
    }
  });

  it('goes on in the same way from there: replication, ids and numbers', async () => {
    const checkpoint = pair.sim.checkpoint();
    const goOn = async () => {
      pair.sim.advance(3500);
      const partly = await look();
      await pair.send('more');
      await pair.source.call('POST', SNAPSHOTS, { query: { source_names: 'local-pg' } });
      pair.sim.advance(60_000);
      return [partly, await look()];
    };
    const first = await goOn();
    pair.sim.restore(checkpoint);
    expect(await goOn()).toEqual(first);
  });

  it('works across a reset, and in any order', async () => {
    const early = await look();
    const one = pair.sim.checkpoint();
    pair.sim.advance(5000);
    const late = await look();
    const two = pair.sim.checkpoint();
    pair.sim.reset();
    pair.sim.restore(two);
    expect(await look()).toEqual(late);
    pair.sim.restore(one);
    expect(await look()).toEqual(early);
    pair.sim.restore(two);
    expect(await look()).toEqual(late);
  });

  it('ends the sessions that came later, and brings back those that ended', async () => {
    const other = createClient(pair.sim);
    const checkpoint = pair.sim.checkpoint();
    await other.login();
    await pair.source.call('POST', '/logout');
    expect((await pair.source.call('GET', '/volumes')).status).toBe(401);
    pair.sim.restore(checkpoint);
    expect((await pair.source.call('GET', '/volumes')).status).toBe(200);
    expect((await other.call('GET', '/volumes')).status).toBe(401);
    await other.close();
  });

  it('brings back switches', async () => {
    pair.sim.setOverwrite({ array: 'fa-prod', keeps_created: true });
    const checkpoint = pair.sim.checkpoint();
    pair.sim.setOverwrite({ keeps_created: false });
    pair.sim.restore(checkpoint);
    const [{ created }] = await pair.source.items('/volumes', { names: 'prd-1' });
    await pair.source.call('POST', '/volumes', {
      query: { names: 'prd-1', overwrite: true },
      body: { source: { name: 'prd-0' } },
    });
    expect(await pair.source.items('/volumes', { names: 'prd-1' })).toMatchObject([{ created }]);
  });

  it('brings back what is left of a list that is being paged through', async () => {
    const first = await pair.source.call('GET', '/volumes', { query: { limit: 1 } });
    const { continuation_token } = first.body;
    const next = { limit: 1, continuation_token };
    const checkpoint = pair.sim.checkpoint();
    const second = await pair.source.names('/volumes', next);
    pair.sim.restore(checkpoint);
    expect(await pair.source.names('/volumes', next)).toEqual(second);
  });

  it('clears the journal and the faults', async () => {
    const checkpoint = pair.sim.checkpoint();
    pair.sim.addFaults([{ times: 0, effect: { status: 503 } }]);
    pair.sim.restore(checkpoint);
    expect(pair.sim.requests()).toEqual([]);
    expect((await pair.source.call('GET', '/volumes')).status).toBe(200);
  });

  it('is refused for the checkpoint of another simulator', async () => {
    const other = await startSimulator({ state: { arrays: [{ name: 'fa-other' }] } });
    expect(() => pair.sim.restore(other.checkpoint())).toThrow('another simulator');
    await other.stop();
  });

  it('does not stop a clock that goes by itself', async () => {
    const other = await startSimulator({ state: { arrays: [{ name: 'fa-other' }] } });
    const checkpoint = other.checkpoint();
    other.advance(3_600_000);
    other.restore(checkpoint);
    expect(other.checkpoint().madeAt).toBeGreaterThanOrEqual(checkpoint.madeAt + 3_600_000);
    await other.stop();
  });
});

describe('requests that are held when the simulator goes back', () => {
  const start = async () => {
    const held = Promise.withResolvers<HeldRequest>();
    const array = await startTestArray(
      { volumes: [{ name: 'vol-0', size: GIB }] },
      { onHeld: held.resolve },
    );
    const create = () => array.call('POST', '/volumes', { query: { names: 'new' }, body: {} });
    const volumes = () => array.sim.state().arrays[0]?.volumes.map(({ name }) => name);
    return { array, held: held.promise, create, volumes };
  };

  it('are forgotten, if they were to act late', async () => {
    const { array, held, create, volumes } = await start();
    const checkpoint = array.sim.checkpoint();
    array.sim.addFaults([{ effect: { act_late_ms: 1000 } }]);
    const refused = expect(create()).rejects.toThrow();
    await held;
    array.sim.restore(checkpoint);
    array.sim.advance(1000);
    expect(volumes()).toEqual(['vol-0']);
    await array.stop();
    await refused;
  });

  it.each(['restore', 'reset'] as const)(
    'lose their connection, if they are delayed: %s',
    async (how) => {
      const { array, held, create, volumes } = await start();
      const checkpoint = array.sim.checkpoint();
      array.sim.addFaults([{ effect: { delay_ms: 1 } }]);
      const refused = expect(create()).rejects.toThrow('other side closed');
      await held;
      if (how === 'restore') array.sim.restore(checkpoint);
      else array.sim.reset();
      await refused;
      expect(volumes()).toEqual(['vol-0']);
      expect(array.sim.requests()).toEqual([]);
      await array.stop();
    },
  );
});
