import { describe, expect, it } from 'vitest';
import { definition, replicatedDatabases, replicatedDefinition } from '../support/databases.ts';
import { expectFailure, expectRefreshed, expectUntouched } from '../support/expectations.ts';
import { callsOf, type RunReport, requestsTo } from '../support/run-report.ts';
import { useWorld } from '../support/world.ts';

/** A copy on the second array, of a database that is there too. */
const warehouse = {
  ...definition,
  source_protection_group: 'wms-pg',
  target_protection_group: 'wmstest-pg',
};
const SECRET = 'flasharray/warehouse';
const here = { size: 2 ** 30 };
const world = useWorld({
  state: replicatedDatabases({
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
  }),
  secretNames: { warehouse: SECRET },
});

const loginsAt = (array: string, report: RunReport): (number | null)[] =>
  requestsTo(array, report).flatMap(({ path, status }) => (path.endsWith('/login') ? status : []));

describe('tokens that are renewed in the middle of a run', () => {
  it.each([
    'Take Snapshot',
    'Check Replication',
    'Acquire Guard',
    'Overwrite Volumes',
    'Release Guard',
  ])('are read and used at once: before %s', async (state) => {
    await world.define('nightly', replicatedDefinition);
    world.before(state, () => world.renewTokens());

    const report = await world.run('nightly');

    expectRefreshed(report);
    // The old token is offered to one array at most once; the other may be told the new one at once.
    const [source, target] = ['fa-prod', 'fa-dr'].map((array) => loginsAt(array, report));
    expect([[200], [200, 401, 200]]).toContainEqual(source);
    expect([
      [200, 200],
      [200, 401, 200],
    ]).toContainEqual(target);
    expect([...(source ?? []), ...(target ?? [])]).toContain(401);
  });

  it('are not offered twice where the secret still has the old one', async () => {
    await world.define('nightly', replicatedDefinition);
    world.before('Plan Overwrite', () => {
      world.renewToken('fa-dr');
    });

    const report = await world.run('nightly');

    expectFailure(report, 'ArrayLoginRefused');
    expect(report.manifest.target).toBe('untouched');
    expect(loginsAt('fa-dr', report)).toEqual([200, 401]);
  });

  it('are not shown to the old address where the secret has another one', async () => {
    await world.define('nightly', definition);
    await world.run('nightly');
    world.before('Prepare', () => {
      world.renewToken('fa-prod');
      world.replaceSecret(secretOf('fa-dr'));
    });

    const report = await world.run('nightly');

    expectFailure(report, 'ArrayLoginRefused');
    expectUntouched(report);
    expect(loginsAt('fa-prod', report)).toEqual([401]);
  });
});

/** The document of a secret of which an array is the first. */
const secretOf = (name: string) => {
  const array = world.simulator.arrays.find((it) => it.name === name);
  if (!array) throw new Error(`There is no array ${name}.`);
  const { host, api_token, ca } = array;
  return {
    src_flash_array_host: host,
    src_flash_array_api_token: api_token,
    src_flash_array_ca: ca,
  };
};

describe('refreshes with arrays of their own', () => {
  it('are each done on those of their own secret', async () => {
    world.deployment.putSecret(secretOf('fa-dr'), SECRET);
    await world.define('nightly', replicatedDefinition);
    await world.define('warehouse', warehouse);

    const first = await world.run('warehouse');
    const other = await world.run('nightly');
    const again = await world.run('warehouse');

    for (const report of [first, again]) {
      expect(report.manifest).toMatchObject({
        status: 'SUCCEEDED',
        target: 'refreshed',
        arrays: { source: { name: 'fa-dr' } },
      });
      expect(requestsTo('fa-prod', report)).toEqual([]);
      expect(callsOf(requestsTo('fa-dr', report))).toContain('POST /volumes/batch');
    }
    expectRefreshed(other);
  });

  it('are told which secret has no value', async () => {
    world.deployment.putSecret(undefined, SECRET);
    await world.define('warehouse', warehouse);
    await world.deployment.coolDown();

    const report = await world.run('warehouse');

    expectFailure(report, 'InvalidCredentials');
    expect(report.manifest.error?.message).toBe(`The secret "${SECRET}" has no value.`);
    expect(report.requests).toEqual([]);
  });
});
