import { errorKind } from '../../lambda/refresh/errors.ts';
import { backupAlarm } from './backup-alarm.ts';
import { EXIT } from './exit-codes.ts';
import type { Options } from './options.ts';
import type { Progress } from './progress.ts';
import { executingCommand, reportRun } from './report.ts';
import type { Ended } from './run.ts';
import type { SimulatedArray } from './simulated-array.ts';

export interface Showing {
  readonly options: Pick<Options, 'json'>;
  /** Those of the run. */
  readonly args: readonly string[];
  readonly progress: Progress;
  /** The command that clears up after a run. */
  readonly recovering: (run: string) => string;
  readonly simulated: SimulatedArray | undefined;
}

/** Shows how a run ended. A database that stays in backup mode is the first and the last that a person sees of it. */
export const showEnd = (ended: Ended, showing: Showing): void => {
  const { inBackupMode } = ended;
  const alarm = inBackupMode && backupAlarm(inBackupMode, showing.recovering(inBackupMode.run));
  if (alarm) showing.progress.alarm(alarm);
  show(ended, showing);
  if (alarm) showing.progress.alarm(alarm);
};

const show = (
  { manifest, path, losses, result, backsUp }: Ended,
  { options, args, progress, simulated }: Showing,
): void => {
  // The last word is missing: what there is was written for a hook.
  if (!manifest || manifest.status === 'RUNNING') {
    const reason = result.status === 'FAILED' ? ` ${result.error}: ${result.cause}` : '';
    progress.say(`The run failed, and not even that could be recorded.${reason}`);
  } else if (options.json) {
    console.log(JSON.stringify(manifest, null, 2));
  } else {
    console.log(`\n${reportRun(manifest, backsUp)}`);
    if (simulated && manifest.status === 'SUCCEEDED')
      console.log(`\n${simulated.compare(manifest)}`);
    if (manifest.status === 'PLANNED')
      console.log(`\nThis executes it:\n  ${executingCommand(args, manifest)}`);
    console.log(
      path === undefined
        ? `\nManifest, which is kept nowhere else; what lies in the data folder tells of earlier runs:\n${JSON.stringify(manifest, null, 2)}`
        : `\nManifest  ${path}`,
    );
  }
  for (const loss of losses) progress.warn(loss);
};

export const exitCode = (
  { manifest, overwriteBegun, inBackupMode, losses }: Ended,
  isInterrupted: boolean,
): number => {
  if (inBackupMode) return EXIT.inBackupMode;
  if (!manifest) return overwriteBegun ? EXIT.mixed : EXIT.failure;
  if (manifest.target === 'mixed') return EXIT.mixed;
  if (manifest.status === 'RUNNING')
    return overwriteBegun && manifest.target === 'untouched' ? EXIT.mixed : EXIT.failure;
  if (manifest.error) return codeOf(manifest.error.name);
  return isInterrupted || losses.length > 0 ? EXIT.failure : EXIT.success;
};

/** The exit code for an error, where nothing worse is known. */
export const codeOf = (errorName: string): number =>
  errorKind(errorName) === 'input' ? EXIT.usage : EXIT.failure;
