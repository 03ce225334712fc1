import { describe, expect, it } from 'vitest';
import { definition, replicatedDatabases, replicatedDefinition } from '../support/databases.ts';
import { expectFailure, expectRefreshed, expectUntouched } from '../support/expectations.ts';
import { callsOf, mutations, type RunReport, requestsTo } from '../support/run-report.ts';
import { useWorld, type World } from '../support/world.ts';

/** A copy on the second array, of a database that is there too. */
const warehouse = {
  ...definition,
  source_protection_group: 'wms-pg',
  target_protection_group: 'wmstest-pg',
};
const SECRET = 'flasharray/warehouse';
const here = { size: 2 ** 30 };
/** Groups of the same names are on both arrays. */
const state = replicatedDatabases({
  source: {
    volumes: [{ name: 'dev-data-99', ...here }],
    protection_groups: [{ name: 'dev-pg', volumes: ['dev-data-99'] }],
  },
  target: {
    volumes: [
      { name: 'wms-00', ...here },
      { name: 'wmstest-00', ...here },
    ],
    protection_groups: [
      { name: 'wms-pg', volumes: ['wms-00'] },
      { name: 'wmstest-pg', volumes: ['wmstest-00'] },
    ],
  },
});

/** The document of a secret of which an array is the first. */
const secretOf = (world: World, name: string) => {
  const array = world.simulator.arrays.find((it) => it.name === name);
  if (!array) throw new Error(`There is no array ${name}.`);
  const { host, api_token, ca } = array;
  return {
    src_flash_array_host: host,
    src_flash_array_api_token: api_token,
    src_flash_array_ca: ca,
  };
};

const loginsAt = (array: string, report: RunReport): (number | null)[] =>
  requestsTo(array, report).flatMap(({ path, status }) => (path.endsWith('/login') ? status : []));

describe('credentials', () => {
  const world = useWorld({ state });

  it.each([
    'Take Snapshot',
    'Check Replication',
    'Acquire Guard',
    'Overwrite Volumes',
    'Release Guard',
  ])('that are renewed are read and used at once: before %s', async (name) => {
    await world.define('nightly', replicatedDefinition);
    world.before(name, () => world.renewTokens());

    const report = await world.run('nightly');

    expectRefreshed(report);
    // Not one refused login: the secret is read before the next one.
    expect(loginsAt('fa-dr', report)).toEqual([200, 200]);
    expect([[200], [200, 200]]).toContainEqual(loginsAt('fa-prod', report));
  });

  it.each(['Take Snapshot', 'Acquire Guard', 'Verify Target'])(
    'that the array does not accept are offered once: renewed on the array alone, before %s',
    async (name) => {
      await world.define('nightly', replicatedDefinition);
      world.before(name, () => {
        world.renewToken('fa-dr');
      });

      const report = await world.run('nightly');

      expectFailure(report, 'ArrayLoginRefused');
      expect(loginsAt('fa-dr', report)).toEqual([200, 401]);
    },
  );

  it('that were wrong are used as soon as they are right', async () => {
    await world.define('nightly', replicatedDefinition);
    for (const wrong of [
      { tgt_flash_array_ca: undefined },
      { tgt_flash_array_api_token: undefined },
      { tgt_flash_array_api_token: 'wrong' },
    ]) {
      world.putSecret(wrong);
      expect((await world.run('nightly')).manifest.status).toBe('FAILED');
      world.putSecret({});

      expectRefreshed(await world.run('nightly'));
    }
  });

  it('that name another array are those of the next run, and not shown to the former one', async () => {
    await world.define('warehouse', warehouse);
    await world.run('warehouse');
    world.deployment.putSecret(secretOf(world, 'fa-dr'));

    const report = await world.run('warehouse');

    expect(report.manifest).toMatchObject({
      target: 'refreshed',
      arrays: { target: { name: 'fa-dr' } },
    });
    expect(requestsTo('fa-prod', report)).toEqual([]);
  });
});

describe('credentials that are read at every step', () => {
  const world = useWorld({ state, environment: { SECRET_SECONDS: '0' } });

  it.each(['Take Snapshot', 'Plan Overwrite', 'Acquire Guard'])(
    'end the run where they name another array in the middle of it, whose groups bear the same names: before %s',
    async (name) => {
      const swapped = { ...definition, source_protection_group: 'wms-pg' };
      world.deployment.putSecret(secretOf(world, 'fa-dr'));
      await world.define('nightly', swapped);
      world.before(name, () => world.deployment.putSecret(secretOf(world, 'fa-prod')));

      const report = await world.run('nightly');

      expectFailure(report, 'InvalidCredentials');
      expect(report.manifest.error?.message).toMatch(
        /names array "fa-prod" at .+ now, and this run began on "fa-dr"/,
      );
      expect(mutations(requestsTo('fa-prod', report))).toEqual([]);
      expect(report.after.volumes).toEqual(report.before.volumes);
    },
  );

  it('are used in place of those with which a session was opened', async () => {
    await world.define('nightly', replicatedDefinition);
    world.before('Take Snapshot', () =>
      world.putSecret({ src_flash_array_api_token: 'of-a-user-without-rights' }),
    );

    const report = await world.run('nightly');

    expectFailure(report, 'ArrayLoginRefused');
    expectUntouched(report);
    expect(loginsAt('fa-prod', report)).toEqual([200, 401]);
    expect(callsOf(requestsTo('fa-prod', report))).toContain('POST /logout');
  });

  it('are those of before where they cannot be read', async () => {
    await world.define('nightly', replicatedDefinition);
    world.before('Take Snapshot', () => world.deployment.putSecret(undefined));

    expectRefreshed(await world.run('nightly'));
  });

  it('are none where there have never been any', async () => {
    await world.define('nightly', replicatedDefinition);
    world.deployment.putSecret(undefined);

    const report = await world.run('nightly');

    expectFailure(report, 'InvalidCredentials');
    expect(report.requests).toEqual([]);
  });
});

describe('refreshes with arrays of their own', () => {
  const world = useWorld({
    state,
    environment: {
      SECRET_NAMES: JSON.stringify({ warehouse: SECRET, nightly: '' }),
      FA_HOST: '127.0.0.1:1',
      API_TOKEN: 'of-the-environment',
    },
  });

  it('are each done on those of their own secret', async () => {
    world.deployment.putSecret(secretOf(world, 'fa-dr'), SECRET);
    await world.define('nightly', replicatedDefinition);
    await world.define('warehouse', warehouse);

    const first = await world.run('warehouse');
    const other = await world.run('nightly');
    const again = await world.run('warehouse', { undo: true });

    for (const report of [first, again]) {
      expect(report.manifest).toMatchObject({
        status: 'SUCCEEDED',
        arrays: { target: { name: 'fa-dr' } },
      });
      expect(requestsTo('fa-prod', report)).toEqual([]);
      expect(callsOf(requestsTo('fa-dr', report))).toContain('POST /volumes/batch');
    }
    expectRefreshed(other);
  });

  it.each([
    ['no value', undefined, `The secret "${SECRET}" has no value.`],
    ['no host', { src_flash_array_api_token: 't' }, 'has no src_flash_array_host.'],
    ['no token', { src_flash_array_host: 'fa' }, 'has no src_flash_array_api_token.'],
  ])('are told that it has %s, and nothing stands in', async (_, document, message) => {
    world.deployment.putSecret(document, SECRET);
    await world.define('warehouse', warehouse);

    const report = await world.run('warehouse');

    expectFailure(report, 'InvalidCredentials');
    expect(report.manifest.error?.message).toContain(message);
    expect(report.requests).toEqual([]);
  });

  it.each(['weekly', 'constructor'])(
    'are told where the settings do not say which those of %s are',
    async (refresh) => {
      await world.define(refresh, warehouse);

      const report = await world.run(refresh, { undo: true });

      expectFailure(report, 'InvalidCredentials');
      expect(report.manifest.error?.message).toContain(`do not name "${refresh}"`);
      expect(report.requests).toEqual([]);
    },
  );
});
