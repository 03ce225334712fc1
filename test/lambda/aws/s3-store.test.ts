import { S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { s3Store } from '../../../lambda/aws/s3-store.ts';

/** A bucket that answers every request with this, and keeps what was sent. */
const bucketThat = (answer: () => unknown) => {
  const sent: unknown[] = [];
  const client = new S3Client({ region: 'eu-central-1' });
  client.middlewareStack.add(
    () => async (args) => {
      sent.push(args.input);
      return { response: undefined, output: Object(answer()) };
    },
    { step: 'initialize' },
  );
  return { store: s3Store(client, 'refreshes'), sent };
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
        ...condition,
      },
    ]);
  });

  it.each([
    ['PreconditionFailed', 412],
    ['ConditionalRequestConflict', 409],
  ])('not where S3 says %s', async (name, status) => {
    const { store } = bucketThat(refused(name, status));

    expect(await store.replace('runs/r/a.json', '{}', '"etag-1"')).toBeUndefined();
  });

  it('and fails where S3 fails', async () => {
    const { store } = bucketThat(refused('SlowDown', 503));

    await expect(store.replace('runs/r/a.json', '{}', undefined)).rejects.toMatchObject({
      name: 'SlowDown',
    });
  });
});
