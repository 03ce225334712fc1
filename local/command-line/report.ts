import { joinMessage } from '../../lambda/refresh/errors.ts';
import type { Manifest } from '../../lambda/refresh/manifest.ts';
import type { ArrayIdentity } from '../../lambda/refresh/run.ts';
import { formatSize } from '../../lambda/refresh/volumes.ts';
import { checksTable, describeChecks } from './report-checks.ts';
import { retentionLines } from './report-retention.ts';
import { table } from './table.ts';

/**
 * What a person reads at the end of a run.
 * @param backsUp whether it puts the source database into backup mode, or would
 */
export const reportRun = (manifest: Manifest, backsUp: boolean): string =>
  [
    heading(manifest),
    pairsTable(manifest),
    hooksTable(manifest),
    checksTable(manifest),
    notes(manifest),
    outcome(manifest, backsUp),
    byHand(manifest),
  ]
    .filter((part) => part !== '')
    .join('\n\n');

/**
 * The command that executes what a dry run has shown, and nothing else.
 * @param args those of the dry run
 */
export const executingCommand = (args: readonly string[], { plan_hash }: Manifest): string => {
  const expected = plan_hash === null ? [] : ['--expect-plan', plan_hash];
  return commandWith([...args, '-x', ...expected]);
};

export const commandWith = (args: readonly string[]): string =>
  ['npm start --', ...args.map(quoteForShell)].join(' ');

const quoteForShell = (argument: string): string =>
  /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;

const heading = (manifest: Manifest): string => {
  const { mode, arrays, snapshot, source_protection_group, target_protection_group, guard } =
    manifest;
  return [
    arrays.source && `Array     ${describeArray(arrays.source)}`,
    mode === 'refresh' && source_protection_group && `Source    ${source_protection_group}`,
    ...databaseLines(manifest),
    snapshot && `Snapshot  ${snapshot.name} (${describeSnapshot(snapshot)})`,
    target_protection_group && `Target    ${target_protection_group}${onOther(arrays)}`,
    guard && `Before    ${guard} (the target as it was before)`,
  ]
    .filter(Boolean)
    .join('\n');
};

const describeArray = ({ name, host, rest_version }: ArrayIdentity): string =>
  `${name} (${host}, REST ${rest_version})`;

const onOther = ({ source, target }: Manifest['arrays']): string =>
  target && target.host !== source?.host ? ` on ${describeArray(target)}` : '';

const describeSnapshot = ({ created, reused }: NonNullable<Manifest['snapshot']>): string => {
  if (created === null) return 'not taken';
  return `${reused ? 'existing, of' : 'taken'} ${readable(created)}`;
};

/** `2026-11-24T01:00:03.000Z` as `2026-11-24 01:00:03 UTC`. */
const readable = (time: string): string => time.replace('T', ' ').replace(/(?:\.\d+)?Z$/, ' UTC');

const databaseLines = (manifest: Manifest): string[] => {
  const { database, backup_mode } = manifest;
  const lines = [
    ...(database ? [describeFacts(database)] : backup_mode ? [backup_mode.database] : []),
    ...(backup_mode ? [describeBackupMode(backup_mode, manifest)] : []),
  ];
  return lines.map((line, index) => `${index === 0 ? 'Database' : '        '}  ${line}`);
};

const describeFacts = ({ facts, read_from }: NonNullable<Manifest['database']>): string => {
  const { db_name, version, db_role, db_open_mode, db_scn, db_time } = facts;
  return [
    [db_name ?? 'of unknown name', version].filter(Boolean).join(' '),
    db_role,
    db_open_mode,
    [db_scn && `SCN ${db_scn}`, db_time && `at ${readable(db_time)}`].filter(Boolean).join(' '),
    read_from === 'tags' && 'as the tags of the snapshot say',
  ]
    .filter(Boolean)
    .join(', ');
};

const describeBackupMode = (
  { begun, ended, seconds }: NonNullable<Manifest['backup_mode']>,
  { error, mode }: Manifest,
): string => {
  if (begun && ended)
    return `in backup mode for ${seconds} s, from ${readable(begun)} to ${readable(ended)}`;
  if (ended) return `seen out of backup mode at ${readable(ended)}`;
  if (begun) return `IN BACKUP MODE SINCE ${readable(begun)}`;
  if (error?.name === 'BackupModeNotEnded') return 'MAYBE IN BACKUP MODE';
  return mode === 'recover'
    ? 'IN A BACKUP MODE THAT WAS LEFT ALONE'
    : 'was not put into backup mode';
};

const RULES = {
  tag: 'tagged before',
  equal: 'equal size',
  larger: 'larger',
  own: 'its own content from before',
} as const;

const pairsTable = ({ pairs }: Manifest): string => {
  if (pairs.length === 0) return '';
  return table(
    ['Source volume', 'Size', 'Target volume', 'Size', 'Why'],
    pairs.map(({ source, target, rule }) => [
      source.name,
      formatSize(source.size),
      `→ ${target.name}`,
      target.size === source.size
        ? formatSize(target.size)
        : `${formatSize(target.size)} → ${formatSize(source.size)}`,
      RULES[rule],
    ]),
    { right: [1, 3] },
  );
};

const hooksTable = ({ hooks }: Manifest): string => {
  if (hooks.length === 0) return '';
  return table(
    ['Hook', 'At', 'Calls', 'On', 'Outcome'],
    hooks.map(({ name, point, calls, results, status }) => [
      name,
      point,
      calls,
      results.map(({ instance }) => instance ?? '').join(' '),
      status,
    ]),
  );
};

const notes = (manifest: Manifest): string => {
  const { excluded, warnings } = manifest;
  return [
    ...(excluded.length > 0 ? [`Excluded: ${excluded.map(({ name }) => name).join(', ')}`] : []),
    ...retentionLines(manifest),
    ...warnings.map((warning) => `Note: ${warning}`),
  ].join('\n');
};

const TARGET_STATES: Readonly<Record<Manifest['target'], string>> = {
  none: 'There is no target group.',
  untouched: 'This run has changed nothing on the target group.',
  refreshed: 'The target group holds the snapshot.',
  restored: 'The target group holds what it held before.',
  mixed:
    'THE TARGET GROUP MAY BE MIXED: some volumes hold the snapshot, others what they held before. Do not use it.',
};

const outcome = (manifest: Manifest, backsUp: boolean): string => {
  const { status, target, error } = manifest;
  if (error) {
    return `FAILED: ${error.name}\n${joinMessage(error.message, error.remedy)}\n${TARGET_STATES[target]}`;
  }
  if (status === 'CHECKED') return describeChecks(manifest);
  if (status === 'PLANNED')
    return `PLANNED: ${describePlan(manifest, backsUp)} Nothing was changed.`;
  if (manifest.mode === 'recover') return `SUCCEEDED: ${describeRecovery(manifest)}`;
  if (manifest.mode === 'undo') return describeUndo(manifest);
  if (status === 'SNAPSHOT_ONLY')
    return `SNAPSHOT_ONLY: the snapshot is there. ${TARGET_STATES[target]}`;
  const when = manifest.snapshot?.created;
  return `SUCCEEDED: ${count(manifest.pairs.length)} of ${manifest.target_protection_group} now hold ${manifest.source_protection_group} as of ${when ? readable(when) : 'the snapshot'}.`;
};

const describePlan = (
  { mode, recovered, database, pairs, target_protection_group: target }: Manifest,
  backsUp: boolean,
): string => {
  const cleared = recovered?.run ? `run "${recovered.run}" would be cleared up after` : '';
  if (mode === 'recover') return `${cleared || 'nothing would be cleared up'}.`;
  const verb = mode === 'undo' ? 'put back' : 'overwritten';
  return `${[
    cleared,
    backsUp && `database ${database?.facts.db_name ?? ''} would be put into backup mode`,
    target === null
      ? 'only the snapshot would be taken'
      : `${count(pairs.length)} of ${target} would be ${verb}`,
  ]
    .filter(Boolean)
    .join(', and ')}.`;
};

const RECOVERED = {
  nothing: 'there was nothing to clear up.',
  refreshed: 'the run had succeeded: its copy is complete, and the target group is free again.',
  untouched: 'the run had overwritten nothing; the target group is as it was, and free again.',
  restored: 'the target group was put back to what it held before that run.',
} as const;

/** Of the backup mode no more is known than that it is over, maybe since long before. */
const describeRecovery = ({ recovered, backup_mode }: Manifest): string => {
  const target = recovered?.outcome ?? 'nothing';
  if (!backup_mode) return RECOVERED[target];
  const { database, run, ended } = backup_mode;
  const over =
    ended === null
      ? `database ${database} is in backup mode, but not by run "${run}", so it is left so.`
      : `the backup mode into which run "${run}" may have put database ${database} is over.`;
  return target === 'nothing' ? over : `${over} On the target: ${RECOVERED[target]}`;
};

const describeUndo = ({
  pairs,
  snapshot,
  target_protection_group,
  recovered,
}: Manifest): string => {
  if (recovered)
    return `SUCCEEDED: ${RECOVERED[recovered.outcome ?? 'nothing']} Nothing else was undone.`;
  const when = snapshot?.created;
  return `SUCCEEDED: ${count(pairs.length)} of ${target_protection_group} hold again what they held at ${when ? readable(when) : 'the snapshot'}, as ${snapshot?.name} kept it.`;
};

/** Where the target may be mixed and nothing else helps. */
const byHand = ({ recovery_steps: steps }: Manifest): string =>
  steps.length === 0
    ? ''
    : `To put it back by hand:\n${steps.map((step) => `  ${step}`).join('\n')}`;

const count = (n: number): string => (n === 1 ? '1 volume' : `${n} volumes`);
