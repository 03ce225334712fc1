import { heldBy } from '../refresh/held-copy.ts';
import { CURRENT, readManifest } from '../steps/current-manifest.ts';
import { listRefreshes } from '../steps/definitions.ts';
import type { Clock } from '../steps/ports.ts';
import { manifestFolder } from '../steps/record.ts';
import type { NoticePorts } from './tell.ts';

const MS_PER_HOUR = 3_600_000;

/**
 * Measures how old the copy is that each target holds: the time since the instant of production that was copied, in hours.
 * A target that is mixed, or of which that instant is not known, has none.
 * @returns the ages by refresh
 */
export const measureAges = async (
  { store, measure }: Pick<NoticePorts, 'store' | 'measure'>,
  clock: Pick<Clock, 'now'>,
): Promise<Readonly<Record<string, number>>> => {
  const ages: Record<string, number> = {};
  for (const refresh of await listRefreshes(store)) {
    const manifest = await readManifest(store, `${manifestFolder(refresh)}/${CURRENT}`);
    const copy = heldBy(manifest);
    if (!copy) continue;
    const hours = (clock.now().getTime() - Date.parse(copy.created)) / MS_PER_HOUR;
    ages[refresh] = hours;
    measure(refresh, [{ name: 'CopyAgeHours', unit: 'None', value: hours }]);
  }
  return ages;
};
