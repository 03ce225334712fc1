import { CreateBucketCommand, DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { startFauxqs } from 'fauxqs';
import { s3Store } from '../../lambda/aws/s3-store.ts';
import type { ObjectStore } from '../../lambda/steps/ports.ts';
import { REGION } from '../template.ts';

/** The bucket on loopback, kept in `directory` or, without one, in memory. */
export interface LocalBucket extends ObjectStore {
  readonly url: string;
  remove(key: string): Promise<void>;
  stop(): Promise<void>;
}

/** S3 on loopback accepts any credentials. */
export const LOOPBACK_CREDENTIALS = { accessKeyId: 'loopback', secretAccessKey: 'loopback' };

export const startBucket = async (bucket: string, directory?: string): Promise<LocalBucket> => {
  const server = await startFauxqs({
    port: 0,
    logger: false,
    ...(directory === undefined ? {} : { s3StorageDir: directory }),
  });
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
    remove: async (key) => {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
    stop: async () => {
      client.destroy();
      await server.stop();
    },
  };
};
