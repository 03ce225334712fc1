import { beforeEach, describe, expect, it } from 'vitest';
import { databases, definition } from '../support/databases.ts';
import { expectFailure, expectRefreshed, expectRefused } from '../support/expectations.ts';
import { some } from '../support/extent.ts';
import { byHand } from '../support/operator.ts';
import { callsOf, type RunReport, statesOf } from '../support/run-report.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld({ state: databases() });
/** One volume a request, so that the array can refuse in the middle. */
const oneByOne = { ...definition, flash_array_api_version: '2.31' };
const LOCK = 'dev-pg.refresh-in-progress';
const refused = { status: 400, body: { errors: [{ context: null, message: 'Not now.' }] } };

class Died extends Error {
  override readonly name = 'Died';
}
const die = () => {
  throw new Died('The process is gone.');
};

beforeEach(() => world.define('nightly', oneByOne));

/** Ends a run in this state, and keeps it from putting anything back. */
const dieAfter = async (state: string): Promise<RunReport> => {
  world.after(state, die);
  world.before('Roll Back', die);
  return world.run('nightly');
};

/** The third of four volumes is refused, and nothing is put back. */
const dieInTheMiddle = (): Promise<RunReport> => {
  world.addFaults({ method: 'POST', path: '/volumes', nth: 3, times: 2, effect: refused });
  world.before('Roll Back', die);
  return world.run('nightly');
};

const fingerprints = ({ volumes }: RunReport['after']): Record<string, string> =>
  Object.fromEntries(
    volumes.filter(({ name }) => name.startsWith('dev-')).map((v) => [v.name, v.fingerprint]),
  );

const liveSnapshots = (): string[] =>
  world.array.snapshots.filter(({ destroyed }) => !destroyed).map(({ name }) => name);

const manifestOf = ({ folder, run }: RunReport) => world.object(`${folder}/${run}.json`);

describe('the guard of a run that died', () => {
  it('before it overwrote anything is released, and the target left alone', async () => {
    const dead = await dieAfter('Acquire Guard');
    world.simulator.write('fa-prod', 'dev-data-00', 'what somebody wrote since');
    const written = fingerprints(world.array);

    const report = await world.execute({ refresh: 'nightly', recover: dead.run });

    expect(dead.manifest).toMatchObject({ status: 'FAILED', target: 'untouched' });
    expect(report.manifest).toMatchObject({
      mode: 'recover',
      status: 'SUCCEEDED',
      target: 'untouched',
      recovered: { run: dead.run, outcome: 'untouched' },
    });
    expect(fingerprints(report.after)).toEqual(written);
    expect(liveSnapshots()).not.toContain(LOCK);
  });

  it('when it had overwritten all is released: its copy may be in use', async () => {
    const dead = await dieAfter('Overwrite Volumes');
    world.simulator.write('fa-prod', 'dev-data-00', 'what the database wrote since');
    const written = fingerprints(world.array);

    const report = await world.execute({ refresh: 'nightly', recover: dead.run });

    expect(dead.manifest).toMatchObject({ status: 'FAILED', target: 'mixed' });
    expect(report.manifest).toMatchObject({
      status: 'SUCCEEDED',
      target: 'refreshed',
      recovered: { run: dead.run, outcome: 'refreshed' },
    });
    expect(fingerprints(report.after)).toEqual(written);
    expect(liveSnapshots()).toContain(`dev-pg.before-${dead.run}`);
    expect(await manifestOf(dead)).toMatchObject({ target: 'refreshed', recovery_steps: [] });
    expect(await world.object('manifests/nightly/current.json')).toMatchObject({
      run: dead.run,
      target: 'refreshed',
      snapshot: { name: `prd-pg.${dead.run}` },
    });
  });

  it('in the middle puts the target back, bit for bit and with its tags', async () => {
    const dead = await dieInTheMiddle();
    const between = fingerprints(dead.after);

    const report = await world.execute({ refresh: 'nightly', recover: dead.run });

    expect(dead.manifest.target).toBe('mixed');
    expect(between).not.toEqual(fingerprints(dead.before));
    expect(dead.manifest.error?.remedy).toContain(`"recover": "${dead.run}"`);
    expect(dead.manifest.recovery_steps).toHaveLength(5);
    expect(report.manifest).toMatchObject({ status: 'SUCCEEDED', target: 'restored' });
    expect(fingerprints(report.after)).toEqual(fingerprints(dead.before));
    expect(report.after.volumes.map(({ tags }) => tags)).toEqual(
      dead.before.volumes.map(({ tags }) => tags),
    );
    expect(await manifestOf(dead)).toMatchObject({ target: 'restored' });
    expect(await world.object('manifests/nightly/current.json')).toMatchObject({
      run: dead.run,
      target: 'restored',
    });
    // As long as a step of the dead run might still have been at work.
    expect(report.waits).toEqual([60]);
  });

  it('in the middle has current.json say again what it said before', async () => {
    const whole = await world.run('nightly');
    const dead = await dieInTheMiddle();
    const between = await world.object('manifests/nightly/current.json');

    await world.execute({ refresh: 'nightly', recover: dead.run });

    expect(between).toMatchObject({ run: dead.run, target: 'mixed' });
    expect(await world.object('manifests/nightly/current.json')).toEqual(whole.manifest);
  });

  const deaths: [string, () => Promise<RunReport>][] = [
    ['untouched', () => dieAfter('Acquire Guard')],
    ['complete', () => dieAfter('Overwrite Volumes')],
    ['mixed', dieInTheMiddle],
  ];
  it.each(some(deaths, 2))(
    'is cleared up by the next run, which then refreshes: %s',
    async (_, begin) => {
      const dead = await begin();

      const report = await world.run('nightly');

      expectRefreshed(report);
      expect(report.manifest.recovered?.run).toBe(dead.run);
      expect(liveSnapshots()).toContain(`dev-pg.before-${report.run}`);
      expect(liveSnapshots()).not.toContain(LOCK);
    },
  );

  it('is told by a dry run, which leaves it alone', async () => {
    const dead = await dieInTheMiddle();

    const report = await world.run('nightly', { execute: false });

    expect(report.manifest).toMatchObject({ status: 'PLANNED', target: 'untouched' });
    expect(report.manifest.warnings.join()).toContain(dead.run);
    expect(report.after).toEqual(report.before);
  });

  it('is found though somebody destroyed it', async () => {
    const dead = await dieInTheMiddle();
    await byHand(world.simulator, (array) => array.destroySnapshots([LOCK]));

    const report = await world.execute({ refresh: 'nightly', recover: dead.run });

    expect(report.manifest.target).toBe('restored');
    expect(fingerprints(report.after)).toEqual(fingerprints(dead.before));
  });

  it('waits until nobody uses the target', async () => {
    const dead = await dieInTheMiddle();
    const busy = { reads_per_sec: 0, writes_per_sec: 7 };
    world.simulator.setPerformance('fa-prod', 'dev-data-00', busy);

    const report = await world.execute({ refresh: 'nightly', recover: dead.run });

    expectFailure(report, 'TargetInUse');
    expect(report.manifest).toMatchObject({ target: 'mixed' });
    expect(report.manifest.error?.message).toContain('"dev-data-00" 7 writes/s');
    expect(fingerprints(report.after)).toEqual(fingerprints(dead.after));
    expect(liveSnapshots()).toContain(LOCK);
  });

  it('puts back a volume that has been renamed and has left the group since', async () => {
    const dead = await dieInTheMiddle();
    const members = ['dev-data-01', 'dev-fra-00', 'dev-fra-01'];
    world.simulator.setMembers('fa-prod', 'dev-pg', members);
    world.simulator.renameVolume('fa-prod', 'dev-data-00', 'taken-away');

    const report = await world.execute({ refresh: 'nightly', recover: dead.run });

    expect(report.manifest.target).toBe('restored');
    const content = (state: RunReport['after'], name: string) =>
      state.volumes.find((volume) => volume.name === name)?.fingerprint;
    expect(content(report.after, 'taken-away')).toBe(content(dead.before, 'dev-data-00'));
  });
});

describe('a lock that nobody here knows', () => {
  beforeEach(() =>
    byHand(world.simulator, async (array) => {
      await array.createGroupSnapshot('dev-pg', 'refresh-in-progress');
    }),
  );

  it('is refused, however old it is', async () => {
    world.simulator.advance(30 * 86_400_000);

    const report = await world.run('nightly');

    expectRefused(report, 'GuardOwnerUnknown');
    expect(report.manifest.error?.remedy).toContain('--recover unknown');
  });

  it('is refused where somebody names another run', async () => {
    expectRefused(
      await world.execute({ refresh: 'nightly', recover: 'run-77' }),
      'GuardOwnerUnknown',
    );
  });

  it('is released when a person says so; no run of ours has written under it', async () => {
    world.simulator.write('fa-prod', 'dev-fra-01', 'of today');
    const before = fingerprints(world.array);

    const report = await world.execute({ refresh: 'nightly', recover: 'unknown' });

    expect(report.manifest).toMatchObject({ status: 'SUCCEEDED', target: 'untouched' });
    expect(fingerprints(report.after)).toEqual(before);
    // Nothing tells for how long its owner may go on: as long as the longest step.
    expect(report.waits).toEqual([660]);
    expect(liveSnapshots()).not.toContain(LOCK);
  });
});

describe('nothing to clear up', () => {
  it('is not said of a group that is not there', async () => {
    await world.define('nightly', { ...oneByOne, target_protection_group: 'dve-pg' });

    const report = await world.execute({ refresh: 'nightly', recover: 'run-99' });

    expectFailure(report, 'ProtectionGroupNotFound');
  });

  it('is said, and nothing is done', async () => {
    const report = await world.execute({ refresh: 'nightly', recover: 'run-99' });

    expect(report.manifest).toMatchObject({
      status: 'SUCCEEDED',
      target: 'untouched',
      recovered: { run: 'run-99', outcome: 'nothing' },
    });
    expect(statesOf(report)).toContain('Recover Target');
    expect(
      callsOf(report.requests).filter((call) => /^(?:POST \/vol|PATCH|PUT)/.test(call)),
    ).toEqual([]);
  });
});
