import { backupModeNotEnded } from '../refresh/backup-mode.ts';
import { splitMessage } from '../refresh/errors.ts';
import { recordOf } from '../refresh/manifest.ts';
import type { ErrorRecord, Run } from '../refresh/run.ts';
import { backupModeOverdue } from './mark-snapshot.ts';

/** Why a run failed: what is most urgent, where more than one thing went wrong. */
export const reasonOf = (run: Run): ErrorRecord => {
  const { backup, backup_failure, failure, snapshot } = run;
  if (backup_failure) return notEnded(run, backup_failure);
  const isOverdue =
    failure?.Error === 'States.Timeout' && backup?.begun && snapshot?.created === null;
  if (isOverdue) return asRecord(backupModeOverdue(backup));
  return recordOf(failure ?? { Error: 'Unknown' });
};

/** What else went wrong in a run that could not end backup mode. */
export const behindBackupMode = ({ backup_failure, failure }: Run): string[] => {
  if (!backup_failure || !failure) return [];
  const { name, message } = recordOf(failure);
  return [`Beside that the run failed: ${name}: ${message}`];
};

/** A step that was cut off says nothing of what it has seen. */
const notEnded = ({ backup }: Run, failure: NonNullable<Run['failure']>): ErrorRecord => {
  const reason = recordOf(failure);
  if (reason.name === 'BackupModeNotEnded') return reason;
  return asRecord(
    backupModeNotEnded({
      database: backup?.database ?? 'of the source',
      since: backup?.since ?? backup?.begun ?? null,
      isSeen: false,
      problem: `${reason.name}: ${reason.message}`,
    }),
  );
};

const asRecord = ({ name, message }: { name: string; message: string }): ErrorRecord => ({
  name,
  ...splitMessage(message),
});
