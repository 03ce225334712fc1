import { RefreshError } from '../refresh/errors.ts';
import { compareNames } from '../refresh/naming.ts';
import type { RefreshRequest } from '../refresh/request.ts';
import type { FlashArray, VolumeLoad } from './ports.ts';

type Limits = Pick<RefreshRequest, 'require_idle_target' | 'idle_target_max_reads'>;

/**
 * Refuses a target that is in use: to overwrite a volume under a database that is open destroys it.
 * @throws TargetInUse naming volumes and figures
 */
export const refuseBusy = async (
  array: FlashArray,
  volumes: readonly string[],
  limits: Limits,
): Promise<void> => {
  if (!limits.require_idle_target) return;
  const busy = (await array.loads(volumes))
    .filter((load) => isBusy(load, limits))
    .sort((a, b) => compareNames(a.volume, b.volume));
  if (busy.length === 0) return;
  const figures = busy
    .slice(0, 10)
    .map(
      ({ volume, readsPerSecond, writesPerSecond }) =>
        `"${volume}" ${round(writesPerSecond)} writes/s and ${round(readsPerSecond)} reads/s`,
    );
  const more = busy.length > 10 ? ` and ${busy.length - 10} more` : '';
  throw new RefreshError(
    'TargetInUse',
    `The target is in use: ${figures.join(', ')}${more}.`,
    'Shut the database on the target down, then run again. Reads of monitoring can be allowed for with ' +
      'idle_target_max_reads; require_idle_target: false overwrites what is in use.',
  );
};

const isBusy = (load: VolumeLoad, { idle_target_max_reads: most }: Limits): boolean =>
  load.writesPerSecond > 0 || load.readsPerSecond > most;

/** So that nothing which is in use is shown as 0. */
const round = (figure: number): number =>
  Number(figure < 0.1 ? figure.toPrecision(1) : figure.toFixed(1));
