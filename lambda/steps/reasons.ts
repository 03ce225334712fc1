import { backupModeNotEnded } from '../refresh/backup-mode.ts';
import { splitMessage } from '../refresh/errors.ts';
import { recordOf } from '../refresh/manifest.ts';
import type { ErrorRecord, Run } from '../refresh/run.ts';
import { backupModeOverdue } from './mark-snapshot.ts';

/** Why a run failed: what is most urgent, where more than one thing went wrong. */
export const reasonOf = (run: Run): ErrorRecord => {
  const { backup, backup_failure, failure, hook_failure, snapshot } = run;
  if (backup_failure) return notEnded(run, backup_failure);
  const isOverdue =
    failure?.Error === 'States.Timeout' && backup?.begun && snapshot?.created === null;
  if (isOverdue) return asRecord(backupModeOverdue(backup));
  return recordOf(failure ?? hook_failure ?? { Error: 'Unknown' });
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

/** That hooks could not be followed to their end, and what is to be done about those that are left. */
export const behindHooks = ({ id, refresh, failure, hook_failure }: Run): string[] => {
  if (!hook_failure) return [];
  const { name, message } = recordOf(hook_failure);
  const left = `Hooks may be left to be called; send { "refresh": "${refresh}", "recover": "${id}", "execute": true }.`;
  return [
    ...(failure ? [`Beside that its hooks could not be followed: ${name}: ${message}`] : []),
    left,
  ];
};
