import {
  GetObjectCommand,
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

/** The bucket as the steps see it. */
export const s3Store = (client: S3Client, bucket: string): ObjectStore => {
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
      await client.send(
        new PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ContentType: contentType }),
      );
    },

    async replace(key, text, version) {
      const condition = version === undefined ? { IfNoneMatch: '*' } : { IfMatch: version };
      const object = { Bucket: bucket, Key: key, Body: text, ContentType: 'application/json' };
      try {
        const { ETag = '' } = await client.send(new PutObjectCommand({ ...object, ...condition }));
        return ETag;
      } catch (error) {
        if (isConflict(error)) return undefined;
        throw error;
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
