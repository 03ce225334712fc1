import {
  CreateBucketCommand,
  DeleteObjectsCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { buildApp } from 'fauxqs';
import { s3Store } from '../../lambda/aws/s3-store.ts';
import type { ObjectStore } from '../../lambda/steps/ports.ts';
import { REGION } from '../template.ts';
import { honourConditions } from './conditional-writes.ts';

/** The bucket on loopback, in memory. */
export interface LocalBucket extends ObjectStore {
  readonly url: string;
  /** Objects whose key begins with `prefix`, each with a text that is another when its content is. */
  versions(prefix: string): Promise<{ readonly key: string; readonly version: string }[]>;
  /** As it was at the beginning. */
  empty(): Promise<void>;
  stop(): Promise<void>;
}

/** S3 on loopback accepts any credentials. */
export const LOOPBACK_CREDENTIALS = { accessKeyId: 'loopback', secretAccessKey: 'loopback' };

export const startBucket = async (bucket: string): Promise<LocalBucket> => {
  const server = buildApp({ logger: false });
  honourConditions(server);
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  const client = new S3Client({
    endpoint: url,
    region: REGION,
    credentials: LOOPBACK_CREDENTIALS,
    forcePathStyle: true,
  });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  const versions: LocalBucket['versions'] = async (prefix) => {
    const found: { key: string; version: string }[] = [];
    const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix });
    for await (const { Contents = [] } of pages) {
      for (const { Key = '', ETag = '' } of Contents) found.push({ key: Key, version: ETag });
    }
    return found;
  };
  return {
    ...s3Store(client, bucket),
    url,
    versions,
    empty: async () => {
      for (;;) {
        // As many as one request may name.
        const Objects = (await versions('')).slice(0, 1000).map(({ key }) => ({ Key: key }));
        if (Objects.length === 0) return;
        await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }));
      }
    },
    stop: async () => {
      client.destroy();
      await server.close();
    },
  };
};
