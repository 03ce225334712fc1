import { acquireGuard } from './acquire-guard.ts';
import { checkReplication } from './check-replication.ts';
import { findBackupMode } from './find-backup-mode.ts';
import { followHooks } from './follow-hooks.ts';
import { noteBackupEnded } from './note-backup-ended.ts';
import { noteDatabase } from './note-database.ts';
import { overwriteVolumes } from './overwrite-volumes.ts';
import { planOverwrite } from './plan-overwrite.ts';
import { prepare } from './prepare.ts';
import { recordFailure } from './record-failure.ts';
import { recordResult } from './record-result.ts';
import { recoverTarget } from './recover-target.ts';
import { releaseGuard } from './release-guard.ts';
import { rollBack } from './roll-back.ts';
import type { Step } from './run-array-step.ts';
import { takeSnapshot } from './take-snapshot.ts';
import { verifyTarget } from './verify-target.ts';

/** The steps by the name with which the state machine calls them. */
export const steps = {
  prepare,
  'find-backup-mode': findBackupMode,
  'note-database': noteDatabase,
  'note-backup-ended': noteBackupEnded,
  'take-snapshot': takeSnapshot,
  'check-replication': checkReplication,
  'plan-overwrite': planOverwrite,
  'acquire-guard': acquireGuard,
  'overwrite-volumes': overwriteVolumes,
  'verify-target': verifyTarget,
  'release-guard': releaseGuard,
  'roll-back': rollBack,
  'follow-hooks': followHooks,
  'recover-target': recoverTarget,
  'record-result': recordResult,
  'record-failure': recordFailure,
} as const satisfies Record<string, Step>;
