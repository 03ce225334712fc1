import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ObjectStore } from '../lambda/steps/ports.ts';

/** What the cloud keeps of runs. Definitions stay out: on the command line each run brings its own. */
const KEPT = ['runs/', 'manifests/'];

/**
 * Writes what the bucket keeps of runs into `directory`, each object as the file of its key. A file is replaced whole,
 * so that two processes may write `latest.json` at once.
 */
export const mirrorBucket = async (bucket: ObjectStore, directory: string): Promise<void> => {
  const keys = (await Promise.all(KEPT.map((prefix) => bucket.list(prefix)))).flat();
  await Promise.all(keys.map((key) => writeObject(bucket, key, join(directory, key))));
};

const writeObject = async (bucket: ObjectStore, key: string, path: string): Promise<void> => {
  const text = await bucket.read(key);
  if (text === undefined) return;
  await mkdir(dirname(path), { recursive: true });
  const own = `${path}.${process.pid}`;
  await writeFile(own, text);
  await rename(own, path);
};
