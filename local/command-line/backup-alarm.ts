import * as z from 'zod';
import { END_BACKUP } from '../../lambda/oracle/statements.ts';

const noted = z.object({
  backup: z.object({ run: z.string(), database: z.string(), done: z.boolean() }),
});

/** A database that may be in backup mode, and the run that has put it there. */
export type OpenBackup = Pick<z.output<typeof noted>['backup'], 'run' | 'database'>;

/** What a run document says of it: from Begin Backup on, until End Backup has succeeded. */
export const openBackup = (run: unknown): OpenBackup | undefined => {
  const backup = noted.safeParse(run).data?.backup;
  return backup?.done === false ? backup : undefined;
};

/** What nobody must overlook, with both ways out. @param recovering the command that clears up after the run */
export const backupAlarm = ({ database }: OpenBackup, recovering: string): string =>
  `DATABASE ${database} MAY STILL BE IN BACKUP MODE.\n` +
  `LOG IN TO IT AS SYSBACKUP OR SYSDBA AND TYPE\n  ${END_BACKUP};\nor have it ended:\n  ${recovering}`;
