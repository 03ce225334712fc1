import { type Manifest, manifestSchema } from '../refresh/manifest.ts';
import { writeJson } from './documents.ts';
import type { ObjectStore } from './ports.ts';

/** The manifest of the run whose copy the target holds. */
export const CURRENT = 'current.json';
/** What that was before the target became mixed. */
export const LAST_WHOLE = 'last-whole.json';

export const readManifest = async (
  store: Pick<ObjectStore, 'read'>,
  key: string,
): Promise<Manifest | undefined> => {
  const text = await store.read(key);
  if (text === undefined) return undefined;
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch {
    // Of another version, or damaged.
    return undefined;
  }
};

/** Says what the target of a refresh holds now. Before it says that this is a mix, what it held is kept. */
export const writeCurrent = async (
  store: ObjectStore,
  folder: string,
  manifest: Manifest,
): Promise<void> => {
  if (manifest.target === 'mixed') {
    const current = await readManifest(store, `${folder}/${CURRENT}`);
    if (current && current.target !== 'mixed') {
      await writeJson(store, `${folder}/${LAST_WHOLE}`, current);
    }
  }
  await writeJson(store, `${folder}/${CURRENT}`, manifest);
};

/**
 * Says that the target of a refresh holds again what it held before it was mixed.
 * @param manifest of the run that was put back; stands in where nothing is known of an earlier one
 */
export const restoreCurrent = async (
  store: ObjectStore,
  folder: string,
  manifest: Manifest,
): Promise<void> => {
  const current = await readManifest(store, `${folder}/${CURRENT}`);
  if (current?.target !== 'mixed') return;
  const whole = await readManifest(store, `${folder}/${LAST_WHOLE}`);
  await writeJson(store, `${folder}/${CURRENT}`, whole ?? manifest);
};
