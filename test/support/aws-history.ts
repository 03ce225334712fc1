import * as z from 'zod';
import type { FlowEvent } from '../../local/flow.ts';

const machine = z.object({ States: z.record(z.string(), z.object({ Type: z.string() })) });

/** The events that AWS records when a state is passed, by its type: a Lambda task is also scheduled, started, succeeded. */
const EVENTS: Readonly<Record<string, number>> = {
  Task: 5,
  Choice: 2,
  Wait: 2,
  Pass: 2,
  Succeed: 2,
  Fail: 1,
};
/** Each further attempt of a task is scheduled, started, and succeeds or fails. */
const RETRY = 3;
const BEGINNING_AND_END = 2;

/**
 * How many events an execution has in AWS, where a quota of 25,000 ends it. The type of a state is that of the
 * definition: on this machine it may run as another.
 */
export const awsEventCount = (definition: unknown, history: readonly FlowEvent[]): number => {
  const { States } = machine.parse(definition);
  return history.reduce((sum, event) => {
    if (event.type === 'StateRetried') return sum + RETRY;
    if (event.type !== 'StateEntered') return sum;
    const events = EVENTS[States[event.state.name]?.Type ?? ''];
    if (events === undefined) throw new Error(`Nothing is known of state ${event.state.name}.`);
    return sum + events;
  }, BEGINNING_AND_END);
};
