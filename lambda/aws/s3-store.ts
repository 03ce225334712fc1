import { randomUUID } from 'node:crypto';
import {
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { ObjectStore, ObjectVersion } from '../steps/ports.ts';

/** Another version was there, or came at the same moment. */
const isConflict = (error: unknown): boolean =>
  error instanceof S3ServiceException &&
  (error.$metadata.httpStatusCode === 412 || error.$metadata.httpStatusCode === 409);

/** The bucket as the steps see it. @param newId makes an id that is like no other, for what is written on a condition */
export const s3Store = (
  client: S3Client,
  bucket: string,
  newId: () => string = randomUUID,
): ObjectStore => {
  const readVersion = async (key: string): Promise<ObjectVersion | undefined> => {
    try {
      const { Body, ETag = '' } = await client.send(
        new GetObjectCommand({ Bucket: bucket, Key: key }),
      );
      return { text: (await Body?.transformToString()) ?? '', version: ETag };
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  };

  return {
    readVersion,

    async read(key) {
      return (await readVersion(key))?.text;
    },

    async write(key, text, contentType) {
      // Of an empty text the SDK does not know the length, and says so past the log.
      const content = { Body: text, ContentLength: Buffer.byteLength(text) };
      await client.send(
        new PutObjectCommand({ Bucket: bucket, Key: key, ContentType: contentType, ...content }),
      );
    },

    async replace(key, text, version) {
      const condition = version === undefined ? { IfNoneMatch: '*' } : { IfMatch: version };
      const object = { Bucket: bucket, Key: key };
      const content = { Body: text, ContentType: 'application/json', Metadata: { write: newId() } };
      try {
        const { ETag = '' } = await client.send(
          new PutObjectCommand({ ...object, ...content, ...condition }),
        );
        return ETag;
      } catch (error) {
        if (!isConflict(error)) throw error;
        // The SDK repeats a request whose answer was lost, and then finds what it has written itself.
        const found = await client.send(new HeadObjectCommand(object)).catch(() => undefined);
        return found?.Metadata?.['write'] === content.Metadata.write ? found.ETag : undefined;
      }
    },

    async list(prefix) {
      const keys: string[] = [];
      for await (const page of paginateListObjectsV2(
        { client },
        { Bucket: bucket, Prefix: prefix },
      )) {
        for (const { Key } of page.Contents ?? []) if (Key !== undefined) keys.push(Key);
      }
      return keys;
    },
  };
};
