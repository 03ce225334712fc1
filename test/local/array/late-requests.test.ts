import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HeldRequest } from '../../../local/array/simulator.ts';
import { admin, createClient, GIB, startTestArray, type TestArray } from './test-array.ts';

const SNAPSHOTS = '/protection-group-snapshots';

let array: TestArray;
let onHeld: (request: HeldRequest) => void = () => undefined;

beforeAll(async () => {
  array = await startTestArray(
    {
      arrays: [
        {
          name: 'fa-prod',
          volumes: [{ name: 'prd-0', size: GIB }],
          protection_groups: [{ name: 'pg', volumes: ['prd-0'], targets: ['fa-dr'] }],
        },
        { name: 'fa-dr' },
      ],
    },
    { onHeld: (request) => onHeld(request) },
  );
});
beforeEach(() => array.reset());
afterAll(() => array.stop());

/** Sends a request that a fault holds, with a client of its own that gives up as soon as it is held. */
async function giveUpOn(
  act_late_ms: number,
  method: string,
  path: string,
  options: object = {},
): Promise<HeldRequest> {
  const client = createClient(array.sim);
  await client.login();
  array.sim.addFaults([{ effect: { act_late_ms } }]);
  const held = new Promise<HeldRequest>((resolve) => {
    onHeld = resolve;
  });
  const refused = expect(client.call(method, path, options)).rejects.toThrow();
  const request = await held;
  await client.close();
  await refused;
  return request;
}
const take = (act_late_ms: number, suffix: string, query = {}) =>
  giveUpOn(act_late_ms, 'POST', SNAPSHOTS, {
    query: { source_names: 'pg', ...query },
    body: { suffix },
  });
const snapshots = () => array.sim.state().arrays[0]?.snapshots ?? [];
const names = () => snapshots().map(({ name }) => name);
const lastEntry = () => array.sim.requests().at(-1);

describe('a request that a fault lets act late', () => {
  it('is told to be held, and carried out as of its time when somebody looks later on', async () => {
    const due = array.clock.now() + 1000;
    expect(await take(1000, 's1')).toEqual({
      array: 'fa-prod',
      method: 'POST',
      path: `/api/2.56${SNAPSHOTS}`,
    });
    array.clock.advance(999);
    expect(names()).toEqual([]);
    expect(lastEntry()).toMatchObject({ body: { suffix: 's1' }, status: null });
    array.clock.advance(500);
    expect(lastEntry()).toMatchObject({ body: { suffix: 's1' }, status: 200 });
    expect(snapshots()).toMatchObject([{ name: 'pg.s1', created: due }]);
  });

  it.each([
    ['the clock is moved', (ms: number) => array.sim.advance(ms)],
    [
      'the clock is moved from outside',
      (ms: number) => admin(array, 'POST', '/clock', { advance_ms: ms }),
    ],
    [
      'another request comes',
      async (ms: number) => {
        array.clock.advance(ms);
        await array.call('GET', '/volumes');
      },
    ],
  ])('is carried out before anything else when %s', async (_, move) => {
    await giveUpOn(1000, 'POST', '/volumes', { query: { names: 'new' }, body: {} });
    await move(1000);
    expect(await array.names('/volumes')).toEqual(['prd-0', 'new']);
  });

  it('gets no answer as long as the simulator runs', async () => {
    const held = Promise.withResolvers<HeldRequest>();
    const other = await startTestArray({ volumes: [] }, { onHeld: held.resolve });
    other.sim.addFaults([{ path: '/volumes', effect: { act_late_ms: 10 } }]);
    let isOver = false;
    const refused = expect(
      other.call('GET', '/volumes').finally(() => {
        isOver = true;
      }),
    ).rejects.toThrow();
    await held.promise;
    other.sim.advance(10);
    expect((await other.call('GET', '/connections')).status).toBe(200);
    expect(isOver).toBe(false);
    expect(other.sim.requests().map(({ status }) => status)).toEqual([200, 200, 200]);
    await other.sim.stop();
    await refused;
    await other.close();
  });

  it('was accepted: it does not matter that its session ends meanwhile', async () => {
    await take(3_600_000, 's1');
    array.sim.addFaults([{ effect: { expire_session: true } }]);
    expect((await array.call('GET', '/volumes')).status).toBe(401);
    array.sim.advance(3_600_000);
    expect(names()).toEqual(['pg.s1']);
  });

  it('is refused without a session, also late', async () => {
    const headers = { 'x-auth-token': 'none' };
    await giveUpOn(1000, 'POST', SNAPSHOTS, {
      query: { source_names: 'pg' },
      body: { suffix: 's1' },
      headers,
    });
    array.sim.advance(1000);
    expect(lastEntry()).toMatchObject({ status: 401 });
    expect(names()).toEqual([]);
  });

  it('has its turn by its time, and not by when it came', async () => {
    await take(3000, 'late');
    await take(2000, 'earlier');
    await take(2000, 'next');
    array.sim.advance(60_000);
    expect(names()).toEqual(['pg.earlier', 'pg.next', 'pg.late']);
  });

  it('meets what was done before its time', async () => {
    await take(1000, 's1');
    await array.call('POST', SNAPSHOTS, { query: { source_names: 'pg' }, body: { suffix: 's1' } });
    array.sim.advance(1000);
    expect(array.sim.requests().map(({ status }) => status)).toContain(400);
    expect(names()).toEqual(['pg.s1']);
  });

  it('is over before a host writes that writes after it', async () => {
    await array.call('POST', SNAPSHOTS, { query: { source_names: 'pg' }, body: { suffix: 's1' } });
    const source = { name: 'pg.s1.prd-0' };
    await giveUpOn(1000, 'POST', '/volumes', {
      query: { names: 'prd-0', overwrite: true },
      body: { source },
    });
    array.clock.advance(1000);
    array.sim.write('fa-prod', 'prd-0', 'after it');
    const written = array.sim.state().arrays[0]?.volumes[0]?.fingerprint;
    expect(written).not.toBe(snapshots()[0]?.volumes[0]?.fingerprint);
  });

  it('starts what follows from it at its time as well', async () => {
    const due = array.clock.now() + 1000;
    await take(1000, 's1', { replicate_now: true });
    array.sim.advance(60_000);
    const target = createClient(array.sim, 1);
    await target.login();
    expect(await target.items(`${SNAPSHOTS}/transfer`)).toMatchObject([
      { name: 'fa-prod:pg.s1', started: due + 1000, completed: due + 8000 },
    ]);
    await target.close();
  });

  it('is carried out although faults are cleared, and forgotten by a reset', async () => {
    await take(1000, 's1');
    array.sim.clearFaults();
    array.sim.advance(1000);
    expect(names()).toEqual(['pg.s1']);
    await take(1000, 's2');
    await array.reset();
    array.sim.advance(1000);
    expect(names()).toEqual([]);
  });
});

describe('a request that is delayed', () => {
  it('is told to be held as well', async () => {
    const held = new Promise<HeldRequest>((resolve) => {
      onHeld = resolve;
    });
    array.sim.addFaults([{ effect: { delay_ms: 1 } }]);
    const [answered, request] = await Promise.all([array.call('GET', '/volumes'), held]);
    expect(answered.status).toBe(200);
    expect(request).toEqual({ array: 'fa-prod', method: 'GET', path: '/api/2.56/volumes' });
  });
});
