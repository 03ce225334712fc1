import { describe, expect, it } from 'vitest';
import type { Fault } from '../../local/array/simulator.ts';
import { databases, definition, group, pairUp, volumes } from '../support/databases.ts';
import { expectFailure, expectRefreshed, expectUntouched } from '../support/expectations.ts';
import { callsOf, mutations, type RunReport } from '../support/run-report.ts';
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

/** The manifest says what the target holds, and `current.json` follows it where that changed. */
const expectTruth = async (report: RunReport): Promise<void> => {
  const { manifest, folder } = report;
  expect(manifest.target).toBe(contentOf(report));
  const current = await world.object(`${folder}/current.json`);
  expect(current).toEqual(manifest.target === 'untouched' ? undefined : manifest);
};

describe('an array that takes one volume a request', () => {
  it.each([1, 2, 5, 12])('refuses number %i: the target is mixed, and said to be', async (nth) => {
    await world.define('big', oneByOne);
    world.addFaults({ method: 'POST', path: '/volumes', nth, effect: refused });

    const report = await world.run('big');

    expectFailure(report, 'ArrayRequestRefused');
    expect(report.manifest.target).toBe('mixed');
    await expectTruth(report);
    const overwrites = callsOf(report.requests).filter((call) => call === 'POST /volumes');
    // Those under way are waited for, and no further one is begun.
    expect(overwrites.length).toBeLessThanOrEqual(Math.min(nth + 3, 12));
  });

  it('refuses all of them: the target is untouched', async () => {
    await world.define('big', oneByOne);
    world.addFaults({ method: 'POST', path: '/volumes', times: 0, effect: refused });

    const report = await world.run('big');

    expectFailure(report, 'ArrayRequestRefused');
    expect(report.manifest.target).toBe('untouched');
    await expectTruth(report);
  });

  it('refuses a tag: the contents are all there, and said to be', async () => {
    await world.define('big', oneByOne);
    world.addFaults({ method: 'PUT', path: '/volumes/tags/batch', nth: 3, effect: refused });

    const report = await world.run('big');

    expectFailure(report, 'ArrayRequestRefused');
    expect(report.manifest.target).toBe('refreshed');
    await expectTruth(report);
  });

  it.each([
    ['answers with 503', { status: 503 }],
    ['drops the connection before', { hang_up: 'before' }],
    ['drops the connection after', { hang_up: 'after' }],
  ] as const)('%s once: the step is done again and the run succeeds', async (_, effect) => {
    await world.define('big', oneByOne);
    world.addFaults(
      { method: 'POST', path: '/volumes', nth: 4, effect },
      { method: 'PUT', path: '/volumes/tags/batch', nth: 2, effect },
    );

    const report = await world.run('big');

    expectRefreshed(report, bigPairs);
  });

  it('is repaired by the next run', async () => {
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

  it('refuses it: the target is untouched', async () => {
    await world.define('big', big);
    world.addFaults({ path, effect: refused });

    const report = await world.run('big');

    expectFailure(report, 'ArrayRequestRefused');
    expect(report.manifest.target).toBe('untouched');
    expect(report.manifest.error?.message).toContain('Not now.');
    expect(report.after.volumes).toEqual(report.before.volumes);
    await expectTruth(report);
  });

  it.each([
    ['after it was carried out', lost],
    ['before it was carried out', { hang_up: 'before' }],
    ['with a 503', { status: 503 }],
  ] as const)(
    'loses one answer %s: the machine asks again and the run succeeds',
    async (_, effect) => {
      await world.define('big', big);
      world.addFaults({ path, effect });

      const report = await world.run('big');

      expectRefreshed(report, bigPairs);
      expect(mutations(report.requests).filter((sent) => sent.path.endsWith(path))).toHaveLength(2);
    },
  );

  it.each([
    ['after it was carried out', lost, 'refreshed'],
    ['before it was carried out', { hang_up: 'before' }, 'untouched'],
  ] as const)(
    'loses every answer %s: the manifest tells what is there',
    async (_, effect, target) => {
      await world.define('big', big);
      world.addFaults({ path, times: 0, effect });

      const report = await world.run('big');

      expectFailure(report, 'ArrayUnavailable');
      expect(report.manifest.target).toBe(target);
      await expectTruth(report);
    },
  );

  it('falls silent for good: the target is taken as mixed, with a warning', async () => {
    await world.define('big', big);
    world.addFaults({ path, times: 0, effect: lost });
    // Prepare and Plan Overwrite have looked at the volumes once each.
    world.addFaults({ path: '/volumes', nth: 3, times: 0, effect: { status: 503 } });

    const report = await world.run('big');

    expectFailure(report, 'ArrayUnavailable');
    expect(report.manifest).toMatchObject({
      target: 'mixed',
      warnings: [expect.stringContaining('could not be looked at')],
    });
    expect(await world.object('manifests/big/current.json')).toEqual(report.manifest);
  });
});

describe('a trial that the array fails', () => {
  const failing = (path: string): Fault => {
    const result_details = 'The volume is in a stretched pod.';
    const result = { success: false, result_details, resource: { id: 'id', name: 'dev-data-00' } };
    return { method: 'POST', path, effect: { status: 200, body: { items: [result] } } };
  };

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
    expect(callsOf(mutations(report.requests))).toEqual(['POST /protection-group-snapshots']);
    expect(report.manifest.target).toBe('untouched');
    expect(report.after.volumes).toEqual(report.before.volumes);
    expect(await world.object('manifests/nightly/current.json')).toBeUndefined();
  });
});

describe('a target group that changes under the run', () => {
  /** What somebody has made of the target group by the `nth` time that the run looks at it. */
  const changed = (nth: number, members: { name: string; id?: string }[]): Fault => {
    const body = {
      items: members.map(({ name, id }) => ({
        group: { name: 'dev-pg' },
        member: { id: id ?? idOf(name), name, destroyed: false },
      })),
    };
    return { path: '/protection-groups/volumes', nth, effect: { status: 200, body } };
  };
  const idOf = (name: string) => world.array.volumes.find((found) => found.name === name)?.id ?? '';
  const members = ['dev-data-00', 'dev-data-01', 'dev-fra-00', 'dev-fra-01'];
  const named = members.map((name) => ({ name }));

  it.each([
    ['a volume was taken out', named.slice(1)],
    [
      'a name has gone over to another volume',
      [{ name: 'dev-data-00', id: 'other' }, ...named.slice(1)],
    ],
  ])('after the plan was made ends the run: %s', async (_, found) => {
    await world.define('nightly', definition);
    world.addFaults(changed(3, found));

    const report = await world.run('nightly');

    expectFailure(report, 'TargetChanged');
    expect(report.manifest.target).toBe('untouched');
    expect(report.manifest.error?.message).toContain('"dev-data-00"');
    expect(callsOf(mutations(report.requests))).toEqual(['POST /protection-group-snapshots']);
  });

  it.each([
    ['PairingIncomplete', 'a volume was taken out', named.slice(1)],
    ['VolumeInBothGroups', 'a source volume was put in', [...named, { name: 'prd-data-00' }]],
    ['ProtectionGroupEmpty', 'all were taken out', []],
  ])('before the plan was made ends the run with %s: %s', async (error, _, found) => {
    await world.define('nightly', definition);
    world.addFaults(changed(2, found));

    const report = await world.run('nightly');

    expectFailure(report, error);
    expect(report.manifest.target).toBe('untouched');
    expect(callsOf(mutations(report.requests))).toEqual(['POST /protection-group-snapshots']);
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
    await expectTruth(report);
  });
});
