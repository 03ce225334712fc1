import { S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { s3Store } from '../../../lambda/aws/s3-store.ts';
import { LOOPBACK_CREDENTIALS, type LocalBucket, startBucket } from '../../../local/aws/bucket.ts';

/** A bucket that answers a request with this, and keeps what was sent. */
const bucketThat = (answer: (input: object) => unknown) => {
  const sent: unknown[] = [];
  const client = new S3Client({ region: 'eu-central-1' });
  client.middlewareStack.add(
    () => async (args) => {
      sent.push(args.input);
      return { response: undefined, output: Object(answer(args.input)) };
    },
    { step: 'initialize' },
  );
  return { store: s3Store(client, 'refreshes', () => 'write-1'), sent };
};

const refused = (name: string, httpStatusCode: number) => () => {
  throw new S3ServiceException({ name, $fault: 'client', $metadata: { httpStatusCode } });
};

describe('an object is written over', () => {
  it.each([
    ['where there is none', undefined, { IfNoneMatch: '*' }],
    ['where it is that version', '"etag-1"', { IfMatch: '"etag-1"' }],
  ])('only %s', async (_, version, condition) => {
    const { store, sent } = bucketThat(() => ({ $metadata: {}, ETag: '"etag-2"' }));

    expect(await store.replace('runs/r/a.json', '{}', version)).toBe('"etag-2"');
    expect(sent).toEqual([
      {
        Bucket: 'refreshes',
        Key: 'runs/r/a.json',
        Body: '{}',
        ContentType: 'application/json',
        Metadata: { write: 'write-1' },
        ...condition,
      },
    ]);
  });

  it.each([
    ['PreconditionFailed', 412],
    ['ConditionalRequestConflict', 409],
  ])('not where S3 says %s', async (name, status) => {
    const { store } = bucketThat((input) => {
      if ('Body' in input) refused(name, status)();
      return { ETag: '"etag-2"', Metadata: { write: 'write-of-another' } };
    });

    expect(await store.replace('runs/r/a.json', '{}', '"etag-1"')).toBeUndefined();
  });

  it('not where it cannot be told whose the object is', async () => {
    const { store } = bucketThat((input) => refused('x', 'Body' in input ? 412 : 500)());

    expect(await store.replace('runs/r/a.json', '{}', '"etag-1"')).toBeUndefined();
  });

  it('and fails where S3 fails', async () => {
    const { store } = bucketThat(refused('SlowDown', 503));

    await expect(store.replace('runs/r/a.json', '{}', undefined)).rejects.toMatchObject({
      name: 'SlowDown',
    });
  });
});

describe('where the answer to a write on a condition is lost', () => {
  const KEY = 'runs/r/a.json';

  /** A store whose first write is carried out, and then `meanwhile`, before the SDK tries again. */
  const storeThatLoses = (bucket: LocalBucket, meanwhile = async () => {}) => {
    const client = new S3Client({
      endpoint: bucket.url,
      region: 'eu-central-1',
      credentials: LOOPBACK_CREDENTIALS,
      forcePathStyle: true,
    });
    let writes = 0;
    client.middlewareStack.add(
      (next) => async (args) => {
        const isFirst = Object(args.request).method === 'PUT' && ++writes === 1;
        const answer = await next(args);
        if (!isFirst) return answer;
        await meanwhile();
        throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    return { store: s3Store(client, 'refreshes'), writes: () => writes };
  };

  it.each([
    ['that makes the object', undefined],
    ['that takes the place of a version', '{"by":"another"}'],
  ])('one %s counts as what it is: written', async (_, earlier) => {
    const bucket = await startBucket('refreshes');
    if (earlier !== undefined) await bucket.replace(KEY, earlier, undefined);
    const { store, writes } = storeThatLoses(bucket);

    const version = await store.replace(KEY, '{}', (await bucket.readVersion(KEY))?.version);

    expect(writes()).toBe(2);
    expect(await bucket.readVersion(KEY)).toEqual({ text: '{}', version });
    await bucket.stop();
  });

  it('and somebody else has come, that one’s counts, even where it says the same', async () => {
    const bucket = await startBucket('refreshes');
    const { store } = storeThatLoses(bucket, async () => {
      const found = await bucket.readVersion(KEY);
      await bucket.replace(KEY, '{}', found?.version);
    });

    expect(await store.replace(KEY, '{}', undefined)).toBeUndefined();
    await bucket.stop();
  });
});
