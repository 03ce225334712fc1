import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type LocalBucket, startBucket } from '../../../local/aws/bucket.ts';

let bucket: LocalBucket;
beforeAll(async () => {
  bucket = await startBucket('refreshes');
});
beforeEach(() => bucket.empty());
afterAll(() => bucket.stop());

const KEY = 'runs/r 1/a.json';

describe('a conditional write', () => {
  it('makes an object where there is none, and only there', async () => {
    expect(await bucket.replace(KEY, '{"a":1}', undefined)).toBeDefined();
    expect(await bucket.replace(KEY, '{"a":2}', undefined)).toBeUndefined();
    expect(await bucket.read(KEY)).toBe('{"a":1}');
  });

  it('writes over the version that was read, and over no other', async () => {
    await bucket.write(KEY, '{"a":1}', 'application/json');
    const { version } = (await bucket.readVersion(KEY)) ?? {};
    const next = await bucket.replace(KEY, '{"a":2}', version);

    expect(await bucket.replace(KEY, '{"a":3}', version)).toBeUndefined();
    expect(await bucket.readVersion(KEY)).toEqual({ text: '{"a":2}', version: next });
  });

  it('does not bring back an object that is gone', async () => {
    const version = await bucket.replace(KEY, '{"a":1}', undefined);
    await bucket.empty();

    await expect(bucket.replace(KEY, '{"a":2}', version)).rejects.toMatchObject({
      name: 'NoSuchKey',
    });
    expect(await bucket.list('')).toEqual([]);
  });

  it('is one of many: of several at once that expect the same, one is carried out', async () => {
    const texts = Array.from({ length: 8 }, (_, index) => `{"a":${index}}`);
    const versions = await Promise.all(texts.map((text) => bucket.replace(KEY, text, undefined)));

    const written = texts.filter((_, index) => versions[index] !== undefined);
    expect(written).toEqual([await bucket.read(KEY)]);
  });
});
