import { errorKind } from '../refresh/errors.ts';
import type { Unstarted } from './failed-start.ts';
import { asSubject, isHarmless, type Notice, type NoticeKind, tellError } from './notice.ts';
import type { RunEvent } from './run-event.ts';

/** What a person is told of a request that no run came of. */
export const noticeOfUnstarted = (unstarted: Unstarted): Notice => {
  const headline = headlineOf(unstarted);
  return {
    kind: kindOf(unstarted),
    subject: asSubject(headline),
    message: [
      `${headline}.`,
      ...tellError(unstarted.error, 'look at the log of the start function, then send it again.'),
      '',
      ...consequences(unstarted),
      'The request is in the dead-letter queue, whose alarm is on until it is deleted there.',
      '',
      `Request     ${unstarted.request}${unstarted.trigger ? ` (${unstarted.trigger})` : ''}`,
      `Function    ${unstarted.function}`,
      '',
    ].join('\n'),
  };
};

/** What other programs are told of it. */
export const eventOfUnstarted = (unstarted: Unstarted): RunEvent => {
  const { name, message } = unstarted.error;
  const kind = kindOf(unstarted);
  return {
    kind,
    status: isCertain(unstarted) ? 'NOT_STARTED' : 'START_FAILED',
    target: kind === 'refused' ? 'untouched' : 'unknown',
    refresh: unstarted.refresh,
    run: null,
    execution: null,
    source_protection_group: null,
    target_protection_group: null,
    snapshot: null,
    manifest: null,
    error: { name, message },
  };
};

/** Whether no run was started: it was refused before. A function that died may have started one. */
const isCertain = ({ error }: Unstarted): boolean => isHarmless(errorKind(error.name));

/** A target that was to be put back is not as it should be, even where the request was refused. */
const kindOf = (unstarted: Unstarted): NoticeKind =>
  isCertain(unstarted) && !unstarted.clearsUp ? 'refused' : 'failed';

const headlineOf = (unstarted: Unstarted): string => {
  const { refresh, clearsUp, error } = unstarted;
  const what = refresh ?? 'A refresh';
  if (clearsUp) return `${what} was NOT cleared up, its target may be mixed: ${error.name}`;
  return isCertain(unstarted)
    ? `${what} was not started: ${error.name}, its target is as it was`
    : `${what} could not be started: ${error.name}`;
};

const consequences = (unstarted: Unstarted): string[] => [
  isCertain(unstarted)
    ? 'No run was started, and no array was asked for anything.'
    : 'Whether a run was started all the same, the executions of the state machine say.',
  unstarted.clearsUp
    ? leftBehind(unstarted, unstarted.clearsUp.after)
    : 'Where the refresh is still wanted, send the request again.',
];

const leftBehind = ({ refresh }: Unstarted, after: string | null): string =>
  `Run ${after ?? 'unknown'} was ended from outside, and what it may have left is still there: volumes overwritten in part, ` +
  'the lock on the target group, a database in backup mode. Do not open the database on the target. To have it cleared up, ' +
  `send { "refresh": "${refresh ?? '<name>'}", "recover": "${after ?? '<run>'}", "execute": true }.`;
