import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/** The customer-managed key of bucket and secrets: one that is there, by its ARN, or a new one, which outlives the stack. */
export const encryptionKey = (scope: Construct, id: string, choice: string): IKey =>
  choice === 'new'
    ? new Key(scope, id, {
        description: 'Definitions, manifests and credentials of database refreshes',
        enableKeyRotation: true,
        removalPolicy: RemovalPolicy.RETAIN,
      })
    : Key.fromKeyArn(scope, id, choice);

/** Lets the grantee use the key, but only by way of a service that encrypts with it. */
export const grantKey = (
  key: IKey,
  grantee: IGrantable,
  action: 'kms:Decrypt' | 'kms:GenerateDataKey',
  service: 's3' | 'secretsmanager',
): void =>
  Grant.addToPrincipal({
    grantee,
    actions: [action],
    resourceArns: [key.keyArn],
    conditions: {
      StringEquals: { 'kms:ViaService': `${service}.${Aws.REGION}.${Aws.URL_SUFFIX}` },
    },
  }).assertSuccess();
