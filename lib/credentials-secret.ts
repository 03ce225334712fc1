import { RemovalPolicy } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { OracleEnvironment } from '../lambda/environment.ts';
import { grantKey } from './encryption-key.ts';

export interface CredentialsSecretProps {
  /** What the secret holds, by key. */
  readonly description: string;
  /** Its name in Secrets Manager; without it CloudFormation makes one. */
  readonly name?: string;
  /** Encrypts it; without it, a key that AWS keeps. */
  readonly key: IKey | undefined;
}

/**
 * Credentials that an operator puts in. The stack makes the secret without a value: a value, or
 * a generated placeholder, would lie in the template, and CloudFormation would write it over the credentials whenever
 * that part of the template changed.
 */
export class CredentialsSecret extends Construct {
  /** ARN of the secret, complete with the suffix that AWS appends. */
  readonly arn: string;
  readonly #key: IKey | undefined;

  constructor(scope: Construct, id: string, { description, name, key }: CredentialsSecretProps) {
    super(scope, id);
    this.#key = key;
    // The CDK's own Secret has CloudFormation generate a value wherever it is given none.
    const secret = new CfnSecret(this, 'Resource', {
      description,
      ...(name !== undefined && { name }),
      ...(key && { kmsKeyId: key.keyArn }),
    });
    secret.applyRemovalPolicy(RemovalPolicy.RETAIN);
    this.arn = secret.ref;
  }

  /** Lets the grantee read the credentials. */
  grantRead(grantee: IGrantable): Pick<OracleEnvironment, 'SECRET_ID'> {
    Grant.addToPrincipal({
      grantee,
      actions: ['secretsmanager:GetSecretValue'],
      resourceArns: [this.arn],
    }).assertSuccess();
    if (this.#key) grantKey(this.#key, grantee, 'kms:Decrypt', 'secretsmanager');
    return { SECRET_ID: this.arn };
  }
}
