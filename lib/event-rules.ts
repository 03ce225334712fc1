import { Token } from 'aws-cdk-lib';
import { EventField, type EventPattern, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { DeadLetters } from './dead-letters.ts';
import type { Refresh } from './settings.ts';
import type { StartFunction } from './start-function.ts';

/** Which refreshes start by an event, who starts them, and where a request ends that cannot be delivered. */
export interface EventRulesProps {
  readonly refreshes: readonly Refresh[];
  readonly start: StartFunction;
  readonly deadLetters: DeadLetters;
}

/** One rule on the default event bus for each refresh that has an event pattern in the settings. */
export class EventRules extends Construct {
  constructor(scope: Construct, id: string, { refreshes, start, deadLetters }: EventRulesProps) {
    super(scope, id);
    for (const { name, eventPattern } of refreshes) {
      if (eventPattern === undefined) continue;
      new Rule(this, name, {
        description: `Starts the refresh ${name}`,
        eventPattern: patternOf(eventPattern),
        targets: [
          new LambdaFunction(start, {
            ...deadLetters.delivery,
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

/** The pattern as it is. The CDK types its fields as lists of strings; a token lets matchers through, too. */
function patternOf({ detail, ...fields }: NonNullable<Refresh['eventPattern']>): EventPattern {
  const lists = Object.entries(fields).map(([field, values]) => [field, Token.asList(values)]);
  return { ...Object.fromEntries(lists), ...(detail && { detail }) };
}
