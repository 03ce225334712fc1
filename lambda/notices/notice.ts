import { type ErrorKind, errorKind, splitMessage } from '../refresh/errors.ts';
import type { Manifest } from '../refresh/manifest.ts';
import type { ErrorRecord, TargetState } from '../refresh/run.ts';
import { formatSize } from '../refresh/volumes.ts';
import { type EndedExecution, refreshOf } from './ended-execution.ts';
import { countFailed, hasFailedChecks, tellFailed } from './failed-checks.ts';

/**
 * What an end is to whoever is told: `succeeded`; `planned` – a dry run that found nothing in the way; `checked` –
 * everything was looked at, and nothing else done; `recovered` – an earlier run was cleared up after; `refused` – what was
 * found forbids the refresh, or the request was wrong, and the target is untouched; `failed` – everything else; `stopped` –
 * somebody or the time ended it, and another run clears up.
 */
export const noticeKinds = [
  'succeeded',
  'planned',
  'checked',
  'recovered',
  'refused',
  'failed',
  'stopped',
] as const;
export type NoticeKind = (typeof noticeKinds)[number];

/** What is known of a run that has come to its end. */
export interface Ended {
  readonly execution: EndedExecution;
  /** Undefined where the run could not write one. */
  readonly manifest: Manifest | undefined;
  /** Where that lies, as a URI; null where there is none. */
  readonly location: string | null;
}

export interface Notice {
  readonly kind: NoticeKind;
  /** At most 99 ASCII characters, as SNS has them for mails. */
  readonly subject: string;
  readonly message: string;
}

/** SNS takes less than a hundred characters. */
const LONGEST_SUBJECT = 99;
const SHOWN_STEPS = 20;

export const kindOf = ({ execution, manifest }: Ended): NoticeKind => {
  if (execution.status === 'ABORTED' || execution.status === 'TIMED_OUT') return 'stopped';
  if (execution.status === 'FAILED') {
    const kind = errorKind(errorOf({ execution, manifest }).name);
    return isHarmless(kind) && isUntouched(manifest) ? 'refused' : 'failed';
  }
  if (manifest?.recovered) return 'recovered';
  if (manifest?.status === 'CHECKED') return 'checked';
  return manifest?.status === 'PLANNED' ? 'planned' : 'succeeded';
};

/** Whether nothing had been changed when an error of this kind was found. */
export const isHarmless = (kind: ErrorKind | undefined): boolean =>
  kind === 'input' || kind === 'refused';
const isUntouched = (manifest: Manifest | undefined): boolean =>
  manifest === undefined || manifest.target === 'untouched' || manifest.target === 'none';

/** Why it failed: as the manifest has it, else as the execution does. */
export const errorOf = ({
  execution: { status, error, cause },
  manifest,
}: Pick<Ended, 'execution' | 'manifest'>): ErrorRecord =>
  manifest?.error ?? {
    name: error ?? status,
    ...splitMessage(cause || 'The execution gave no reason.'),
  };

/** What a person is told of an end. */
export const noticeOf = (ended: Ended): Notice => {
  const kind = kindOf(ended);
  const { execution, manifest, location } = ended;
  const refresh = manifest?.refresh ?? refreshOf(execution) ?? 'unknown';
  const headline = headlines[kind](refresh, ended);
  return {
    kind,
    subject: asSubject(headline),
    message: [
      `${headline}.`,
      ...(execution.status === 'SUCCEEDED' ? [] : reasons(ended, kind)),
      '',
      ...facts(ended),
      `Manifest    ${location ?? 'none: the run could not write one'}`,
      `Execution   ${execution.executionArn}`,
      ...(manifest ? byHand(manifest) : []),
      '',
    ].join('\n'),
  };
};

const ofTarget = ({ manifest }: Ended): string => manifest?.target_protection_group ?? 'the target';

const headlines: Readonly<Record<NoticeKind, (refresh: string, ended: Ended) => string>> = {
  succeeded: (refresh, { manifest }) =>
    manifest?.status === 'SNAPSHOT_ONLY'
      ? `${refresh} has taken its snapshot`
      : manifest?.target === 'restored'
        ? `${refresh} has put ${manifest.target_protection_group} back`
        : `${refresh} has refreshed ${manifest?.target_protection_group ?? 'its target'}`,
  planned: (refresh) => `${refresh} was planned, and nothing was changed`,
  checked: (refresh) => `${refresh} was checked, and nothing was changed`,
  recovered: (refresh, ended) =>
    `${refresh} has cleared up after an earlier run: ${ofTarget(ended)} is ${stateOf(ended)}`,
  refused: (refresh, ended) =>
    hasFailedChecks(ended.manifest)
      ? `${refresh} was checked: ${countFailed(ended.manifest)}, and nothing was changed`
      : `${refresh} was refused: ${errorOf(ended).name}, ${ofTarget(ended)} is as it was`,
  failed: (refresh, ended) =>
    ended.manifest?.target === 'mixed'
      ? `${refresh} FAILED and left ${ofTarget(ended)} MIXED: do not open the database`
      : `${refresh} FAILED: ${errorOf(ended).name}, ${ofTarget(ended)} is ${stateOf(ended)}`,
  stopped: (refresh, { execution }) =>
    `${refresh} was stopped${execution.status === 'TIMED_OUT' ? ': it took longer than it may' : ''}`,
};

const states: Readonly<Record<TargetState, string>> = {
  none: 'not touched: there is no target',
  untouched: 'as it was',
  refreshed: 'the new copy',
  restored: 'put back as it was',
  mixed: 'MIXED: some volumes are of the new copy, others are not',
};
const stateOf = ({ manifest }: Ended): string =>
  manifest ? states[manifest.target] : 'in an unknown state';

const reasons = (ended: Ended, kind: NoticeKind): string[] => {
  if (kind === 'stopped') {
    return [
      '',
      'The execution was ended from outside, so nothing could be recorded. Where it may have begun something, a run has been ' +
        'started that clears up: it puts the target back, or finds the copy complete, and tells so itself, in about a quarter ' +
        'of an hour. Until then take the target as MIXED: do not open the database.',
    ];
  }
  if (hasFailedChecks(ended.manifest)) return tellFailed(ended.manifest);
  return tellError(errorOf(ended), 'look at the log of the execution, then run again.');
};

/** Why, and what to do about it. */
export const tellError = ({ name, message, remedy }: ErrorRecord, otherwise: string): string[] => [
  '',
  `What went wrong: ${name}. ${message}`,
  `What to do: ${remedy ?? otherwise}`,
];

/** What there is to know of the run, one a line. */
const facts = ({ execution, manifest }: Ended): string[] => {
  const { name, startDate, stopDate } = execution;
  const seconds = Math.round((stopDate - startDate) / 1_000);
  const about = [
    `Run         ${name}${manifest?.trigger ? ` (${manifest.trigger})` : ''}, ${seconds} s`,
  ];
  if (!manifest) return about;
  const { snapshot, pairs, target, warnings, recovered } = manifest;
  const bytes = pairs.reduce((sum, { source }) => sum + source.size, 0);
  return [
    ...groups(manifest),
    ...(snapshot?.created ? [`Snapshot    ${snapshot.name} of ${snapshot.created}`] : []),
    ...(target === 'refreshed' && pairs.length > 0
      ? [`Copied      ${pairs.length} volumes, ${formatSize(bytes)}`]
      : []),
    ...(recovered?.run ? [`Cleared up  run ${recovered.run}: ${recovered.outcome}`] : []),
    ...warnings.slice(0, SHOWN_STEPS).map((warning) => `Warning     ${warning}`),
    ...(warnings.length > SHOWN_STEPS
      ? [`Warning     and ${warnings.length - SHOWN_STEPS} more, in the manifest`]
      : []),
    ...about,
  ];
};

const groups = ({
  source_protection_group: source,
  target_protection_group: target,
  target: state,
  arrays,
}: Manifest): string[] => [
  ...(source ? [`Source      ${source}${arrays.source ? ` on ${arrays.source.name}` : ''}`] : []),
  ...(target
    ? [`Target      ${target}${arrays.target ? ` on ${arrays.target.name}` : ''}: ${states[state]}`]
    : []),
];

const byHand = ({ recovery_steps: steps }: Manifest): string[] => {
  if (steps.length === 0) return [];
  const more = steps.length - SHOWN_STEPS;
  return [
    '',
    'By hand, where no run can do it:',
    ...steps.slice(0, SHOWN_STEPS).map((step) => `  ${step}`),
    ...(more > 0 ? [`  and ${more} more, in the manifest`] : []),
  ];
};

/** A headline as SNS takes it for a mail. */
export const asSubject = (headline: string): string => {
  const ascii = `[flasharray-refresh] ${headline}`.replace(/[^\x20-\x7e]/g, '?');
  return ascii.length > LONGEST_SUBJECT ? `${ascii.slice(0, LONGEST_SUBJECT - 3)}...` : ascii;
};
