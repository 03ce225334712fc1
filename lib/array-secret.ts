import { RemovalPolicy } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { StepEnvironment } from '../lambda/environment.ts';

/**
 * The credentials of the arrays. The stack makes the secret without a value, and an operator puts it in: a value, or
 * a generated placeholder, would lie in the template, and CloudFormation would write it over the credentials whenever
 * that part of the template changed.
 */
export class ArraySecret extends Construct {
  /** ARN of the secret, complete with the suffix that AWS appends. */
  readonly arn: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    // The CDK's own Secret has CloudFormation generate a value wherever it is given none.
    const secret = new CfnSecret(this, 'Resource', {
      description:
        'FlashArray credentials, JSON: src_flash_array_host, src_flash_array_api_token, tgt_flash_array_host, ' +
        'tgt_flash_array_api_token; optional src_flash_array_ca and tgt_flash_array_ca (PEM)',
    });
    secret.applyRemovalPolicy(RemovalPolicy.RETAIN);
    this.arn = secret.ref;
  }

  /** Lets the grantee read the credentials. */
  grantRead(grantee: IGrantable): Pick<StepEnvironment, 'SECRET_ID'> {
    Grant.addToPrincipal({
      grantee,
      actions: ['secretsmanager:GetSecretValue'],
      resourceArns: [this.arn],
    }).assertSuccess();
    return { SECRET_ID: this.arn };
  }
}
