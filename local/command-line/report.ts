import Table from 'cli-table3';
import type { Manifest } from '../../lambda/refresh/manifest.ts';
import type { ArrayIdentity } from '../../lambda/refresh/run.ts';
import { formatSize } from '../../lambda/refresh/volumes.ts';

/** What a person reads at the end of a run. */
export const reportRun = (manifest: Manifest): string =>
  [heading(manifest), pairsTable(manifest), notes(manifest), outcome(manifest)]
    .filter((part) => part !== '')
    .join('\n\n');

const heading = ({
  arrays,
  snapshot,
  source_protection_group,
  target_protection_group,
}: Manifest): string =>
  [
    arrays.source && `Array     ${describeArray(arrays.source)}`,
    source_protection_group && `Source    ${source_protection_group}`,
    snapshot && `Snapshot  ${snapshot.name} (${describeSnapshot(snapshot)})`,
    target_protection_group && `Target    ${target_protection_group}${onOther(arrays)}`,
  ]
    .filter(Boolean)
    .join('\n');

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

const RULES = { tag: 'tagged before', equal: 'equal size', larger: 'larger' } as const;

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
    [1, 3],
  );
};

/** A table as wide as it needs to be. `right`: columns aligned to the right. */
export const table = (
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): string => {
  const drawn = new Table({
    head: [...head],
    style: { head: [], border: [], compact: true },
    colAligns: head.map((_, column) => (right.includes(column) ? 'right' : 'left')),
  });
  for (const row of rows) drawn.push([...row]);
  return drawn.toString();
};

const notes = ({ excluded, warnings }: Manifest): string =>
  [
    ...(excluded.length > 0 ? [`Excluded: ${excluded.map(({ name }) => name).join(', ')}`] : []),
    ...warnings.map((warning) => `Note: ${warning}`),
  ].join('\n');

const TARGET_STATES: Readonly<Record<Manifest['target'], string>> = {
  none: 'There is no target group.',
  untouched: 'The target group is as it was.',
  refreshed: 'The target group holds the snapshot.',
  restored: 'The target group was put back to what it held before.',
  mixed:
    'THE TARGET GROUP IS MIXED: some volumes hold the snapshot, others what they held before. Do not use it.',
};

const outcome = (manifest: Manifest): string => {
  const { status, target, error } = manifest;
  if (error) {
    const remedy = error.remedy === null ? '' : `\nWhat to do: ${error.remedy}`;
    return `FAILED: ${error.name}\n${error.message}${remedy}\n${TARGET_STATES[target]}`;
  }
  if (status === 'PLANNED')
    return `PLANNED: ${describePlan(manifest)} Nothing was changed; -x executes it.`;
  if (status === 'SNAPSHOT_ONLY')
    return `SNAPSHOT_ONLY: the snapshot is there. ${TARGET_STATES[target]}`;
  const when = manifest.snapshot?.created;
  return `SUCCEEDED: ${count(manifest.pairs.length)} of ${manifest.target_protection_group} now hold ${manifest.source_protection_group} as of ${when ? readable(when) : 'the snapshot'}.`;
};

const describePlan = ({ pairs, target_protection_group }: Manifest): string =>
  target_protection_group === null
    ? 'only the snapshot would be taken.'
    : `${count(pairs.length)} of ${target_protection_group} would be overwritten.`;

const count = (n: number): string => (n === 1 ? '1 volume' : `${n} volumes`);
