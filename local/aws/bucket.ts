import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { startFauxqs } from 'fauxqs';
import { s3Store } from '../../lambda/aws/s3-store.ts';
import type { ObjectStore } from '../../lambda/steps/ports.ts';
import { REGION } from '../template.ts';

/** The bucket on loopback, in memory. */
export interface LocalBucket extends ObjectStore {
  readonly url: string;
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
    stop: async () => {
      client.destroy();
      await server.stop();
    },
  };
};
