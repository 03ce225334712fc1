import { Duration } from 'aws-cdk-lib';
import { EventBus, EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { Construct } from 'constructs';
import type { NotifyEnvironment } from '../lambda/environment.ts';
import type { NoticeKind } from '../lambda/notices/notice.ts';
import type { DeadLetters } from './dead-letters.ts';
import { HandlerFunction } from './handler-function.ts';
import type { NoticeTopic } from './notice-topic.ts';
import type { RefreshBucket } from './refresh-bucket.ts';
import type { RefreshFlow } from './refresh-flow.ts';

/** How often the ages of the copies are measured: an alarm looks at whole hours. */
const MEASURED_EVERY = Duration.minutes(15);

export interface NotifyFunctionProps {
  readonly code: Code;
  readonly bucket: RefreshBucket;
  readonly topic: NoticeTopic;
  readonly flow: RefreshFlow;
  /** The kinds of ends that people are told of. */
  readonly kinds: readonly NoticeKind[];
  readonly deadLetters: DeadLetters;
}

/**
 * Tells people and programs of every end of a run, and measures the runs and the ages of the copies. It is called by what
 * Step Functions says of an execution and not by a state, so that it knows of those, too, that were ended from outside; and
 * by what Lambda says of the start function, for a request that no run came of.
 */
export class NotifyFunction extends HandlerFunction<NotifyEnvironment> {
  constructor(scope: Construct, id: string, props: NotifyFunctionProps) {
    const { code, bucket, topic, flow, kinds, deadLetters } = props;
    super(scope, id, {
      description: 'Tells of ends of runs, and measures the ages of the copies',
      code,
      handler: 'notify',
      timeout: Duration.seconds(60),
      memorySize: 256,
      environment: (role) => {
        Grant.addToPrincipal({
          grantee: role,
          actions: ['events:PutEvents'],
          resourceArns: [EventBus.fromEventBusName(scope, 'DefaultBus', 'default').eventBusArn],
        }).assertSuccess();
        return {
          ...bucket.grantRead(role, 'manifests'),
          ...topic.grantTell(role),
          NOTICE_KINDS: kinds.join(','),
        };
      },
      deadLetters,
    });
    new Rule(scope, `${id}Ends`, {
      description: 'Tells of every refresh that has come to its end',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: {
          stateMachineArn: [flow.stateMachineArn],
          status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'],
        },
      },
      targets: [
        new LambdaFunction(this, {
          ...deadLetters.delivery,
          event: RuleTargetInput.fromObject({ ended: EventField.fromPath('$.detail') }),
        }),
      ],
    });
    new Schedule(scope, `${id}Ages`, {
      description: 'Measures the ages of the copies',
      schedule: ScheduleExpression.rate(MEASURED_EVERY),
      target: new LambdaInvoke(this, {
        retryAttempts: 0,
        input: ScheduleTargetInput.fromObject({ ages: true }),
      }),
    });
  }
}
