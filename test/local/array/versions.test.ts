import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { endpoints } from '../../../local/array/rest/endpoints.ts';
import { startSimulator } from '../../../local/array/simulator.ts';
import { errorOf, GIB, startTestArray, type TestArray } from './test-array.ts';

let array: TestArray;

const state = {
  volumes: [
    { name: 'vol-0', size: GIB },
    { name: 'vol-1', size: GIB },
  ],
  protection_groups: [{ name: 'pg', volumes: ['vol-0'], snapshots: [{ suffix: 's1' }] }],
  hosts: [{ name: 'host', volumes: ['vol-0'] }],
};
beforeAll(async () => {
  array = await startTestArray(state);
});
beforeEach(() => array.reset());
afterAll(() => array.stop());

describe('the versions that an array offers', () => {
  it.each([
    ['2.2', ['2.2']],
    ['2.13', ['2.10', '2.11', '2.13']],
    ['2.19', ['2.16', '2.17', '2.19']],
    ['2.56', ['2.54', '2.55', '2.56']],
  ])('%s: oldest first, 1.x before, with holes', async (restVersion, last) => {
    const older = await startTestArray(state, { restVersion });
    const { status, body } = await older.call('GET', '/api/api_version');
    await older.stop();
    expect(status).toBe(200);
    expect(body.version.slice(0, 3)).toEqual(['1.0', '1.1', '1.2']);
    expect(body.version.slice(-last.length)).toEqual(last);
    expect(body.version).not.toContain('2.12');
    expect(body.version).not.toContain('2.18');
  });

  it('are all that it answers to', async () => {
    const older = await startTestArray(state, { restVersion: '2.26' });
    for (const version of ['2.0', '2.1', '2.12', '2.27', '2.99', '1.19']) {
      const answered = await older.call('GET', `/api/${version}/volumes`);
      expect(answered.status).toBe(404);
      expect(errorOf(answered).message).toContain('does not know');
    }
    await older.stop();
  });

  it('go by the path: an older version of a newer array has what was there then', async () => {
    expect(Object.keys((await array.items('/protection-groups', {}, '2.25'))[0])).not.toContain(
      'id',
    );
    expect(Object.keys((await array.items('/protection-groups', {}, '2.26'))[0])).toContain('id');
  });

  it.each(['2.1', '2.12', '2.57', '1.19', '3.0', 'latest'])('cannot be %s', async (restVersion) => {
    await expect(
      startSimulator({ state: { arrays: [{ name: 'fa' }] }, restVersion }),
    ).rejects.toThrow(restVersion);
  });
});

describe('endpoints', () => {
  it.each(
    Object.entries(endpoints).flatMap(([what, { since }]) => (since ? [{ what, since }] : [])),
  )('$what came with 2.$since', async ({ what, since }) => {
    const [method = '', path = ''] = what.split(' ');
    const answered = await array.call(method, path, { version: `2.${since - 1}` });
    expect(answered.status).toBe(404);
    expect(errorOf(answered).message).toBe(
      `${what} is not in REST 2.${since - 1}: it came with 2.${since}.`,
    );
    expect((await array.call(method, path, { version: `2.${since}` })).status).not.toBe(404);
  });
});

describe('query parameters', () => {
  it.each([
    ['GET', '/protection-groups', 'ids', 'x', '2.25'],
    ['GET', '/protection-groups/volumes', 'group_ids', 'x', '2.25'],
    ['GET', '/protection-groups/volumes', 'member_ids', 'x', '2.8'],
    ['GET', '/protection-groups/volumes', 'member_destroyed', 'false', '2.8'],
    ['GET', '/protection-group-snapshots', 'source_ids', 'x', '2.25'],
    ['POST', '/protection-group-snapshots', 'allow_throttle', 'true', '2.24'],
    ['POST', '/protection-group-snapshots', 'replicate_now', 'false', '2.3'],
    ['PATCH', '/protection-group-snapshots', 'ids', 'x', '2.25'],
    ['POST', '/volumes', 'with_default_protection', 'false', '2.15'],
    ['POST', '/volumes', 'allow_throttle', 'true', '2.30'],
    ['GET', '/volumes/tags', 'namespaces', 'default', '2.2'],
    ['DELETE', '/volumes/tags', 'namespaces', 'default', '2.2'],
  ])('%s %s?%s is refused in the version before', async (method, path, name, value, version) => {
    const answered = await array.call(method, path, { version, query: { [name]: value } });
    expect(answered.status).toBe(400);
    expect(errorOf(answered).message).toContain(`${name} is not in REST ${version}`);
  });
});

describe('fields of bodies', () => {
  const tags = [{ key: 'k', value: 'v' }];
  it.each([
    ['POST', '/volumes', { names: 'new' }, { tags }, 39],
    ['POST', '/protection-group-snapshots', { source_names: 'pg' }, { suffix: 'new', tags }, 44],
    ['POST', '/protection-group-snapshots/test', { source_names: 'pg' }, { tags }, 44],
    ['PUT', '/volumes/tags/batch', {}, [{ ...tags[0], resource: { name: 'vol-0' } }], 43],
  ] as const)('%s %s', async (method, path, query, body, since) => {
    const options = { query, body };
    const before = await array.call(method, path, { ...options, version: `2.${since - 1}` });
    expect(before.status).toBe(400);
    expect(errorOf(before).message).toMatch(
      new RegExp(`^The field (tags|resource) is not in REST 2.${since - 1}`),
    );
    expect((await array.call(method, path, { ...options, version: `2.${since}` })).status).toBe(
      200,
    );
  });
});

describe('fields of replies', () => {
  it.each([
    ['/protection-groups', 'id', 26],
    ['/protection-groups', 'retention_lock', 13],
    ['/protection-groups', 'workload', 40],
    ['/protection-groups/volumes', 'group.id', 26],
    ['/protection-groups/volumes', 'member.id', 9],
    ['/protection-groups/volumes', 'member.destroyed', 9],
    ['/protection-group-snapshots', 'id', 26],
    ['/protection-group-snapshots', 'eradication_config', 13],
    ['/arrays', 'eradication_config', 6],
    ['/arrays', 'eradication_config.manual_eradication', 10],
    ['/arrays', 'eradication_config.enabled_delay', 26],
    ['/connections', 'nsid', 27],
    ['/volumes', 'context', 38],
    ['/volumes', 'context.resource_type', 47],
  ])('%s has %s since 2.%i', async (path, field, since) => {
    const earlier = since === 13 || since === 19 ? since - 2 : since - 1;
    const [before] = await array.items(path, {}, `2.${earlier}`);
    expect(before).not.toHaveProperty(field);
    const [after] = await array.items(path, {}, `2.${since}`);
    expect(after).toHaveProperty(field);
  });

  it('names the array in errors since 2.38', async () => {
    const ask = (version: string) =>
      array.call('GET', '/volumes', { version, query: { names: 'x' } });
    expect((await ask('2.37')).body.errors).toEqual([
      { context: 'x', message: 'Volume does not exist.' },
    ]);
    expect((await ask('2.38')).body.errors).toMatchObject([
      { context: 'x', location_context: { name: 'fa-test' } },
    ]);
  });
});
