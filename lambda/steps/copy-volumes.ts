import pMap from 'p-map';
import { nameKey } from '../refresh/naming.ts';
import type { FlashArray, VolumeCopy } from './ports.ts';

/** Mutations under way at once where the array takes one volume a request. */
const CONCURRENCY = 4;

/**
 * Overwrites volumes and tags each, in one request where the array can. Doing it twice comes to the same.
 * @param beSure called before each request that overwrites: throws where it must not be sent any more
 */
export const copyVolumes = async (
  array: FlashArray,
  copies: readonly VolumeCopy[],
  beSure: () => Promise<void>,
): Promise<void> => {
  if ((await array.capabilities()).batchOverwrite) {
    await beSure();
    await array.overwriteBatch(copies);
  } else {
    // Copies first, tags after: a tag must not claim a source whose content is not there.
    await forEach(copies, async (copy) => {
      await beSure();
      await array.overwriteVolume(copy);
    });
    await tagVolumes(array, copies);
  }
};

/** Takes the pairing tag from those that shall bear none. */
export const untagVolumes = async (
  array: FlashArray,
  copies: readonly VolumeCopy[],
): Promise<void> => {
  const untagged = copies.filter(({ mapping }) => mapping === null).map(({ target }) => target);
  if (untagged.length === 0) return;
  const mappings = await array.mappings(untagged);
  const tagged = untagged.filter((target) => mappings.has(nameKey(target)));
  if (tagged.length > 0) await array.untagVolumes(tagged);
};

/**
 * Tags each volume that has been overwritten, where it does not bear that tag already. That is looked up after the copy,
 * which brings the copyable tags of its source along: one of them may bear our key, where the source has once been a
 * target itself.
 */
export const tagVolumes = async (
  array: FlashArray,
  copies: readonly VolumeCopy[],
): Promise<void> => {
  const mappings = await array.mappings(copies.map(({ target }) => target));
  const changed = copies.filter(
    ({ target, mapping }) => mapping !== null && mappings.get(nameKey(target)) !== mapping,
  );
  await forEach(changed, (copy) => array.tagVolume(copy));
};

/** After the first failure no further one is begun, and those under way are waited for: none may land later unseen. */
const forEach = async (
  copies: readonly VolumeCopy[],
  act: (copy: VolumeCopy) => Promise<void>,
): Promise<void> => {
  const failures: unknown[] = [];
  await pMap(
    copies,
    async (copy) => {
      if (failures.length > 0) return;
      await act(copy).catch((error: unknown) => failures.push(error));
    },
    { concurrency: CONCURRENCY },
  );
  if (failures.length > 0) throw failures[0];
};
