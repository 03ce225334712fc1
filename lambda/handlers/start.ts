import { Logger } from '@aws-lambda-powertools/logger';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { Context } from 'aws-lambda';
import { CLIENT_OPTIONS } from '../aws/client-options.ts';
import { stepFunctionsExecutions } from '../aws/executions.ts';
import { s3Store } from '../aws/s3-store.ts';
import { systemClock } from '../aws/system-clock.ts';
import { startEnvironment } from '../environment.ts';
import { refreshOf } from '../refresh/request.ts';
import { type Started, type StartPorts, startRun } from '../steps/start-run.ts';

const logger = new Logger({
  serviceName: 'flasharray-refresh',
  persistentKeys: { step: 'start' },
});
let cached: StartPorts | undefined;

/** Starts a run: from a schedule, an event on the bus, a person at the console, or after a run that was aborted. */
export const start = async (
  event: unknown,
  context: Pick<Context, 'awsRequestId'>,
): Promise<Started | null> => {
  cached ??= connect();
  try {
    const started = await startRun(event, context.awsRequestId, cached);
    logger.info(describe(started), { ...started });
    return started;
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    logger.error('Run not started', {
      refresh: refreshOf({ event }),
      error: name,
      reason: message,
    });
    throw error;
  }
};

const describe = (started: Started | null): string => {
  if (started === null)
    return 'Nothing to clear up: the refresh has no target group, no hooks, and does not use backup mode';
  return started.started ? 'Run started' : 'Run had been started already';
};

const connect = (): StartPorts => {
  const environment = startEnvironment.parse(process.env);
  return {
    store: s3Store(new S3Client(CLIENT_OPTIONS), environment.BUCKET_NAME),
    clock: systemClock,
    executions: stepFunctionsExecutions(
      new SFNClient(CLIENT_OPTIONS),
      environment.STATE_MACHINE_ARN,
    ),
  };
};
