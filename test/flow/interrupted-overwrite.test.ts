import { describe, expect, it } from 'vitest';
import type { Fault } from '../../local/array/simulator.ts';
import { databases, definition, group, pairUp, volumes } from '../support/databases.ts';
import { expectFailure, expectRefreshed, expectRestored } from '../support/expectations.ts';
import { allCases, some } from '../support/extent.ts';
import { guardsOn, mutations, type RunReport } from '../support/run-report.ts';
import { useWorld } from '../support/world.ts';

const many = volumes('big', 12, 10);
const manyCopies = volumes('bigdev', 12, 10);
const source = volumes('tagged', 2, 10).map((made) => ({
  ...made,
  tags: { snapshot_mapping: 'id-of-what-this-was-once-copied-from' },
}));
const world = useWorld({
  state: databases({
    volumes: [...many, ...manyCopies, ...source, ...volumes('taggeddev', 2, 10)],
    protection_groups: [
      group('big-pg', many),
      group('bigdev-pg', manyCopies),
      group('tagged-pg', source),
      group('taggeddev-pg', volumes('taggeddev', 2, 10)),
    ],
  }),
});

const big = {
  ...definition,
  source_protection_group: 'big-pg',
  target_protection_group: 'bigdev-pg',
};
const bigPairs = pairUp(many, manyCopies);
/** The newest version that takes one volume a request. */
const oneByOne = { ...big, flash_array_api_version: '2.31' };
const refused = { status: 400, body: { errors: [{ context: null, message: 'Not now.' }] } };
const lost: Fault['effect'] = { hang_up: 'after' };

const LOCK = 'bigdev-pg.refresh-in-progress';
/** Until Roll Back, nothing may still be on its way. */
const SETTLED = 60;

/** What the target volumes hold really, by their content. */
const contentOf = ({ before, after, manifest }: RunReport): string => {
  const fingerprint = (state: typeof before, id: string) =>
    state.volumes.find((volume) => volume.id === id)?.fingerprint;
  const isNew = manifest.pairs.map(
    ({ target }) => fingerprint(before, target.id) !== fingerprint(after, target.id),
  );
  if (isNew.every(Boolean)) return 'refreshed';
  return isNew.some(Boolean) ? 'mixed' : 'untouched';
};

/** The target was put back after the array had settled, and nothing says that its content has changed. */
const expectPutBack = async (report: RunReport, error: string): Promise<void> => {
  expectRestored(report, error);
  expect(report.waits).toEqual([SETTLED]);
  expect(guardsOn(report.after)).toEqual([report.manifest.guard]);
  expect(await world.object(`${report.folder}/current.json`)).toBeUndefined();
};

/** The target could not be put back: the manifest says what to do, the lock stays, and the next run clears up. */
const expectLeftMixed = async (report: RunReport, error: string): Promise<void> => {
  const { manifest, folder, after } = report;
  expectFailure(report, error);
  expect(manifest.target).toBe('mixed');
  expect(manifest.warnings).toEqual([expect.stringContaining('Putting the target back failed: ')]);
  expect(manifest.error?.remedy).toContain('THE TARGET MAY BE MIXED; do not use it.');
  expect(guardsOn(after)).toEqual([LOCK]);
  expect(await world.object(`${folder}/current.json`)).toEqual(manifest);
};

/** Names of the volumes that were overwritten with a snapshot of this group, by the array's answers. */
const overwrittenFrom = ({ requests }: RunReport, group: string): string[] =>
  requests
    .filter(
      ({ method, path, status, body }) =>
        method === 'POST' &&
        path.endsWith('/volumes') &&
        status === 200 &&
        JSON.stringify(body).includes(`"${group}.`),
    )
    .map(({ query }) => query['names'] ?? '')
    .sort();

describe('an array that takes one volume a request', () => {
  it.each(some([1, 2, 5, 12], 2))(
    'refuses number %i: those that were overwritten are put back',
    async (nth) => {
      await world.define('big', oneByOne);
      world.addFaults({ method: 'POST', path: '/volumes', nth, effect: refused });

      const report = await world.run('big');

      await expectPutBack(report, 'ArrayRequestRefused');
      // Those under way are waited for, and no further one is begun.
      const overwritten = overwrittenFrom(report, 'big-pg');
      expect(overwritten.length).toBeLessThanOrEqual(Math.min(nth + 2, 11));
      expect(overwritten.length).toBeGreaterThan(0);
      expect(overwrittenFrom(report, 'bigdev-pg')).toEqual(overwritten);
    },
  );

  it('refuses all of them: where nothing shows, all are put back', async () => {
    await world.define('big', oneByOne);
    world.addFaults({ method: 'POST', path: '/volumes', times: 4, effect: refused });

    const report = await world.run('big');

    await expectPutBack(report, 'ArrayRequestRefused');
    expect(overwrittenFrom(report, 'big-pg')).toEqual([]);
    expect(overwrittenFrom(report, 'bigdev-pg')).toHaveLength(12);
  });

  it('refuses to put back as well: the target is taken as mixed, and the next run clears up first', async () => {
    await world.define('big', oneByOne);
    world.addFaults({ method: 'POST', path: '/volumes', nth: 7, times: 0, effect: refused });

    const report = await world.run('big');
    await expectLeftMixed(report, 'ArrayRequestRefused');
    world.simulator.clearFaults();
    const next = await world.run('big');

    expect(contentOf(report)).toBe('mixed');
    expect(report.manifest.recovery_steps).toHaveLength(13);
    expect(next.manifest.recovered).toEqual({ run: report.run, outcome: 'restored' });
    expect(next.manifest).toMatchObject({ status: 'SUCCEEDED', target: 'refreshed' });
    expect(contentOf({ ...next, before: report.before })).toBe('refreshed');
    expect(await world.object(`${report.folder}/${report.run}.json`)).toMatchObject({
      target: 'restored',
      recovery_steps: [],
    });
  });

  it('refuses a tag: contents and tags are put back', async () => {
    await world.define('big', oneByOne);
    world.addFaults({ method: 'PUT', path: '/volumes/tags/batch', nth: 3, effect: refused });

    await expectPutBack(await world.run('big'), 'ArrayRequestRefused');
  });

  it('refuses one of targets that are tagged: their tags are put back too', async () => {
    await world.define('big', oneByOne);
    await world.run('big');
    await world.define('big', { ...oneByOne, ignore_match: true, excluded_volumes: ['big-03'] });
    world.addFaults({ method: 'PUT', path: '/volumes/tags/batch', nth: 3, effect: refused });

    const report = await world.run('big');

    expectRestored(report, 'ArrayRequestRefused');
  });

  const passing = [
    ['answers with 503', { status: 503 }],
    ['drops the connection before', { hang_up: 'before' }],
    ['drops the connection after', { hang_up: 'after' }],
  ] as const;

  it.each(some(passing, 2))(
    '%s once: the step is done again and the run succeeds',
    async (_, effect) => {
      await world.define('big', oneByOne);
      world.addFaults(
        { method: 'POST', path: '/volumes', nth: 4, effect },
        { method: 'PUT', path: '/volumes/tags/batch', nth: 2, effect },
      );

      const report = await world.run('big');

      expectRefreshed(report, bigPairs);
    },
  );

  // As in replication-trouble.test.ts, on two arrays.
  it.runIf(allCases)('does not stand in the way of the next run', async () => {
    await world.define('big', oneByOne);
    world.addFaults({ method: 'POST', path: '/volumes', nth: 7, effect: refused });
    await world.run('big');

    const report = await world.run('big');

    expectRefreshed(report, bigPairs);
  });

  it.each([['2.31'], ['2.56']])(
    'tags its targets rightly though a tag comes along with the source: REST %s',
    async (flash_array_api_version) => {
      await world.define('tagged', {
        ...definition,
        source_protection_group: 'tagged-pg',
        target_protection_group: 'taggeddev-pg',
        flash_array_api_version,
      });
      const pairs = { 'tagged-00': 'taggeddev-00', 'tagged-01': 'taggeddev-01' };

      expectRefreshed(await world.run('tagged'), pairs);
      expectRefreshed(await world.run('tagged'), pairs);
    },
  );
});

describe('an array that takes all volumes in one request', () => {
  const path = '/volumes/batch';

  it('refuses it: the target is put back, whatever of it was carried out', async () => {
    await world.define('big', big);
    world.addFaults({ path, effect: refused });

    const report = await world.run('big');

    await expectPutBack(report, 'ArrayRequestRefused');
    expect(report.manifest.error?.message).toContain('Not now.');
  });

  it.each(['refuse', 'hang_up'] as const)(
    'carries out a part of it, then: %s. The target is whole again',
    async (then) => {
      await world.define('big', big);
      world.addFaults({ path, times: then === 'refuse' ? 1 : 4, effect: { apply_first: 5, then } });

      const report = await world.run('big');

      const error = then === 'refuse' ? 'ArrayRequestRefused' : 'ArrayUnavailable';
      await expectPutBack(report, error);
    },
  );

  const losses: [string, Fault['effect']][] = [
    ['after it was carried out', lost],
    ['before it was carried out', { hang_up: 'before' }],
    ['with a 503', { status: 503 }],
  ];

  it.each(some(losses, 2))(
    'loses one answer %s: the machine asks again and the run succeeds',
    async (_, effect) => {
      await world.define('big', big);
      world.addFaults({ path, effect });

      const report = await world.run('big');

      expectRefreshed(report, bigPairs);
      expect(mutations(report.requests).filter((sent) => sent.path.endsWith(path))).toHaveLength(2);
    },
  );

  it.each(some(losses.slice(0, 2), 1))(
    'loses every answer %s: the target is put back',
    async (_, effect) => {
      await world.define('big', big);
      // The machine asks four times.
      world.addFaults({ path, times: 4, effect });

      await expectPutBack(await world.run('big'), 'ArrayUnavailable');
    },
  );

  it('falls silent for good: the target is taken as mixed, and the next run clears up first', async () => {
    await world.define('big', big);
    world.addFaults({ path, times: 0, effect: lost });

    const report = await world.run('big');
    await expectLeftMixed(report, 'ArrayUnavailable');
    world.simulator.clearFaults();
    const next = await world.run('big');

    expect(next.manifest.recovered?.run).toBe(report.run);
    expect(next.manifest).toMatchObject({ status: 'SUCCEEDED', target: 'refreshed' });
    expect(guardsOn(next.after)).not.toContain(LOCK);
  });

  it('does not even tell any more what the volumes are: the target is taken as mixed', async () => {
    await world.define('big', big);
    world.addFaults({ path, times: 4, effect: lost });
    // Prepare and Plan Overwrite have looked at the volumes once each.
    world.addFaults({ path: '/volumes', nth: 3, times: 0, effect: { status: 503 } });

    await expectLeftMixed(await world.run('big'), 'ArrayUnavailable');
  });
});

describe('a finished overwrite', () => {
  it('leaves the truth about the target where it cannot be recorded as a success', async () => {
    await world.define('big', big);
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      world.before('Record Result', () => {
        throw Object.assign(new Error('in plain words'), { name: 'Lambda.ServiceException' });
      });
    }

    const report = await world.run('big');

    expect(report.result).toMatchObject({ status: 'FAILED', error: 'Lambda.ServiceException' });
    expect(report.manifest).toMatchObject({ status: 'FAILED', target: 'refreshed' });
    expect(contentOf(report)).toBe('refreshed');
    expect(await world.object(`${report.folder}/current.json`)).toEqual(report.manifest);
  });
});
