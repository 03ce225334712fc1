import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/**
 * How long a request for a refresh is tried before it is a dead letter: rather no refresh than one that comes hours
 * late, into a working day.
 */
export const maxEventAge = Duration.hours(1);

/**
 * Where a request for a refresh ends that could not be delivered or handled. One queue for all senders: each message
 * names its own, and an operator has one place to look at and one alarm to set.
 */
export class DeadLetters extends Queue {
  /** How a schedule or a rule delivers. */
  readonly delivery = { maxEventAge, retryAttempts: 10, deadLetterQueue: this };

  constructor(scope: Construct, id: string) {
    super(scope, id, {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
  }
}
