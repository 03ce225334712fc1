import { CreateBucketCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { startFauxqs } from 'fauxqs';
import { s3Store } from '../../lambda/aws/s3-store.ts';
import type { ObjectStore } from '../../lambda/steps/ports.ts';
import { REGION } from '../template.ts';

/** The bucket on loopback, in memory. */
export interface LocalBucket extends ObjectStore {
  readonly url: string;
  /** Objects whose key begins with `prefix`, each with a text that is another when its content is. */
  versions(prefix: string): Promise<{ readonly key: string; readonly version: string }[]>;
  /** As it was at the beginning. */
  empty(): void;
  stop(): Promise<void>;
}

/** S3 on loopback accepts any credentials. */
export const LOOPBACK_CREDENTIALS = { accessKeyId: 'loopback', secretAccessKey: 'loopback' };

export const startBucket = async (bucket: string): Promise<LocalBucket> => {
  const server = await startFauxqs({ port: 0, logger: false });
  const url = `http://127.0.0.1:${server.port}`;
  const client = new S3Client({
    endpoint: url,
    region: REGION,
    credentials: LOOPBACK_CREDENTIALS,
    forcePathStyle: true,
  });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  return {
    ...s3Store(client, bucket),
    url,
    versions: async (prefix) => {
      const found: { key: string; version: string }[] = [];
      const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix });
      for await (const { Contents = [] } of pages) {
        for (const { Key = '', ETag = '' } of Contents) found.push({ key: Key, version: ETag });
      }
      return found;
    },
    empty: () => server.emptyBucket(bucket),
    stop: async () => {
      client.destroy();
      await server.stop();
    },
  };
};
