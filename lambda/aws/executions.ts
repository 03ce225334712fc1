import { ExecutionAlreadyExists, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Executions } from '../steps/start-run.ts';
import { executionArn } from './execution-arn.ts';

/** Executions of one state machine. */
export const stepFunctionsExecutions = (
  client: SFNClient,
  stateMachineArn: string,
): Executions => ({
  async start(name, input) {
    try {
      const { executionArn = '' } = await client.send(
        new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }),
      );
      return { execution: executionArn, started: true };
    } catch (error) {
      if (!(error instanceof ExecutionAlreadyExists)) throw error;
      return { execution: executionArn(stateMachineArn, name), started: false };
    }
  },
});
