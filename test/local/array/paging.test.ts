import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, MIB, manyVolumes, startTestArray, type TestArray } from './test-array.ts';

let array: TestArray;

beforeAll(async () => {
  array = await startTestArray({
    volumes: [...manyVolumes(2500), { name: 'a-late-one', size: 2 * MIB }],
    protection_groups: [{ name: 'pg', volumes: ['a-late-one', 'vol-0002'] }],
  });
});
afterAll(() => array.stop());

const allNames = [...manyVolumes(2500).map(({ name }) => name), 'a-late-one'];

describe('pages', () => {
  it('hold 1000 items at most, whatever the limit', async () => {
    for (const query of [{}, { limit: 5000 }]) {
      const { body } = await array.call('GET', '/volumes', { query });
      expect(body.items).toHaveLength(1000);
      expect(body.more_items_remaining).toBe(true);
    }
  });

  it('follow each other by continuation token, in the order of creation', async () => {
    const names: string[] = [];
    let query: Record<string, string> = {};
    for (const isLast of [false, false, true]) {
      const { body, headers } = await array.call('GET', '/volumes', { query });
      names.push(...body.items.map(({ name }: { name: string }) => name));
      expect(body.more_items_remaining).toBe(!isLast);
      expect(headers['x-next-token']).toBe(body.continuation_token ?? undefined);
      query = { continuation_token: body.continuation_token };
    }
    expect(names).toEqual(allNames);
    expect(query).toEqual({ continuation_token: null });
  });

  it('keep limit and filter from page to page', async () => {
    const query = { limit: 2, filter: "name='vol-000*'" };
    const first = await array.call('GET', '/volumes', { query });
    const { continuation_token } = first.body;
    const second = await array.call('GET', '/volumes', {
      query: { ...query, continuation_token, total_item_count: true },
    });
    expect(second.body.items.map(({ name }: { name: string }) => name)).toEqual([
      'vol-0003',
      'vol-0004',
    ]);
    expect(second.body.total_item_count).toBe(9);
  });

  it('give each item once, though an overwrite moves it to another place in the order', async () => {
    const query = { limit: 2, filter: "name='vol-000*'" };
    const names: string[] = [];
    const { body } = await array.call('GET', '/volumes', { query });
    names.push(...body.items.map(({ name }: { name: string }) => name));

    array.clock.advance(1000);
    await array.call('POST', '/protection-group-snapshots', {
      query: { source_names: 'pg' },
      body: { suffix: 'moving' },
    });
    for (const target of ['vol-0001', 'vol-0003']) {
      await array.call('POST', '/volumes', {
        query: { names: target, overwrite: true },
        body: { source: { name: 'pg.moving.vol-0002' } },
      });
    }
    let token = body.continuation_token;
    while (token !== null) {
      const page = await array.call('GET', '/volumes', {
        query: { ...query, continuation_token: token },
      });
      names.push(...page.body.items.map(({ name }: { name: string }) => name));
      token = page.body.continuation_token;
    }
    expect(names).toEqual(allNames.slice(0, 9));
    expect((await array.names('/volumes', { filter: "name='vol-000*'" })).slice(-2)).toEqual([
      'vol-0001',
      'vol-0003',
    ]);
  });

  it('follow each other by offset where the list is sorted: then there is no token', async () => {
    const query = { sort: 'name-', limit: 2 };
    const first = await array.call('GET', '/volumes', { query });
    expect(first.body).toMatchObject({ continuation_token: null, more_items_remaining: true });
    expect(await array.names('/volumes', { ...query, offset: 2 })).toEqual([
      'vol-2498',
      'vol-2497',
    ]);
    const last = await array.call('GET', '/volumes', { query: { ...query, offset: 2500 } });
    expect(last.body.items.map(({ name }: { name: string }) => name)).toEqual(['a-late-one']);
    expect(last.body.more_items_remaining).toBe(false);
  });

  it('refuse a token that was never given, and one together with sort', async () => {
    const { body } = await array.call('GET', '/volumes', { query: { limit: 1 } });
    for (const query of [
      { continuation_token: 'bm9uZQ==' },
      { continuation_token: body.continuation_token, sort: 'name' },
    ]) {
      expect((await array.call('GET', '/volumes', { query })).status).toBe(400);
    }
  });
});

describe('where an endpoint has no continuation token', () => {
  it('there is none to follow', async () => {
    for (const [version, token] of [
      ['2.26', null],
      ['2.56', expect.any(String)],
    ]) {
      const { body } = await array.call('GET', '/volumes/performance', {
        query: { limit: 1 },
        version,
      });
      expect(body).toMatchObject({ more_items_remaining: true, continuation_token: token });
    }
  });
});

describe('counting', () => {
  it('gives the number of items only where it is asked for', async () => {
    const query = { filter: "name='vol-1*'", limit: 1 };
    const without = await array.call('GET', '/volumes', { query });
    expect(without.body.total_item_count).toBeNull();
    const counted = await array.call('GET', '/volumes', {
      query: { ...query, total_item_count: true },
    });
    expect(counted.body.total_item_count).toBe(1000);
    expect(counted.body.items).toHaveLength(1);
  });

  it('counts without items for limit=0', async () => {
    const { body } = await array.call('GET', '/volumes', { query: { limit: 0 } });
    expect(body).toMatchObject({ items: [], total_item_count: 2501, continuation_token: null });
  });

  it('sums up for total_only', async () => {
    const query = { total_only: true, filter: "name='*late*' or name='vol-2500'" };
    const { body } = await array.call('GET', '/volumes', { query });
    expect(body.items).toEqual([]);
    expect(body.total).toHaveLength(1);
    expect(body.total[0]).toMatchObject({
      name: null,
      provisioned: 3 * MIB,
      space: { total_provisioned: 3 * MIB, unique: null },
    });
  });
});

describe('sorting', () => {
  it('goes by several fields, each up or down', async () => {
    const query = { sort: 'provisioned-,name-', filter: "name='vol-000*' or name='a-*'" };
    const names = await array.names('/volumes', query);
    expect([names.at(0), names.at(1), names.at(-1)]).toEqual([
      'a-late-one',
      'vol-0009',
      'vol-0001',
    ]);
  });

  it('goes by the field of a field', async () => {
    const items = await array.items('/protection-groups/volumes', { sort: 'member.name-' });
    expect(items.map(({ member }) => member.name)).toEqual(['vol-0002', 'a-late-one']);
  });

  it('refuses fields that are not there', async () => {
    const answered = await array.call('GET', '/volumes', { query: { sort: 'size' } });
    expect(answered.status).toBe(400);
    expect(errorOf(answered).message).toContain('size');
  });
});
