import { describe, expect, it } from 'vitest';
import { databases, definition, group, namesOf, pairUp, volumes } from '../support/databases.ts';
import { expectRefreshed, expectRefused, expectRestored } from '../support/expectations.ts';
import { largestDocument, type RunReport } from '../support/run-report.ts';
import { useWorld } from '../support/world.ts';

const COUNT = 500;
/** As long as names may be. */
const long = (name: string, length = 63): string =>
  name.padEnd(length, '-of-a-long-name').replace(/-$/, 'x');
const production = volumes(long('prd', 59), COUNT, 8);
const development = volumes(long('dev', 59), COUNT, 8);
const small = volumes(long('small', 59), COUNT, 4);
const outgrown = small.map(({ name }, index) => ({
  name: name.replace('small', 'grown'),
  size: 4 * 2 ** 30,
  tags: { snapshot_mapping: `id-${index}` },
}));
const refresh = long('nightly', 40);

const world = useWorld({
  state: databases({
    volumes: [
      ...production.map((made, index) => ({ ...made, id: `id-${index}` })),
      ...development,
      ...small,
      ...outgrown,
    ],
    hosts: [
      { name: long('host'), volumes: namesOf(production) },
      { name: long('dev-host'), volumes: namesOf(development) },
    ],
    protection_groups: [
      group(long('prd-pg'), production),
      group(long('dev-pg'), development),
      group(long('small-pg'), small),
      group(long('grown-pg'), outgrown),
      group(long('both-pg'), production),
    ],
  }),
});

const manyVolumes = {
  ...definition,
  source_protection_group: long('prd-pg'),
  target_protection_group: long('dev-pg'),
  // With the date in it, as long as a suffix may be.
  snapshot_name: long('{date}-s', 61),
};

const KIB = 1024;
/** The longest path and query that was sent, in characters. */
const longestUrl = ({ requests }: RunReport): number =>
  Math.max(
    ...requests.map(({ path, query }) => {
      const parts = Object.entries(query).map(
        ([key, value]) => `${key}=${value.split(',').map(encodeURIComponent).join(',')}`,
      );
      return `${path}?${parts.join('&')}`.length;
    }),
  );

describe('a refresh of 500 volumes with long names', () => {
  it('keeps the run document and the URLs small, planned and executed', async () => {
    await world.define(refresh, manyVolumes);

    const planned = await world.run(refresh, { execute: false });
    const report = await world.run(refresh);

    expectRefreshed(report, pairUp(production, development));
    expect(report.snapshotVolumes).toHaveLength(COUNT);
    expect(planned.manifest.pairs).toEqual(report.manifest.pairs);
    for (const run of [planned, report]) {
      expect(largestDocument(run)).toBeLessThan(16 * KIB);
      expect(longestUrl(run)).toBeLessThan(6_000);
    }
  });

  it.each([
    ['PairingIncomplete', 'small-pg'],
    ['TargetTooSmall', 'grown-pg'],
    ['VolumeInBothGroups', 'both-pg'],
  ])('keeps the run document small where it is refused with %s', async (error, target) => {
    await world.define(refresh, { ...manyVolumes, target_protection_group: long(target) });

    const report = await world.run(refresh);

    expectRefused(report, error);
    expect(largestDocument(report)).toBeLessThan(16 * KIB);
  });

  it('keeps the run document small where the array has something to say about each volume', async () => {
    await world.define(refresh, manyVolumes);
    const errors = namesOf(development).map((context) => ({
      context,
      message: 'Volume has been destroyed.',
    }));
    world.addFaults({ path: '/volumes/batch', effect: { status: 400, body: { errors } } });

    const report = await world.run(refresh);

    expectRestored(report, 'ArrayRequestRefused');
    expect(largestDocument(report)).toBeLessThan(16 * KIB);
  });
});
