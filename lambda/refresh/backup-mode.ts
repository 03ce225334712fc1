import { RefreshError } from './errors.ts';

/** `since 2026-11-24T01:00:03.000Z`, for a message. */
export const sinceWhen = (since: string | null): string =>
  since === null ? 'since an unknown time' : `since ${since}`;

/** What is known of a backup mode that could not be ended. */
export interface NotEnded {
  readonly database: string;
  readonly since: string | null;
  /** Whether somebody has seen that it is on; else nobody could look. */
  readonly isSeen: boolean;
  /** Why, as a sentence. */
  readonly problem: string;
}

/** The loudest error of all: production stays in backup mode until a person ends it. */
export const backupModeNotEnded = ({
  database,
  since,
  isSeen,
  problem,
}: NotEnded): RefreshError => {
  const state = isSeen
    ? `DATABASE ${database} IS STILL IN BACKUP MODE, ${sinceWhen(since)}`
    : `DATABASE ${database} MAY STILL BE IN BACKUP MODE, in which it was put ${since === null ? 'at an unknown time' : `at ${since}`}, and nobody could look`;
  return new RefreshError(
    'BackupModeNotEnded',
    `${state}: ${problem}`,
    'Log in to it as SYSBACKUP or SYSDBA and type ALTER DATABASE END BACKUP; – until then its redo grows, and after a crash it does not open without that.',
  );
};
