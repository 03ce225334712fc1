import { runOf, UNKNOWN_RUN } from '../refresh/guard.ts';
import { recordOf } from '../refresh/manifest.ts';
import type { ErrorRecord, Run } from '../refresh/run.ts';
import { findLock, lockName } from './look-at-guards.ts';
import type { FlashArray } from './ports.ts';

/** What a person can do where the target was left mixed: let the product clear up, or do it by hand. */

/** The failure with the way out as its remedy: it reaches the log, the execution and the manifest alike. */
export const withWayOut = (error: ErrorRecord, run: Run): ErrorRecord => {
  const guarded = guardedRun(run);
  const lock = lockName(run.target_protection_group ?? '');
  return {
    ...error,
    remedy:
      `THE TARGET MAY BE MIXED; do not use it. Have it put back: send { "refresh": "${run.refresh}", "recover": "${guarded}", "execute": true }, ` +
      `or npm start -- --recover ${guarded} -t ${run.target_protection_group} -f FILE -x; the next run of the refresh does the same. ` +
      `By hand: copy each member of snapshot "${lock}" onto its volume (purevol copy --overwrite ${lock}.VOLUME VOLUME), ` +
      `then rename the snapshot, and never destroy it under this name. ${error.remedy ?? ''}`.trimEnd(),
  };
};

const guardedRun = (run: Run): string =>
  run.recovery && !run.recovery.done ? (run.recovery.run ?? UNKNOWN_RUN) : run.id;

/** The commands of the last resort, volume by volume; without them where the array does not answer. */
export const stepsByHand = async (run: Run, array: FlashArray | undefined): Promise<string[]> => {
  const group = run.target_protection_group;
  if (!array || group === null) return [];
  try {
    const lock = await findLock(array, group);
    if (!lock) return [];
    const kept = lock.members.filter(({ id }) => lock.record?.journal?.get(id)?.planned !== false);
    const volumes = await array.volumesWithIds(kept.flatMap(({ source }) => source.id ?? []));
    const names = new Map(volumes.map(({ id, name }) => [id, name]));
    const held = lock.record ? ` of run ${runOf(lock.record.owner.guards)}` : '';
    return [
      ...kept.map(
        ({ name, source }) =>
          `purevol copy --overwrite ${name} ${names.get(source.id ?? '') ?? source.name}`,
      ),
      `Rename protection group snapshot ${lock.snapshot.name}${held}, for example to ${group}.restored-by-hand; do not destroy it under its present name.`,
    ];
  } catch {
    return [];
  }
};

/** Why the target could not be put back, beside why the run failed in the first place. */
export const rollbackFailure = ({ rollback_failure: failure }: Run): string[] => {
  if (!failure) return [];
  const { name, message } = recordOf(failure);
  return [`Putting the target back failed: ${name}: ${message}`];
};
