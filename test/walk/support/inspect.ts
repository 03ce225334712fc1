import { factNames } from '../../../lambda/refresh/fact-tags.ts';
import type { Manifest } from '../../../lambda/refresh/manifest.ts';
import type { JournalEntry } from '../../../local/array/simulator.ts';
import type { Course } from './courses.ts';
import { belowVersion } from './ground.ts';
import { type Holdings, MAPPING, type VolumeReport } from './holdings.ts';
import { inspectDatabase } from './inspect-database.ts';
import { inspectHooks } from './inspect-hooks.ts';
import type { Aftermath } from './run-world.ts';
import type { Follower } from './worlds.ts';

/** What the targets hold: as before the run, what it copied, or some of each. */
export type Content = 'old' | 'new' | 'mixed';

export interface Evidence {
  /** What the run was on its way to. */
  readonly course: Course;
  /** After it. */
  readonly first: Aftermath;
  /** The manifest of the refresh at the very end. */
  readonly refreshAfterwards: Manifest | undefined;
  /** After the clearing up that the rule on aborted executions starts, where somebody does not do the same by hand. */
  readonly ruled: Aftermath | undefined;
  readonly follower: Follower | undefined;
  /** At the very end. */
  readonly last: Aftermath;
  /** After the clearing up by a person, where hooks were left nevertheless. */
  readonly late: Aftermath | undefined;
  readonly requests: readonly JournalEntry[];
  /** What was seen at once that must not be. */
  readonly seen: readonly string[];
}

/** What the target held after the run, and what must not be. */
export const inspect = (evidence: Evidence): { content: Content; breaches: string[] } => {
  const { course, first, follower, last, requests } = evidence;
  const { begin } = course;
  const content = contentOf(first.holdings, begin);
  const breaches = [
    ...inspectFirst(evidence, content),
    ...(follower === 'recovery' ? inspectRecovery(evidence, content) : []),
    ...(follower === 'refresh' ? inspectRefresh(last) : []),
    ...(follower && last.holdings.locks.length > 0 ? ['A lock is left.'] : []),
    ...inspectBystanders(begin, follower, last),
    ...inspectRequests(requests),
    ...inspectDatabase(evidence),
    ...inspectHooks(evidence),
  ];
  return { content, breaches };
};

const contentOf = (holdings: Holdings, begin: Holdings): Content => {
  if (holdings.holdsAsIn(begin)) return 'old';
  return holdings.holdsSourcesOf(begin) ? 'new' : 'mixed';
};

const WHOLE: Readonly<Record<Manifest['target'], Content | undefined>> = {
  none: undefined,
  untouched: 'old',
  restored: 'old',
  refreshed: 'new',
  mixed: undefined,
};

const inspectFirst = (
  { course: { kind, begin, start }, first, refreshAfterwards }: Evidence,
  content: Content,
): string[] => {
  const { ended, manifest, holdings } = first;
  const isLocked = holdings.locks.length > 0;
  const said = `the execution ${ended.status}, the manifest ${manifest?.status}/${manifest?.target}`;
  const breaches: string[] = [];
  const claim = (isSo: boolean, problem: string) => {
    if (!isSo)
      breaches.push(`${problem} (${said}, the content ${content}${isLocked ? ', locked' : ''})`);
  };
  if (ended.status === 'SUCCEEDED') {
    claim(manifest?.status === 'SUCCEEDED', 'The run succeeded, and its manifest does not say so.');
    claim(
      kind !== 'refresh' || manifest?.target === 'refreshed',
      'The refresh succeeded, and its manifest does not say so.',
    );
    claim(
      kind !== 'refresh' || content === 'new',
      'The refresh succeeded, and the target is not new.',
    );
    const isAdmitted = manifest?.warnings.some((warning) => warning.includes('set straight'));
    const isRecorded = refreshAfterwards && WHOLE[refreshAfterwards.target] === content;
    claim(
      kind !== 'recovery' || start.locks.length === 0 || isAdmitted === true || isRecorded === true,
      `The recovery succeeded, and the manifest of the refresh says ${refreshAfterwards?.target}.`,
    );
  }
  if (ended.status === 'ABORTED') {
    claim(content !== 'mixed' || isLocked, 'The target is mixed without a lock.');
    return breaches;
  }
  claim(content !== 'mixed' || isLocked, 'The target is mixed without a lock.');
  // What it says is older than what it could not write any more.
  if (first.isUnrecorded && manifest?.status === 'RUNNING') return breaches;
  // To a recovery that has found nothing to do, or has failed before it did anything, untouched is what it found.
  if (kind === 'recovery' && manifest?.target === 'untouched') {
    claim(holdings.holdsAsIn(start), 'The manifest is wrong about the target.');
    return breaches;
  }
  claim(
    content !== 'mixed' || manifest === undefined || manifest.target === 'mixed',
    'The target is mixed, and the manifest says something else.',
  );
  claim(manifest?.target !== 'none', 'The manifest says that there is no target.');
  claim(manifest?.target !== 'mixed' || isLocked, 'The manifest says mixed, and there is no lock.');
  const claimed = manifest && WHOLE[manifest.target];
  claim(claimed === undefined || claimed === content, 'The manifest is wrong about the target.');
  if (isLocked) return breaches;
  claim(
    content !== 'old' || holdings.isTaggedAsIn(begin),
    'The target is as it was, but not its tags.',
  );
  claim(content !== 'new' || holdings.isTaggedAnew(), 'The target is new, but not its tags.');
  return breaches;
};

const inspectRecovery = (
  { course: { begin }, first, refreshAfterwards, last }: Evidence,
  before: Content,
): string[] => {
  const { ended, manifest, holdings } = last;
  const content = contentOf(holdings, begin);
  const breaches: string[] = [];
  const claim = (isSo: boolean, problem: string) => {
    if (!isSo)
      breaches.push(
        `Recovery: ${problem} (the execution ${ended.status}${ended.status === 'FAILED' ? ` ${ended.error} ${ended.cause}` : ''}, the manifest ${manifest?.status}/${manifest?.target}, recovered ${manifest?.recovered?.outcome}, the content ${content}, before ${before})`,
      );
  };
  claim(ended.status === 'SUCCEEDED', 'it failed.');
  claim(content !== 'mixed', 'the target is mixed.');
  claim(content !== 'old' || holdings.isTaggedAsIn(begin), 'the tags are not as they were.');
  claim(content !== 'new' || holdings.isTaggedAnew(), 'the tags are not new.');
  const outcome = manifest?.recovered?.outcome;
  claim(outcome !== undefined && outcome !== null, 'it does not say what it did.');
  if (outcome === 'nothing') claim(content === before, 'it did something.');
  else if (outcome) {
    claim(WHOLE[outcome] === content, 'it is wrong about the target.');
    claim(
      refreshAfterwards?.target === outcome,
      `the manifest of the run that it cleared up after says ${refreshAfterwards?.target}.`,
    );
  }
  claim(first.holdings.locks.length === 0 || outcome !== 'nothing', 'it did not see the lock.');
  return breaches;
};

const inspectRefresh = ({ ended, manifest, holdings }: Aftermath): string[] => {
  const isNew = holdings.holdsSourcesOf(holdings) && holdings.isTaggedAnew();
  const isSaid = manifest?.status === 'SUCCEEDED' && manifest.target === 'refreshed';
  if (ended.status === 'SUCCEEDED' && isNew && isSaid) return [];
  const why = ended.status === 'FAILED' ? ` ${ended.error}: ${ended.cause}` : '';
  return [
    `The next refresh: the execution ${ended.status}${why}, the manifest ${manifest?.status}/${manifest?.target}, the target is ${isNew ? '' : 'not '}new.`,
  ];
};

const inspectBystanders = (
  begin: Holdings,
  follower: Follower | undefined,
  { run, holdings: now }: Aftermath,
): string[] => {
  const breaches: string[] = [];
  for (const before of begin.volumes.values()) {
    const after = now.volumes.get(before.name);
    const isTarget = before.name.startsWith('dev-');
    const isRewritten = follower === 'refresh' && before.name.startsWith('prd-');
    if (!after) breaches.push(`Volume ${before.name} is gone.`);
    else {
      if (!isTarget && !isRewritten && after.fingerprint !== before.fingerprint)
        breaches.push(`The content of ${before.name} has changed.`);
      if (tagsOf(after, isTarget) !== tagsOf(before, isTarget))
        breaches.push(`Tags of ${before.name} have changed: ${tagsOf(after, isTarget)}.`);
    }
  }
  const ofSource = now.snapshots.filter(
    ({ name, source }) => source.name === 'prd-pg' && name !== `prd-pg.${run}`,
  );
  if (ofSource.length > 1)
    breaches.push(`The source has ${ofSource.map(({ name }) => name).join(', ')}.`);
  const destroyed = now.locks.filter((lock) => lock.destroyed);
  if (destroyed.length > 0) breaches.push('A destroyed snapshot bears the name of the lock.');
  return breaches;
};

/** Of a target also those change that came with a copy: its mapping, and the facts that its snapshot's volumes bear. */
const OF_COPIES: readonly string[] = [MAPPING, ...factNames];

const tagsOf = ({ tags }: VolumeReport, isTarget: boolean): string =>
  JSON.stringify(
    Object.entries(tags)
      .filter(([key]) => !(isTarget && OF_COPIES.includes(key)))
      .toSorted(),
  );

/** All that may change something: nothing of it touches groups, hosts or connections, and nothing is eradicated. */
const ALLOWED = [
  'POST /login',
  'POST /logout',
  'POST /protection-group-snapshots',
  'POST /protection-group-snapshots/replica',
  'PATCH /protection-group-snapshots',
  'PUT /volume-snapshots/tags/batch',
  'POST /volumes',
  'POST /volumes/batch',
  'POST /volumes/batch/test',
  'PUT /volumes/tags/batch',
  'DELETE /volumes/tags',
];

const inspectRequests = (requests: readonly JournalEntry[]): string[] => {
  const calls = requests
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path }) => `${method} ${belowVersion(path)}`);
  const wrong = new Set(calls.filter((call) => !ALLOWED.includes(call)));
  const eradicating = requests.some(({ query }) => 'for_replication' in query);
  return [
    ...[...wrong].map((call) => `Sent ${call}.`),
    ...(eradicating ? ['Sent for_replication.'] : []),
  ];
};
