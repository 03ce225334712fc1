import { Duration } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { StartEnvironment } from '../lambda/environment.ts';
import { ClosedBucket } from './closed-bucket.ts';
import { grantKey } from './encryption-key.ts';

/** `refreshes/` holds the definitions, `runs/` the plans of single runs, `manifests/` the record of every run. */
export type Folder = 'refreshes' | 'runs' | 'manifests';

/** What a grant on the bucket gives a function to know. */
type BucketVariables = Pick<StartEnvironment, 'BUCKET_NAME'>;

/**
 * The bucket of the refreshes. Who writes a definition decides what is overwritten, so every access is logged, in a
 * bucket of its own.
 */
export class RefreshBucket extends Construct {
  readonly bucketName: string;
  readonly #bucket: IBucket;
  readonly #key: IKey | undefined;

  /** @param key encrypts the objects; without it, one that S3 keeps */
  constructor(scope: Construct, id: string, key: IKey | undefined) {
    super(scope, id);
    this.#key = key;
    // Without the key: S3 delivers access logs to no bucket that is encrypted with one.
    const accessLogs = new ClosedBucket(this, 'AccessLogs', {
      lifecycleRules: [
        { expiration: Duration.days(365) },
        { noncurrentVersionExpiration: Duration.days(1), expiredObjectDeleteMarker: true },
      ],
    });
    this.#bucket = new ClosedBucket(this, 'Bucket', {
      ...(key && { encryptionKey: key }),
      serverAccessLogsBucket: accessLogs,
      serverAccessLogsPrefix: 'refreshes/',
      lifecycleRules: [
        // A plan serves its run and whoever looks into a failure; the record that stays is the manifest.
        { prefix: 'runs/', expiration: Duration.days(180) },
        { noncurrentVersionExpiration: Duration.days(365), expiredObjectDeleteMarker: true },
      ],
    });
    this.bucketName = this.#bucket.bucketName;
  }

  /** Lets the grantee read these folders, and list the bucket. */
  grantRead(grantee: IGrantable, ...folders: readonly Folder[]): BucketVariables {
    Grant.addToPrincipal({
      grantee,
      actions: ['s3:GetObject'],
      resourceArns: this.#objects(folders),
    }).assertSuccess();
    if (this.#key) grantKey(this.#key, grantee, 'kms:Decrypt', 's3');
    // The whole bucket, which holds nothing else: only to a caller that may list does S3 answer 404, and not 403, for
    // an object that does not exist, and whether a condition on the prefix leaves it at that is documented nowhere.
    Grant.addToPrincipal({
      grantee,
      actions: ['s3:ListBucket'],
      resourceArns: [this.#bucket.bucketArn],
    }).assertSuccess();
    return { BUCKET_NAME: this.bucketName };
  }

  /** Lets the grantee write objects into these folders. What it overwrites stays as a noncurrent version. */
  grantWrite(grantee: IGrantable, ...folders: readonly Folder[]): BucketVariables {
    Grant.addToPrincipal({
      grantee,
      actions: ['s3:PutObject'],
      resourceArns: this.#objects(folders),
    }).assertSuccess();
    if (this.#key) grantKey(this.#key, grantee, 'kms:GenerateDataKey', 's3');
    return { BUCKET_NAME: this.bucketName };
  }

  #objects(folders: readonly Folder[]): string[] {
    return folders.map((folder) => this.#bucket.arnForObjects(`${folder}/*`));
  }
}
