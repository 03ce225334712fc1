import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSettings, SettingsError } from '../../lib/settings.ts';
import { problemsWith } from './support/settings-problems.ts';

/** Who is told where the settings do not say. */
const notifications = { emails: [], successes: false };

const problemsWithRefresh = (refresh: unknown) => problemsWith({ refreshes: [refresh] });

const place = {
  vpcId: 'vpc-0a1b2c3d',
  subnetIds: ['subnet-0a1b', 'subnet-4e5f'],
  endpoints: ['sg-0a1b', 'pl-0a1b', '10.1.2.0/24'],
};
const arrays = ['10.20.0.10', '10.21.0.0/28'];
const databases = ['sg-0a1b'];
const mask = 'arn:aws:lambda:eu-central-1:123456789012:function:mask';
const deployed = { source: ['com.example.deploy'], 'detail-type': ['Production Deployed'] };

describe('settings that can be deployed', () => {
  it.each([
    ['no refresh', []],
    ['one that only people start', [{ name: 'manual' }]],
    ['a schedule in UTC', [{ name: 'nightly', schedule: 'cron(0 1 * * ? *)' }]],
    ['a rate', [{ name: 'hourly', schedule: 'rate(1 hour)' }]],
    ['one point in time', [{ name: 'once', schedule: 'at(2026-11-24T01:00:00)' }]],
    [
      'a cron expression with names, lists, ranges and steps',
      [{ name: 'a', schedule: 'cron(0/15 8-17 ? * MON-FRI,SUN#2 2026-2030)' }],
    ],
    [
      'a time zone',
      [{ name: 'nightly', schedule: 'cron(0 1 ? * 2L *)', timezone: 'Europe/Zurich' }],
    ],
    ['an event pattern', [{ name: 'after-deploy', eventPattern: deployed }]],
    [
      'matchers and nested detail',
      [
        {
          name: 'a',
          eventPattern: { source: [{ prefix: 'com.' }], detail: { app: { name: ['erp'] } } },
        },
      ],
    ],
    [
      'many, by schedule, by event and by both',
      [
        { name: 'a', schedule: 'rate(2 days)' },
        { name: 'b', eventPattern: deployed },
        { name: 'c', schedule: 'rate(2 days)', timezone: 'UTC', eventPattern: deployed },
      ],
    ],
  ])('%s', (_, refreshes) => {
    expect(readSettings({ refreshes })).toEqual({ refreshes, notifications });
  });

  it.each([
    [{ oracle: {} }],
    [{ oracle: { network: { ...place, databases, port: 1522 } } }],
    [{ network: { ...place, arrays } }],
    [{ encryptionKey: 'new' }],
    [{ encryptionKey: 'arn:aws-cn:kms:cn-north-1:123456789012:key/mrk-0a1b' }],
  ])('%j', (settings) => {
    expect(readSettings({ refreshes: [], ...settings })).toEqual({
      refreshes: [],
      notifications,
      ...settings,
    });
  });

  it('a database whose listener has the port that all have', () => {
    const settings = readSettings({ refreshes: [], oracle: { network: { ...place, databases } } });

    expect(settings.oracle?.network?.port).toBe(1521);
  });

  it('secrets of their own for refreshes, or for many the same one', () => {
    const refreshes = [
      { name: 'a', secretName: 'flasharray/a' },
      { name: 'b', secretName: 'flasharray/a' },
      { name: 'c', secretName: 'A_z+0=.@-' },
      { name: 'd' },
    ];

    expect(readSettings({ refreshes })).toEqual({ refreshes, notifications });
  });

  it.each([
    [{ documents: ['AWS-RunShellScript'], instanceTags: { db: ['dev', 'test'] } }],
    [
      {
        documents: ['arn:aws:ssm:eu-central-1:123456789012:document/db'],
        instanceTags: { a: [''] },
      },
    ],
    [{ functions: [mask, `${mask}:live`, `${mask}:$LATEST`] }],
  ])('hooks that may call %j', (hooks) => {
    const nothing = { documents: [], instanceTags: {}, functions: [] };

    expect(readSettings({ refreshes: [], hooks })).toEqual({
      refreshes: [],
      notifications,
      hooks: { ...nothing, ...hooks },
    });
  });

  it('come as JSON text from the command line', () => {
    expect(readSettings('{"refreshes":[{"name":"a"}]}')).toEqual({
      refreshes: [{ name: 'a' }],
      notifications,
    });
  });

  it('take every name of 1 to 40 lower-case letters, digits and inner hyphens', () => {
    const name = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/);
    fc.assert(fc.property(name, (it) => problemsWithRefresh({ name: it }).length === 0));
  });

  it('take every time zone of the IANA database that Node lists', () => {
    const refused = Intl.supportedValuesOf('timeZone').filter(
      (timezone) =>
        problemsWithRefresh({ name: 'a', schedule: 'rate(1 day)', timezone }).length > 0,
    );
    expect(refused).toEqual([]);
  });
});

describe('a mistake is told with its place, what was found, what was expected and what to do', () => {
  it.each([
    [undefined, 'settings: found nothing, expected an object with the list "refreshes"'],
    ['{', 'settings: found "{", expected an object with the list "refreshes"'],
    [[], 'settings: found [], expected an object with the list "refreshes"'],
    [{}, 'settings.refreshes: found nothing, expected an object with the list "refreshes"'],
    [{ refreshes: {} }, 'settings.refreshes: found {}, expected an object with the list'],
    [{ refreshes: [], refresh: 1 }, 'settings.refresh: found an unknown key, expected an object'],
    [{ refreshes: ['a'] }, 'settings.refreshes[0]: found "a", expected an object with "name"'],
    [{ refreshes: [{}] }, 'settings.refreshes[0].name: found nothing, expected 1 to 40'],
    [
      { refreshes: [{ name: 'a', timezon: 'UTC' }] },
      'settings.refreshes[0].timezon: found an unknown key, expected an object with "name"',
    ],
    [
      { refreshes: [{ name: 'a' }, { name: 'b' }, { name: 'a' }] },
      'settings.refreshes[2].name: found "a", expected a name that no refresh before it has',
    ],
  ])('%j', (settings, problem) => {
    expect(problemsWith(settings)).toEqual([expect.stringContaining(`  ${problem}`)]);
  });

  it.each([
    ['name', { name: 'Nightly' }],
    ['name', { name: '-nightly' }],
    ['name', { name: 'nightly-' }],
    ['name', { name: 'a'.repeat(41) }],
    ['name', { name: '' }],
    ['name', { name: 7 }],
    ['schedule', { name: 'a', schedule: '0 1 * * *' }],
    ['schedule', { name: 'a', schedule: 'cron(0 1 * * *)' }],
    ['schedule', { name: 'a', schedule: 'cron(0 1 * * * *)' }],
    ['schedule', { name: 'a', schedule: 'cron(0 1 ? * ? *)' }],
    ['schedule', { name: 'a', schedule: 'rate(0 days)' }],
    ['schedule', { name: 'a', schedule: 'rate(1 fortnight)' }],
    ['schedule', { name: 'a', schedule: 'at(2026-11-24)' }],
    ['schedule', { name: 'a', schedule: '' }],
    ['timezone', { name: 'a', timezone: 'Europe/Zurich' }],
    ['timezone', { name: 'a', schedule: 'rate(1 day)', timezone: 'Europe/Zuerich' }],
    ['timezone', { name: 'a', schedule: 'rate(1 day)', timezone: 'europe/zurich' }],
    ['timezone', { name: 'a', schedule: 'rate(1 day)', timezone: '+01:00' }],
    ['timezone', { name: 'a', schedule: 'rate(1 day)', timezone: '' }],
    ['eventPattern', { name: 'a', eventPattern: {} }],
    ['eventPattern', { name: 'a', eventPattern: 'deploy' }],
    ['eventPattern.detailType', { name: 'a', eventPattern: { ...deployed, detailType: ['x'] } }],
    ['eventPattern.source', { name: 'a', eventPattern: { source: 'com.example' } }],
    ['eventPattern.source', { name: 'a', eventPattern: { source: [] } }],
    ['eventPattern.detail', { name: 'a', eventPattern: { detail: {} } }],
    ['eventPattern.detail', { name: 'a', eventPattern: { detail: ['x'] } }],
    ['secretName', { name: 'a', secretName: '' }],
    ['secretName', { name: 'a', secretName: 'arn:aws:secretsmanager:eu-central-1:1:secret:a' }],
    ['secretName', { name: 'a', secretName: 'flasharray-2ndone' }],
    ['secretName', { name: 'a', secretName: 'x'.repeat(65) }],
    ['secretName', { name: 'a', secretName: 'flasharray--a' }],
  ])('%s of %j', (field, refresh) => {
    const advice = /: found .+, expected .+\. [A-Z].+\.$/;
    expect(problemsWithRefresh(refresh)).toEqual([expect.stringMatching(advice)]);
    expect(problemsWithRefresh(refresh)[0]).toContain(`  settings.refreshes[0].${field}: found `);
  });

  it.each([
    ['oracle', true],
    ['oracle.secret', { secret: 'arn' }],
    ['oracle.network', { network: 'vpc-0a1b' }],
    ['oracle.network.databases', { network: place }],
    ['oracle.network.arrays', { network: { ...place, databases, arrays } }],
    ['oracle.network.securityGroupIds', { network: { ...place, databases, securityGroupIds: [] } }],
    ['oracle.network.port', { network: { ...place, databases, port: 0 } }],
    ['oracle.network.port', { network: { ...place, databases, port: '1521' } }],
  ])('%s of %j', (field, oracle) => {
    expect(problemsWith({ refreshes: [], oracle })).toEqual([
      expect.stringMatching(/: found .+, expected .+\. [A-Z].+\.$/),
    ]);
    expect(problemsWith({ refreshes: [], oracle })[0]).toContain(`  settings.${field}: found `);
  });

  it('secrets of their own for more refreshes than fit into a function’s environment', () => {
    const refreshes = Array.from({ length: 40 }, (_, index) => ({
      name: `warehouse-of-the-${index}`,
      secretName: `flasharray/of-the-warehouse/number/${index}`,
    }));

    expect(problemsWith({ refreshes })).toEqual([
      expect.stringMatching(/^ {2}settings\.refreshes: found .+at most 2,048 characters/),
    ]);
  });

  it('a file that is not there, or is none', () => {
    expect(() => readSettings('settings/none.json')).toThrow(
      /^The file of the deployment settings cannot be read: ENOENT.*settings\/none\.json.*Correct the path/,
    );
    expect(() => readSettings('test/infra.json')).toThrow(SettingsError);
  });

  const tagged = { documents: ['refresh-db'], instanceTags: { db: ['dev'] } };
  it.each<[string, unknown]>([
    ['hooks', true],
    ['hooks', {}],
    ['hooks', { documents: [], functions: [] }],
    ['hooks.commands', { ...tagged, commands: true }],
    ['hooks.documents', { ...tagged, documents: 'refresh-db' }],
    ['hooks.documents[0]', { ...tagged, documents: ['refresh db'] }],
    ['hooks.documents[0]', { ...tagged, documents: ['*'] }],
    ['hooks.instanceTags', { documents: ['refresh-db'] }],
    ['hooks.instanceTags', { ...tagged, instanceTags: {} }],
    ['hooks.instanceTags', { ...tagged, instanceTags: ['db'] }],
    ['hooks.instanceTags.db', { ...tagged, instanceTags: { db: [] } }],
    ['hooks.instanceTags.db', { ...tagged, instanceTags: { db: 'dev' } }],
    ['hooks.instanceTags.db[0]', { ...tagged, instanceTags: { db: [1] } }],
    ['hooks.instanceTags.', { ...tagged, instanceTags: { '': ['dev'] } }],
    ['hooks.functions', { functions: mask }],
    ['hooks.functions[0]', { functions: ['mask'] }],
    ['hooks.functions[0]', { functions: ['arn:aws:lambda:eu-central-1:1:function:mask'] }],
    ['hooks.functions[0]', { functions: [`${mask}*`] }],
  ])('%s of %j', (field, hooks) => {
    expect(problemsWith({ refreshes: [], hooks })).toEqual([
      expect.stringMatching(/: found .+, expected .+\. [A-Z].+\.$/),
    ]);
    expect(problemsWith({ refreshes: [], hooks })[0]).toContain(`  settings.${field}: found `);
  });

  it('and so is every other one, at once', () => {
    const problems = problemsWith({
      refreshes: [{ name: 'A', schedule: 'daily' }, { nam: 'b' }],
      extra: true,
    });

    expect(problems.map((problem) => problem.split(':')[0]?.trim())).toEqual([
      'settings.refreshes[0].name',
      'settings.refreshes[0].schedule',
      'settings.refreshes[1].name',
      'settings.refreshes[1].nam',
      'settings.extra',
    ]);
  });
});

it('never fails in another way, whatever the settings are', () => {
  fc.assert(
    fc.property(fc.anything(), (settings) => {
      expect(() => problemsWith(settings)).not.toThrow();
      expect(() => problemsWith({ refreshes: [settings] })).not.toThrow();
      expect(() => problemsWith({ refreshes: [], network: settings })).not.toThrow();
      expect(() => problemsWith({ refreshes: [], oracle: settings })).not.toThrow();
      expect(() => problemsWith({ refreshes: [], hooks: settings })).not.toThrow();
    }),
  );
});
