import { Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { NotifyEnvironment } from '../lambda/environment.ts';

/**
 * What people subscribe to who want to be told. What it carries is no secret: it says what the manifests say. That it takes
 * nothing but TLS replaces the policy by which CloudWatch's alarms of the account may publish, so it has that of its own.
 */
export class NoticeTopic extends Topic {
  /** @param emails addresses that are asked by mail whether they want to be told */
  constructor(scope: Construct, id: string, emails: readonly string[]) {
    super(scope, id, { displayName: 'FlashArray refreshes', enforceSSL: true });
    for (const email of emails) this.addSubscription(new EmailSubscription(email));
    this.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
  }

  /** Lets the grantee publish. */
  grantTell(grantee: IGrantable): Pick<NotifyEnvironment, 'TOPIC_ARN'> {
    Grant.addToPrincipal({
      grantee,
      actions: ['sns:Publish'],
      resourceArns: [this.topicArn],
    }).assertSuccess();
    return { TOPIC_ARN: this.topicArn };
  }
}
