import { factsAtSnapshot } from '../refresh/database-facts.ts';
import { RefreshError, splitMessage } from '../refresh/errors.ts';
import { factTags } from '../refresh/fact-tags.ts';
import type { RefreshRequest } from '../refresh/request.ts';
import type { Run, RunBackup } from '../refresh/run.ts';
import { databaseDocument, findDocument, takingDocument, writeDocument } from './documents.ts';
import type { Capabilities, Clock, FlashArray, ObjectStore, Ports, Tag } from './ports.ts';

/**
 * A new snapshot is taken in backup mode, if that is asked for, or not at all.
 * @throws SnapshotVanished where the run was to use one that is there, and so the database was left alone
 * @throws BackupModeOverdue where the time is up for which the database may be in backup mode
 */
export const refuseWithoutBackupMode = (
  { backup, snapshot }: Run,
  { ora_facts, ora_backup_mode }: RefreshRequest,
  clock: Clock,
): void => {
  if (!ora_facts) return;
  if (snapshot?.reused || (ora_backup_mode && !backup?.begun)) {
    throw new RefreshError(
      'SnapshotVanished',
      `Snapshot "${snapshot?.name}" was there and is gone, and the database has not been looked at for a new one.`,
      'Run again: then a new one is taken.',
    );
  }
  if (!backup?.begun) return;
  const until = Date.parse(backup.begun) + backup.max_seconds * 1_000;
  if (clock.now().getTime() < until) return;
  throw backupModeOverdue(backup);
};

export const backupModeOverdue = ({ max_seconds, database }: RunBackup): RefreshError =>
  new RefreshError(
    'BackupModeOverdue',
    `The snapshot was not complete within the ${max_seconds} s for which database ${database} may be in backup mode.`,
    'Look why array or database were slow, or raise ora_backup_mode_max_seconds; then run again, with another snapshot_name: this one may still come, outside of backup mode.',
  );

/** Tags that tell of which database a snapshot is, and where they go. */
export interface Marks {
  /** In the request that makes the snapshot (REST >= 2.44). */
  readonly ofGroup: readonly Tag[];
  /** Below that, on its volume snapshots afterwards. */
  readonly ofMembers: readonly Tag[];
  /** Whether the snapshot is sent only when it bears them: what comes after the sending does not reach the replica. */
  readonly beforeSending: boolean;
}

export const NO_MARKS: Marks = { ofGroup: [], ofMembers: [], beforeSending: false };

/** The facts as tags; backup mode has been begun since they were read. */
export const marksFor = async (
  { id, backup, reads_database }: Run,
  store: ObjectStore,
  { snapshotTags, sendReplica }: Capabilities,
): Promise<Marks> => {
  const record = reads_database ? await findDocument(store, id, databaseDocument) : undefined;
  if (record?.read_from !== 'session') return NO_MARKS;
  const tags = factTags(factsAtSnapshot(record.facts, backup));
  if (snapshotTags) return { ...NO_MARKS, ofGroup: tags };
  return { ...NO_MARKS, ofMembers: tags, beforeSending: sendReplica };
};

/** Notes that this run asks for its snapshot. @returns whether an earlier attempt of it has, whose snapshot may be there */
export const noteTaking = async (
  { id }: Run,
  { store, clock }: Pick<Ports, 'store' | 'clock'>,
): Promise<boolean> => {
  const earlier = await findDocument(store, id, takingDocument);
  await writeDocument(store, id, takingDocument, { begun: clock.now().toISOString() });
  return earlier !== undefined;
};

/** The facts, and backup mode, would be claimed of a snapshot that somebody else has taken before them. */
export const snapshotAppeared = (name: string): RefreshError =>
  new RefreshError(
    'SnapshotAppeared',
    `Snapshot "${name}" has come since this run looked, and is not its own: it may be from before backup mode.`,
    'Use another snapshot_name, or run again to use that snapshot as it is.',
  );

/** Puts the same tags onto all volume snapshots. Without them the snapshot is as good. */
export const markMembers = async (
  array: FlashArray,
  groupSnapshot: string,
  tags: readonly Tag[],
): Promise<string[]> => {
  if (tags.length === 0) return [];
  try {
    const members = await array.volumeSnapshots(groupSnapshot);
    const ids = members.map(({ id }) => id);
    await array.tagSnapshots(ids, tags, { copyable: true });
    return [];
  } catch (error) {
    const { message } = splitMessage(error instanceof Error ? error.message : String(error));
    return [`The facts of the database are not on the snapshot as tags. ${message}`];
  }
};
