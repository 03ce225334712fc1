import type { Evidence } from './inspect.ts';
import type { Aftermath } from './run-world.ts';

/**
 * What must not be about the source database: that it is in backup mode when a run has ended, unless the run says so as
 * its error. Of an aborted one the run says it that clears up.
 */
export const inspectDatabase = ({
  course,
  first,
  ruled,
  follower,
  last,
  seen,
}: Evidence): string[] => [
  ...seen,
  ...(course.kind === 'recovery' && knowsNothing(first) ? [] : inspectRun(first)),
  ...[...(ruled ? [ruled] : []), ...(follower ? [last] : [])].flatMap(inspectRun),
  ...[first, ...(follower ? [last] : [])].flatMap(inspectTags),
  ...(ruled && ruled.ended.status !== 'SUCCEEDED'
    ? [`The clearing up after the aborted run ${ruled.ended.status}.`]
    : []),
];

/** Of a recovery that cannot read its notes nobody can ask more than that it fails. */
const knowsNothing = ({ ended, manifest }: Aftermath): boolean =>
  ended.status === 'FAILED' && !manifest?.backup_mode;

const inspectRun = ({ run, ended, manifest, isInBackupMode }: Aftermath): string[] => {
  if (!isInBackupMode || ended.status === 'ABORTED') return [];
  const error = ended.status === 'FAILED' ? ended.error : ended.status;
  // Where nothing could be recorded the execution has to say it alone.
  const said = manifest?.error?.name ?? error;
  if (error === NOT_ENDED && said === NOT_ENDED) return [];
  return [
    `The database is in backup mode after ${run}: the execution says ${error}, the manifest ${said}.`,
  ];
};

/** Wherever a snapshot of a good refresh lies it tells that it was taken in backup mode, or the run that it could not be told. */
const inspectTags = ({ run, ended, manifest, holdings }: Aftermath): string[] => {
  if (ended.status !== 'SUCCEEDED' || manifest?.mode !== 'refresh' || !manifest.database) return [];
  if (manifest.warnings.some((warning) => warning.includes('not on the snapshot as tags')))
    return [];
  return holdings.snapshots
    .filter(({ name }) => name.endsWith(`prd-pg.${run}`))
    .filter(({ tags, volumes }) => !isTold(tags) && !volumes.every((volume) => isTold(volume.tags)))
    .map(({ name }) => `Snapshot ${name} does not tell of its database.`);
};

const isTold = (tags: Readonly<Record<string, string>>): boolean => tags['backup_mode'] === 'Yes';

const NOT_ENDED = 'BackupModeNotEnded';
