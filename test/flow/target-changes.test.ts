import { describe, expect, it } from 'vitest';
import type { Fault } from '../../local/array/simulator.ts';
import { databases, definition } from '../support/databases.ts';
import { expectFailure, expectUntouched } from '../support/expectations.ts';
import {
  callsOf,
  guardsOn,
  mutations,
  RELEASE_GUARD,
  type RunReport,
  TAKE_GUARD,
} from '../support/run-report.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld({ state: databases() });

/** What a run changes beside its snapshot that ends before it has the lock: its guard's snapshot, marked and put aside. */
const SET_ASIDE = [
  'POST /protection-group-snapshots',
  'PUT /volume-snapshots/tags/batch',
  RELEASE_GUARD,
];
/** The same where it holds nothing that could be marked. */
const OF_NOTHING = ['POST /protection-group-snapshots', RELEASE_GUARD];
const GIVEN_UP = [...TAKE_GUARD, RELEASE_GUARD];

/** The guard was taken as far as it came, and given up again; nothing else was changed. */
const expectNothingOverwritten = (
  report: RunReport,
  guardCalls: readonly string[] = GIVEN_UP,
): void => {
  const contentOf = ({ volumes: found }: typeof report.before) =>
    new Map(found.map(({ id, fingerprint, tags }) => [id, { fingerprint, tags }]));
  expect(report.manifest.target).toBe('untouched');
  expect(contentOf(report.after)).toEqual(contentOf(report.before));
  expect(callsOf(mutations(report.requests))).toEqual([
    'POST /protection-group-snapshots',
    ...guardCalls,
  ]);
  expect(guardsOn(report.after)).toEqual([expect.stringContaining('dev-pg.restored-')]);
  expect(report.waits).toEqual([]);
};

const failing = (path: string): Fault => {
  const result_details = 'The volume is in a stretched pod.';
  const result = { success: false, result_details, resource: { id: 'id', name: 'dev-data-00' } };
  return { method: 'POST', path, effect: { status: 200, body: { items: [result] } } };
};

describe('a trial that the array fails', () => {
  it('ends the dry run with what the array says', async () => {
    await world.define('nightly', { ...definition, execute: false });
    world.addFaults(failing('/protection-group-snapshots/test'));

    const report = await world.run('nightly');

    expectFailure(report, 'ArrayRequestRefused');
    expectUntouched(report);
    expect(report.manifest.error?.message).toContain('"dev-data-00"');
    expect(report.manifest.error?.message).toContain('The volume is in a stretched pod.');
  });

  it('ends an executed run before the first volume is overwritten', async () => {
    await world.define('nightly', definition);
    world.addFaults(failing('/volumes/batch/test'));

    const report = await world.run('nightly');

    expectFailure(report, 'ArrayRequestRefused');
    expectNothingOverwritten(report);
    expect(await world.object('manifests/nightly/current.json')).toBeUndefined();
  });
});

/** What somebody does to the target group meanwhile. */
const members = ['dev-data-00', 'dev-data-01', 'dev-fra-00', 'dev-fra-01'];
const setMembers = (names: readonly string[]) => () =>
  world.simulator.setMembers('fa-prod', 'dev-pg', names);
const rename = (from: string, to: string) => world.simulator.renameVolume('fa-prod', from, to);
const takeOut = setMembers(members.slice(1));
const putIn = setMembers([...members, 'prd-data-00']);
const empty = setMembers([]);
const renameOne = () => rename('dev-data-00', 'dev-data-99');
const swapNames = () => {
  rename('dev-data-00', 'gone');
  rename('dev-data-01', 'dev-data-00');
  rename('gone', 'dev-data-01');
};

describe('a target group that changes under the run', () => {
  it.each([
    ['Plan Overwrite', 'a volume was renamed', renameOne, 'TargetChanged', SET_ASIDE],
    ['Plan Overwrite', 'a volume was taken out', takeOut, 'TargetChanged', SET_ASIDE],
    ['Plan Overwrite', 'a source volume was put in', putIn, 'VolumeInBothGroups', GIVEN_UP],
    ['Acquire Guard', 'a volume was taken out', takeOut, 'TargetChanged', SET_ASIDE],
    ['Acquire Guard', 'a name has gone over', swapNames, 'TargetChanged', SET_ASIDE],
    ['Acquire Guard', 'a source volume was put in', putIn, 'VolumeInBothGroups', GIVEN_UP],
    ['Acquire Guard', 'all were taken out', empty, 'TargetChanged', OF_NOTHING],
    ['Overwrite Volumes', 'a volume was taken out', takeOut, 'TargetChanged', GIVEN_UP],
    ['Overwrite Volumes', 'a name has gone over', swapNames, 'TargetChanged', GIVEN_UP],
    ['Overwrite Volumes', 'a source volume was put in', putIn, 'VolumeInBothGroups', GIVEN_UP],
    ['Overwrite Volumes', 'all were taken out', empty, 'TargetChanged', GIVEN_UP],
  ] as const)('before %s ends the run: %s', async (state, _, change, error, guardCalls) => {
    await world.define('nightly', definition);
    world.before(state, change);

    const report = await world.run('nightly');

    expectFailure(report, error);
    expect(report.manifest.error?.message).toContain('data-00');
    expectNothingOverwritten(report, guardCalls);
  });
});

const takeAway = () => {
  takeOut();
  rename('dev-data-00', 'other');
};

describe('a run that must not overwrite, and cannot be rolled back', () => {
  class Died extends Error {
    override readonly name = 'Died';
  }
  const contents = () =>
    Object.fromEntries(world.array.volumes.map(({ name, fingerprint }) => [name, fingerprint]));

  it.each([
    ['takes a volume away, for another use', takeAway],
    ['has the array fail the trial', () => world.addFaults(failing('/volumes/batch/test'))],
  ])('leaves everything as it is when somebody %s', async (_, change) => {
    await world.define('nightly', definition);
    world.before('Overwrite Volumes', change);
    world.before('Roll Back', () => {
      throw new Died('The function is gone.');
    });
    const dead = await world.run('nightly');
    expect(dead.manifest).toMatchObject({ status: 'FAILED', target: 'untouched' });
    for (const { name } of world.array.volumes)
      world.simulator.write('fa-prod', name, `${name} goes on`);
    const written = contents();

    const report = await world.execute({ refresh: 'nightly', recover: dead.run });

    expect(report.manifest.recovered).toEqual({ run: dead.run, outcome: 'untouched' });
    expect(contents()).toEqual(written);
  });
});
