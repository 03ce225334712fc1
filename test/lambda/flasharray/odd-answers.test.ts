import { afterEach, describe, expect, it } from 'vitest';
import { RestFlashArray } from '../../../lambda/flasharray/flash-array.ts';
import { rejectionOf } from '../support/refusals.ts';
import { sessionWith } from './support/sessions.ts';
import { openingWith, startStubArray, stopStubArrays } from './support/stub-array.ts';

afterEach(stopStubArrays);

describe('an answer that does not fit', () => {
  const volumeItem = {
    id: 'a',
    name: 'dev-data',
    serial: 'B',
    provisioned: 1,
    created: 1,
    destroyed: false,
    connection_count: null,
    later_addition: { x: 1 },
  };
  const askedOf = async (body: unknown, ask: (array: RestFlashArray) => Promise<unknown>) => {
    const stub = await startStubArray(openingWith(() => ({ body })));
    return ask(new RestFlashArray(sessionWith(stub)));
  };
  const volumes = (array: RestFlashArray) => array.volumes(['dev-data']);

  it.each<[string, unknown, (array: RestFlashArray) => Promise<unknown>, string]>([
    [
      'no JSON',
      'Welcome',
      volumes,
      'GET /volumes is not what its API promises: the body: not JSON',
    ],
    ['no items', {}, volumes, 'GET /volumes is not what its API promises: items: '],
    [
      'items are no list',
      { items: {} },
      volumes,
      'GET /volumes is not what its API promises: items: ',
    ],
    [
      'a volume without a size',
      { items: [volumeItem, { ...volumeItem, provisioned: null }] },
      volumes,
      'GET /volumes is not what its API promises: items.1.provisioned: ',
    ],
    [
      'a volume without an id',
      { items: [{ ...volumeItem, id: null }] },
      volumes,
      'GET /volumes is not what its API promises: items.0.id: ',
    ],
    [
      'half a byte',
      { items: [{ ...volumeItem, provisioned: 0.5 }] },
      volumes,
      'GET /volumes is not what its API promises: items.0.provisioned: ',
    ],
    [
      'a tag without its volume',
      { items: [{ key: 'snapshot_mapping', value: 'a' }] },
      (array) => array.mappings(['dev-data']),
      'GET /volumes/tags is not what its API promises: items.0.resource: ',
    ],
    [
      'a snapshot without a time',
      { items: [{ name: 'prd-pg.s1' }] },
      (array) => array.groupSnapshot('prd-pg.s1'),
      'GET /protection-group-snapshots is not what its API promises: items.0.created: ',
    ],
    [
      'a tag without a value',
      { items: [{ key: 'db_name', resource: { name: 'prd-pg.s1' } }] },
      (array) => array.tagsOfGroupSnapshot('prd-pg.s1'),
      'GET /protection-group-snapshots/tags is not what its API promises: items.0.value: ',
    ],
    [
      'a volume snapshot without an id',
      { items: [{ name: 'a.s1.b', provisioned: 1, created: 1 }] },
      (array) => array.volumeSnapshots('a.s1'),
      'GET /volume-snapshots is not what its API promises: items.0.id: ',
    ],
    [
      'a performance without a volume',
      { items: [{ reads_per_sec: 0, writes_per_sec: 0 }] },
      (array) => array.loads(['dev-data']),
      'GET /volumes/performance is not what its API promises: items.0.name: ',
    ],
    [
      'no snapshot where one was made',
      { items: [] },
      (array) => array.createGroupSnapshot('prd-pg', 's1'),
      'POST /protection-group-snapshots with no snapshot.',
    ],
    [
      'a replication target without an array',
      { items: [{ group: { name: 'prd-pg' }, allowed: true }] },
      (array) => array.replicationTargets('prd-pg'),
      'GET /protection-groups/targets is not what its API promises: items.0.member: ',
    ],
    [
      'a transfer without a name',
      { items: [{ progress: 1, completed: 1 }] },
      (array) => array.transfer('fa-prod:prd-pg.s1'),
      'GET /protection-group-snapshots/transfer is not what its API promises: items.0.name: ',
    ],
    [
      'a transfer whose progress is a text',
      { items: [{ name: 'fa-prod:prd-pg.s1', progress: '1.0' }] },
      (array) => array.transfer('fa-prod:prd-pg.s1'),
      'GET /protection-group-snapshots/transfer is not what its API promises: items.0.progress: ',
    ],
    [
      'a trial without a result',
      { items: [{ resource: { name: 'dev-data' } }] },
      (array) => array.testOverwrite([{ target: 'dev-data', snapshot: 'a', mapping: 'b' }]),
      'POST /volumes/batch/test is not what its API promises: items.0.success: ',
    ],
  ])('%s: endpoint and field are named', async (_, body, ask, problem) => {
    expect(await rejectionOf(askedOf(body, ask))).toMatchObject({
      name: 'ArrayProtocolError',
      message: expect.stringContaining(problem),
    });
  });

  it('is no such answer: more than is used, and null for what is absent', async () => {
    await expect(askedOf({ items: [volumeItem] }, volumes)).resolves.toMatchObject([
      { name: 'dev-data', size: 1 },
    ]);
    await expect(
      askedOf(
        { items: [{ id: 'c', name: 'a.s1.b', provisioned: 1, created: 1, source: null }] },
        (array) => array.volumeSnapshots('a.s1'),
      ),
    ).resolves.toMatchObject([{ source: { id: null, name: null } }]);
  });

  it.each([
    [{ started: 1 }, { progress: 0, bytes: 0, completed: null }],
    [
      { progress: null, data_transferred: null, completed: null },
      { progress: 0, bytes: 0, completed: null },
    ],
    [
      { progress: 1, data_transferred: 17, completed: 1_764_000_000_000 },
      { progress: 1, bytes: 17, completed: 1_764_000_000_000 },
    ],
  ])('is a transfer that says as much as %j', async (fields, transfer) => {
    const items = [{ name: 'FA-prod:prd-pg.s1', ...fields }];

    await expect(
      askedOf({ items }, (array) => array.transfer('fa-prod:prd-pg.s1')),
    ).resolves.toEqual(transfer);
  });

  it('is the transfer of another snapshot: as if there were none', async () => {
    await expect(
      askedOf({ items: [{ name: 'fa-prod:prd-pg.s10', progress: 1 }] }, (array) =>
        array.transfer('fa-prod:prd-pg.s1'),
      ),
    ).resolves.toBeUndefined();
  });
});

it('a trial that fails at length is told in short', async () => {
  const result = (index: number) => ({
    success: false,
    result_details: `${index} ${'x'.repeat(10_000)}`,
    resource: { name: `dev-${index}` },
  });
  const items = Array.from({ length: 100 }, (_, index) => result(index));
  const stub = await startStubArray(openingWith(() => ({ body: { items } })));
  const array = new RestFlashArray(sessionWith(stub));

  expect((await rejectionOf(array.testGroupSnapshot('prd-pg', 's1'))).message.length).toBeLessThan(
    1_500,
  );
});
