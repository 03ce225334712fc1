import { describe, expect, it } from 'vitest';
import { loadDefinition, requireNoSource } from '../../../lambda/steps/definitions.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { rejectionOf } from '../support/refusals.ts';
import { nightly } from './support/bench.ts';

const bucketWith = (objects: Readonly<Record<string, unknown>>) => {
  const store = new MemoryStore();
  for (const [key, value] of Object.entries(objects)) store.put(key, value);
  return store;
};

describe('the definition of a refresh', () => {
  it('is the object of that name', async () => {
    const store = bucketWith({ 'refreshes/nightly.json': nightly });

    await expect(loadDefinition(store, 'nightly')).resolves.toMatchObject(nightly);
  });

  it('that is not there: those that there are are named', async () => {
    const store = bucketWith({
      'refreshes/nightly.json': nightly,
      'refreshes/weekly.json': nightly,
      'refreshes/README.md': '',
      'runs/a/request.json': {},
    });

    expect(await rejectionOf(loadDefinition(store, 'daily'))).toEqual({
      name: 'UnknownRefresh',
      message: 'There is no refresh "daily". There are "nightly", "weekly".',
      remedy: 'Correct the name, or put the definition into the bucket as refreshes/daily.json.',
    });
  });

  it('in an empty bucket: that there is none is said as well', async () => {
    expect((await rejectionOf(loadDefinition(bucketWith({}), 'daily'))).message).toBe(
      'There is no refresh "daily". There is none at all.',
    );
  });

  it('that is no JSON is refused with the line', async () => {
    const store = bucketWith({});
    store.objects.set('refreshes/nightly.json', '{\n "execute": true,\n}');

    expect(await rejectionOf(loadDefinition(store, 'nightly'))).toMatchObject({
      name: 'InvalidDefinition',
      message: 'The definition "nightly" is not JSON (line 3).',
    });
  });
});

describe('a target group', () => {
  it.each([
    ['in the same words', { source_protection_group: 'dev-pg' }],
    ['in another letter case', { source_protection_group: 'DEV-pg' }],
    ['in the script’s spelling', { src_protection_group: 'dev-pg' }],
    ['in a definition that is wrong otherwise', { source_protection_group: 'dev-pg', x: 1 }],
  ])('that any definition has as its source is refused: %s', async (_, definition) => {
    const store = bucketWith({
      'refreshes/nightly.json': nightly,
      'refreshes/tst.json': { source_protection_group: 'tst-pg' },
      'refreshes/from-dev.json': definition,
    });

    expect(await rejectionOf(requireNoSource(store, 'dev-pg', 'own'))).toMatchObject({
      name: 'TargetIsASource',
      message: 'Protection group "dev-pg" is the source of "from-dev", so it is not overwritten.',
    });
  });

  it('that no definition has as its source is none', async () => {
    const store = bucketWith({ 'refreshes/nightly.json': nightly, 'refreshes/x.txt': 'dev-pg' });

    await expect(requireNoSource(store, 'dev-pg', 'own')).resolves.toBeUndefined();
  });

  it.each([
    ['no JSON', 'dev-pg'],
    ['no object', '"dev-pg"'],
    ['no source', '{"target_protection_group":"tst-pg"}'],
    ['a source that is no name', '{"source_protection_group":["dev-pg"]}'],
    ['two sources', '{"source_protection_group":"a","src_protection_group":"b"}'],
    ['nothing', ''],
  ])('is not safe while a definition does not tell its source: %s', async (_, text) => {
    const store = bucketWith({ 'refreshes/nightly.json': nightly });
    store.objects.set('refreshes/broken.json', text);

    expect(await rejectionOf(requireNoSource(store, 'dev-pg', 'own'))).toMatchObject({
      name: 'InvalidDefinition',
      message: expect.stringContaining('definition "broken"'),
    });
  });

  it('does not fall over a definition that is deleted meanwhile', async () => {
    const store = bucketWith({ 'refreshes/nightly.json': nightly });
    const listed = {
      read: (key: string) => store.read(key),
      list: async () => ['refreshes/gone.json', 'refreshes/nightly.json'],
    };

    await expect(requireNoSource(listed, 'dev-pg', 'own')).resolves.toBeUndefined();
  });
});
