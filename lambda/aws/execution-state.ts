import {
  DescribeExecutionCommand,
  type ExecutionStatus,
  type SFNClient,
  SFNServiceException,
} from '@aws-sdk/client-sfn';
import type { ExecutionState } from '../steps/ports.ts';
import { isExecutionArn } from './execution-arn.ts';

const STATES: Readonly<Record<ExecutionStatus, ExecutionState>> = {
  RUNNING: 'alive',
  PENDING_REDRIVE: 'alive',
  SUCCEEDED: 'dead',
  FAILED: 'dead',
  TIMED_OUT: 'dead',
  ABORTED: 'dead',
};

/** What Step Functions answers for an execution of another deployment, one of 90 days ago, or one that never was. */
const NOT_KNOWN: readonly string[] = [
  'AccessDeniedException',
  'ExecutionDoesNotExist',
  'InvalidArn',
  'ValidationException',
];

/** Asks Step Functions about an execution by its ARN. @throws what the SDK throws when Step Functions cannot be asked */
export const executionState =
  (client: SFNClient) =>
  async (arn: string): Promise<ExecutionState> => {
    if (!isExecutionArn(arn)) return 'unknown';
    try {
      const { status } = await client.send(
        // Without input and output, which nobody here reads and which may need a key to be decrypted.
        new DescribeExecutionCommand({ executionArn: arn, includedData: 'METADATA_ONLY' }),
      );
      return status === undefined ? 'unknown' : (STATES[status] ?? 'unknown');
    } catch (error) {
      if (error instanceof SFNServiceException && NOT_KNOWN.includes(error.name)) return 'unknown';
      throw error;
    }
  };
