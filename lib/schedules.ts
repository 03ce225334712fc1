import { RemovalPolicy, TimeZone } from 'aws-cdk-lib';
import {
  ContextAttribute,
  Schedule,
  ScheduleExpression,
  ScheduleGroup,
  ScheduleTargetInput,
} from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import type { DeadLetters } from './dead-letters.ts';
import type { Refresh } from './settings.ts';
import type { StartFunction } from './start-function.ts';

/** Which refreshes start by the clock, who starts them, and where a request ends that cannot be delivered. */
export interface SchedulesProps {
  readonly refreshes: readonly Refresh[];
  readonly start: StartFunction;
  readonly deadLetters: DeadLetters;
}

/** One schedule for each refresh that has one in the settings. */
export class Schedules extends Construct {
  constructor(scope: Construct, id: string, { refreshes, start, deadLetters }: SchedulesProps) {
    super(scope, id);
    // A group of our own: the role of the schedules trusts this group, and not every schedule of the account.
    const scheduleGroup = new ScheduleGroup(this, 'Group', {
      removalPolicy: RemovalPolicy.DESTROY,
    });
    for (const { name, schedule, timezone = 'UTC' } of refreshes) {
      if (schedule === undefined) continue;
      new Schedule(this, name, {
        description: `Starts the refresh ${name}`,
        scheduleGroup,
        scheduleName: name,
        schedule: ScheduleExpression.expression(schedule, TimeZone.of(timezone)),
        target: new LambdaInvoke(start, {
          ...deadLetters.delivery,
          input: ScheduleTargetInput.fromObject({
            refresh: name,
            trigger: 'schedule',
            scheduled_time: ContextAttribute.scheduledTime,
          }),
        }),
      });
    }
  }
}
