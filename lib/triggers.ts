import { Duration, TimeZone, Token } from 'aws-cdk-lib';
import { EventField, type EventPattern, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
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

/** What the triggers start, and where a request ends that cannot be delivered. */
export interface TriggersProps {
  readonly refreshes: readonly Refresh[];
  readonly start: StartFunction;
  readonly deadLetters: DeadLetters;
}

/** The schedules, and the rules for deploy events, that start refreshes by themselves. */
export class Triggers extends Construct {
  constructor(scope: Construct, id: string, { refreshes, start, deadLetters }: TriggersProps) {
    super(scope, id);
    const delivery = {
      // Rather not at all than hours late, into a working day.
      maxEventAge: Duration.hours(1),
      retryAttempts: 10,
      deadLetterQueue: deadLetters,
    };
    let scheduleGroup: ScheduleGroup | undefined;

    for (const { name, schedule, timezone = 'UTC', eventPattern } of refreshes) {
      if (schedule !== undefined) {
        // A group of our own: the role of the schedules trusts this group, and not every schedule of the account.
        scheduleGroup ??= new ScheduleGroup(this, 'Schedules');
        new Schedule(this, `${name}-schedule`, {
          description: `Starts the refresh ${name}`,
          scheduleGroup,
          scheduleName: name,
          schedule: ScheduleExpression.expression(schedule, TimeZone.of(timezone)),
          target: new LambdaInvoke(start, {
            ...delivery,
            input: ScheduleTargetInput.fromObject({
              refresh: name,
              trigger: 'schedule',
              scheduled_time: ContextAttribute.scheduledTime,
            }),
          }),
        });
      }
      if (eventPattern !== undefined) {
        new Rule(this, `${name}-events`, {
          description: `Starts the refresh ${name}`,
          eventPattern: patternOf(eventPattern),
          targets: [
            new LambdaFunction(start, {
              ...delivery,
              event: RuleTargetInput.fromObject({
                refresh: name,
                trigger: 'event',
                event_id: EventField.eventId,
                detail: EventField.fromPath('$.detail'),
              }),
            }),
          ],
        });
      }
    }
  }
}

/** The pattern as it is. The CDK types its fields as lists of strings; a token lets matchers through, too. */
function patternOf({ detail, ...fields }: NonNullable<Refresh['eventPattern']>): EventPattern {
  const lists = Object.entries(fields).map(([field, values]) => [field, Token.asList(values)]);
  return { ...Object.fromEntries(lists), ...(detail && { detail }) };
}
