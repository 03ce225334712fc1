import { Logger } from '@aws-lambda-powertools/logger';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import * as z from 'zod';
import { CLIENT_OPTIONS } from '../aws/client-options.ts';
import { emitMetrics, SERVICE } from '../aws/emit-metrics.ts';
import { s3Store } from '../aws/s3-store.ts';
import { systemClock } from '../aws/system-clock.ts';
import { notifyEnvironment } from '../environment.ts';
import { measureAges } from '../notices/copy-ages.ts';
import { endedExecution, refreshOf } from '../notices/ended-execution.ts';
import { failedStart, requestedRefresh } from '../notices/failed-start.ts';
import { EVENT_SOURCE, EVENT_TYPE } from '../notices/run-event.ts';
import { type NoticePorts, tellEnd, tellUnstarted } from '../notices/tell.ts';
import { parseInput } from '../refresh/parsing.ts';

/**
 * The detail of an execution that has ended; what Lambda says of a call of the start function that failed; or that the ages of
 * the copies are to be measured.
 */
const notifyEvent = z.union([
  z.strictObject({ ended: endedExecution }),
  failedStart,
  z.strictObject({ ages: z.literal(true) }),
]);

const logger = new Logger({ serviceName: SERVICE, persistentKeys: { step: 'notify' } });
let cached: NoticePorts | undefined;

/** Tells people and programs of ends of runs and of requests that started none, and measures them and the ages of the copies. */
export const notify = async (event: unknown): Promise<unknown> => {
  const asked = parseInput(notifyEvent, event, {
    error: 'InvalidEvent',
    what: 'event of the notify function',
    remedy: 'Leave the input of rule, destination and schedule as the stack deploys it.',
  });
  cached ??= connect();
  try {
    if ('ages' in asked) {
      const ages = await measureAges(cached, systemClock);
      logger.info('Ages measured', { ages });
      return ages;
    }
    const told =
      'ended' in asked ? await tellEnd(asked.ended, cached) : await tellUnstarted(asked, cached);
    logger.info('End told', { ...aboutOf(asked), ...told });
    return told;
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    logger.error('End not told', { ...aboutOf(asked), error: name, reason: message });
    throw error;
  }
};

/** Of which run, or of which request for one, a line of the log is. */
const aboutOf = (asked: z.output<typeof notifyEvent>) => {
  if ('ages' in asked) return {};
  if ('ended' in asked) {
    const { name, status } = asked.ended;
    return { run: name, refresh: refreshOf(asked.ended), status };
  }
  const { requestId, condition } = asked.requestContext;
  return { request: requestId, refresh: requestedRefresh(asked), status: condition };
};

const connect = (): NoticePorts => {
  const { BUCKET_NAME, TOPIC_ARN, NOTICE_KINDS } = notifyEnvironment.parse(process.env);
  const [topics, events] = [new SNSClient(CLIENT_OPTIONS), new EventBridgeClient(CLIENT_OPTIONS)];
  return {
    store: s3Store(new S3Client(CLIENT_OPTIONS), BUCKET_NAME),
    locate: (key) => `s3://${BUCKET_NAME}/${key}`,
    isWanted: (kind) => NOTICE_KINDS.includes(kind),
    publish: async ({ subject, message }) => {
      await topics.send(
        new PublishCommand({ TopicArn: TOPIC_ARN, Subject: subject, Message: message }),
      );
    },
    putEvent: async (detail) => {
      const Entries = [
        { Source: EVENT_SOURCE, DetailType: EVENT_TYPE, Detail: JSON.stringify(detail) },
      ];
      const { FailedEntryCount, Entries: results } = await events.send(
        new PutEventsCommand({ Entries }),
      );
      // EventBridge answers with success, whatever becomes of the entries.
      if (FailedEntryCount)
        throw new Error(`EventBridge took no event: ${results?.[0]?.ErrorCode}`);
    },
    measure: emitMetrics,
  };
};
