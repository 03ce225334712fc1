import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { DeadLetters } from './dead-letters.ts';
import type { RefreshFlow } from './refresh-flow.ts';
import type { StartFunction } from './start-function.ts';

/** Whose runs are watched, who starts the clearing up, and where a request for it ends that cannot be delivered. */
export interface AbortedRunsProps {
  readonly flow: RefreshFlow;
  readonly start: StartFunction;
  readonly deadLetters: DeadLetters;
}

/**
 * Has a run cleared up after that somebody aborted or that took too long: Step Functions ends it on the spot, without
 * the state that records a failure.
 */
export class AbortedRuns extends Construct {
  constructor(scope: Construct, id: string, { flow, start, deadLetters }: AbortedRunsProps) {
    super(scope, id);
    new Rule(this, 'Rule', {
      description: 'Clears up after a refresh that was aborted or timed out',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [flow.stateMachineArn], status: ['ABORTED', 'TIMED_OUT'] },
      },
      targets: [
        new LambdaFunction(start, {
          ...deadLetters.delivery,
          event: RuleTargetInput.fromObject({
            event_id: EventField.eventId,
            // Whole: the execution's input in it is a text full of quotes, which must not be put into a text again.
            aborted: EventField.fromPath('$.detail'),
          }),
        }),
      ],
    });
  }
}
