import { RemovalPolicy } from 'aws-cdk-lib';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

/** A bucket that is encrypted, versioned, spoken to over TLS alone, never public, and outlives the stack. */
export class ClosedBucket extends Bucket {
  constructor(
    scope: Construct,
    id: string,
    props: Pick<
      BucketProps,
      'lifecycleRules' | 'serverAccessLogsBucket' | 'serverAccessLogsPrefix' | 'encryptionKey'
    >,
  ) {
    super(scope, id, {
      ...props,
      versioned: true,
      ...(props.encryptionKey
        ? // S3 asks for a key once in a while, and not for every object.
          { encryption: BucketEncryption.KMS, bucketKeyEnabled: true }
        : { encryption: BucketEncryption.S3_MANAGED }),
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  /** Never. Also what makes this an IBucket, which the CDK's Bucket is not under `exactOptionalPropertyTypes`. */
  override get isWebsite(): boolean {
    return false;
  }
}
