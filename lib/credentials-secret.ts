import { RemovalPolicy } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { StepEnvironment } from '../lambda/environment.ts';

/**
 * Credentials that an operator puts in. The stack makes the secret without a value: a value, or
 * a generated placeholder, would lie in the template, and CloudFormation would write it over the credentials whenever
 * that part of the template changed.
 */
export class CredentialsSecret extends Construct {
  /** ARN of the secret, complete with the suffix that AWS appends. */
  readonly arn: string;

  /** @param description what the secret holds, by key */
  constructor(scope: Construct, id: string, description: string) {
    super(scope, id);
    // The CDK's own Secret has CloudFormation generate a value wherever it is given none.
    const secret = new CfnSecret(this, 'Resource', { description });
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
