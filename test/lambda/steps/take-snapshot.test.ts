import { afterEach, describe, expect, it } from 'vitest';
import { takeSnapshot } from '../../../lambda/steps/take-snapshot.ts';
import type { Fault } from '../../../local/array/simulator.ts';
import { rejectionOf } from '../support/refusals.ts';
import { stopSimulatedArrays, twoDatabases, volume } from '../support/simulated-array.ts';
import { type Bench, begun, runUpTo, setUp } from './support/bench.ts';

afterEach(stopSimulatedArrays);

const SNAPSHOTS = '/protection-group-snapshots';
const TAKE = `POST ${SNAPSHOTS}`;
const TAKEN_AT = '2026-11-24T01:00:00.000Z';

const snapshotsOf = ({ simulator }: Bench) =>
  simulator.state().arrays[0]?.snapshots.map(({ name }) => name);

describe('taking the snapshot', () => {
  it('makes it without looking first where there was none, and notes the volumes that are copied from it', async () => {
    const bench = await setUp();
    const prepared = await runUpTo('prepare', bench);
    const before = bench.requests().length;

    const run = await takeSnapshot(prepared, bench.ports);

    expect(run.snapshot).toEqual({ name: 'prd-pg.s1', created: TAKEN_AT, reused: false });
    expect(bench.requests().slice(before)).toEqual([TAKE, 'GET /volume-snapshots']);
    expect(bench.store.json('runs/nightly-1/snapshot.json')).toMatchObject([
      { id: 'id-of-prd-data', name: 'prd-data', snapshot: 'prd-pg.s1.prd-data' },
      { id: 'id-of-prd-fra', name: 'prd-fra', snapshot: 'prd-pg.s1.prd-fra' },
    ]);
  });

  it('twice makes one, which is this run’s own', async () => {
    const bench = await setUp();
    const prepared = await runUpTo('prepare', bench);

    const first = await takeSnapshot(prepared, bench.ports);
    const second = await takeSnapshot(prepared, bench.ports);

    expect(second).toEqual(first);
    // The array refuses the second request.
    expect(bench.changes()).toEqual([TAKE, TAKE]);
    expect(snapshotsOf(bench)).toEqual(['prd-pg.s1']);
  });

  it('whose request got no answer is not made a second time', async () => {
    const bench = await setUp();
    const prepared = await runUpTo('prepare', bench);
    bench.simulator.addFaults([{ method: 'POST', path: SNAPSHOTS, effect: { hang_up: 'after' } }]);

    expect((await rejectionOf(takeSnapshot(prepared, bench.ports))).name).toBe('ArrayUnavailable');
    const run = await takeSnapshot(prepared, bench.ports);

    expect(run.snapshot).toEqual({ name: 'prd-pg.s1', created: TAKEN_AT, reused: false });
    expect(bench.changes()).toEqual([TAKE, TAKE]);
    expect(snapshotsOf(bench)).toEqual(['prd-pg.s1']);
  });

  it('that somebody made just before uses theirs', async () => {
    const bench = await setUp();
    const prepared = await runUpTo('prepare', bench);
    await bench.array.createGroupSnapshot('prd-pg', 's1');

    const run = await takeSnapshot(prepared, bench.ports);

    expect(run.snapshot?.name).toBe('prd-pg.s1');
    expect(bench.changes()).toEqual([TAKE, TAKE]);
  });

  it('uses one that existed, and says so', async () => {
    const bench = await setUp();
    await bench.array.createGroupSnapshot('prd-pg', 's1');

    const run = await runUpTo('takeSnapshot', bench);

    expect(run.snapshot?.reused).toBe(true);
    expect(bench.changes()).toEqual([TAKE]);
  });

  it('in place of one that is gone since: it is a new one, and is called that', async () => {
    const bench = await setUp();
    const prepared = await runUpTo('prepare', bench);
    const asPlanned = {
      ...prepared,
      snapshot: { name: 'prd-pg.s1', created: '2026-11-20T00:00:00.000Z', reused: true },
    };

    const run = await takeSnapshot(asPlanned, bench.ports);

    expect(run.snapshot).toEqual({ name: 'prd-pg.s1', created: TAKEN_AT, reused: false });
  });

  it('leaves out what was excluded by a name that it has no more', async () => {
    const bench = await setUp();
    const prepared = await runUpTo('prepare', bench);
    const renamed = await setUp({
      store: bench.store,
      state: {
        volumes: [
          volume('prd-fra', 40),
          volume('prd-data', 120),
          volume('renamed', 4, { id: 'id-of-prd-config' }),
        ],
        protection_groups: [{ name: 'prd-pg', volumes: ['prd-fra', 'prd-data', 'renamed'] }],
      },
    });

    await takeSnapshot(prepared, renamed.ports);

    expect(bench.store.json('runs/nightly-1/snapshot.json')).toMatchObject([
      { name: 'prd-data' },
      { name: 'prd-fra' },
    ]);
  });

  it.each<[string, Fault['effect'], string]>([
    [
      'refused',
      { status: 400, body: { errors: [{ message: 'Snapshot limit reached.' }] } },
      'ArrayRequestRefused',
    ],
    ['forbidden', { status: 403 }, 'ArrayPermissionDenied'],
    ['answered by a fault', { status: 500 }, 'ArrayUnavailable'],
  ])('that is %s fails as what it is', async (_, effect, name) => {
    const bench = await setUp();
    const prepared = await runUpTo('prepare', bench);
    bench.simulator.addFaults([{ method: 'POST', path: SNAPSHOTS, effect }]);

    expect((await rejectionOf(takeSnapshot(prepared, bench.ports))).name).toBe(name);
  });
});

describe('nothing is taken', () => {
  it('on a dry run', async () => {
    const bench = await setUp();
    const prepared = await runUpTo('prepare', bench, begun({ execute: false }));

    expect(await rejectionOf(takeSnapshot(prepared, bench.ports))).toMatchObject({
      name: 'InvalidStepInput',
      message: 'The run is a dry run, so nothing may be changed on the array.',
    });
    expect(bench.changes()).toEqual([]);
  });

  it('for a run that was not prepared', async () => {
    const bench = await setUp();

    expect(
      await rejectionOf(takeSnapshot({ ...begun(), execute: true }, bench.ports)),
    ).toMatchObject({ name: 'InvalidStepInput', message: 'The run has not been prepared.' });
    expect(bench.changes()).toEqual([]);
  });

  it('where its name is that of one pending eradication', async () => {
    const bench = await setUp();
    const prepared = await runUpTo('prepare', bench);
    const later = await setUp({
      store: bench.store,
      state: {
        ...twoDatabases,
        protection_groups: [
          { name: 'prd-pg', volumes: ['prd-data'], snapshots: [{ suffix: 's1', destroyed: true }] },
        ],
      },
    });

    const before = later.simulator.state();

    expect((await rejectionOf(takeSnapshot(prepared, later.ports))).name).toBe('SnapshotDestroyed');
    expect(later.simulator.state()).toEqual(before);
  });
});
