import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { allAtOnce } from '../lambda/steps/at-once.ts';
import { CURRENT, LAST_WHOLE } from '../lambda/steps/current-manifest.ts';
import {
  backupDocument,
  hooksDocument,
  keyOf,
  planDocument,
  RESERVATIONS,
  releaseDocument,
  SNAPSHOT_USES,
  snapshotDocument,
} from '../lambda/steps/documents.ts';
import { shownPlanKey } from '../lambda/steps/expected-plan.ts';
import type { ObjectStore } from '../lambda/steps/ports.ts';
import { OWNER } from '../lambda/steps/refresh-owner.ts';
import type { LocalBucket } from './aws/bucket.ts';

/** What the cloud keeps of runs. Definitions stay out: on the command line each run brings its own. */
const KEPT = ['runs/', 'manifests/'];
/** Runs that are remembered: the last ones are those that may have to be cleared up after. */
const REMEMBERED = 10;

/**
 * What tells of a run that was killed, and so left no manifest, whether its database may be in backup mode, and which of its
 * hooks are left.
 */
const OF_A_DEAD_RUN = [
  backupDocument,
  snapshotDocument,
  hooksDocument,
  releaseDocument,
  planDocument,
];

/** What a run may ask for of earlier ones. */
export interface Wanted {
  readonly refresh: string;
  readonly planHash: string | undefined;
  /** The run that is cleared up after. */
  readonly recover: string | undefined;
}

/**
 * Makes what writes that into `directory`, each object as the file of its key, and only what has changed since the last
 * time: what is in the bucket by now comes from there, and others may have written it anew meanwhile. A file is replaced
 * whole, so that two processes may write `latest.json` at once. Where one cannot be written, the others are all the same.
 */
export const mirrorBucket = async (
  bucket: LocalBucket,
  directory: string,
): Promise<() => Promise<void>> => {
  const look = async () =>
    (await Promise.all(KEPT.map((prefix) => bucket.versions(prefix)))).flat();
  const written = new Map((await look()).map(({ key, version }) => [key, version]));
  return async () => {
    const changed = (await look()).filter(({ key, version }) => written.get(key) !== version);
    await allAtOnce(
      changed.map(async ({ key, version }) => {
        await writeObject(bucket, key, join(directory, key));
        written.set(key, version);
      }),
    );
  };
};

const writeObject = async (bucket: ObjectStore, key: string, path: string): Promise<void> => {
  const text = await bucket.read(key);
  if (text === undefined) return;
  await mkdir(dirname(path), { recursive: true });
  const own = `${path}.${process.pid}`;
  try {
    await writeFile(own, text);
    await rename(own, path);
  } catch (error) {
    await rm(own, { force: true });
    throw error;
  }
};

/** What an earlier process has kept, as far as a run of this refresh may ask for it: see `mirrorBucket`. */
export const recallBucket = async (
  bucket: ObjectStore,
  directory: string,
  { refresh, planHash, recover }: Wanted,
): Promise<void> => {
  const folder = `manifests/${refresh}`;
  const runs = await newestRuns(join(directory, folder));
  const keys = [
    ...(await filesIn(directory, RESERVATIONS)),
    ...(await filesIn(directory, SNAPSHOT_USES)),
    `${folder}/${OWNER}`,
    `${folder}/${CURRENT}`,
    `${folder}/${LAST_WHOLE}`,
    ...runs.flatMap((run) => [`${folder}/${run}.json`, keyOf(run, planDocument.name)]),
    ...(planHash === undefined ? [] : [shownPlanKey(planHash)]),
    ...(recover === undefined ? [] : OF_A_DEAD_RUN.map(({ name }) => keyOf(recover, name))),
  ];
  await Promise.all(
    keys.map(async (key) => {
      const text = await readFile(join(directory, key), 'utf8').catch(() => undefined);
      if (text !== undefined) await bucket.write(key, text, 'application/json');
    }),
  );
};

/** Keys of all that lies in a folder of the mirror. */
const filesIn = async (directory: string, folder: string): Promise<string[]> => {
  const files = await readdir(join(directory, folder), { recursive: true }).catch(() => []);
  return files.filter((file) => file.endsWith('.json')).map((file) => `${folder}/${file}`);
};

const newestRuns = async (folder: string): Promise<string[]> => {
  const files = (await readdir(folder).catch(() => [])).filter(
    (file) => file.endsWith('.json') && !['latest.json', CURRENT, LAST_WHOLE, OWNER].includes(file),
  );
  const dated = await Promise.all(
    files.map(async (file) => ({ file, at: (await stat(join(folder, file))).mtimeMs })),
  );
  return dated
    .sort((a, b) => b.at - a.at)
    .slice(0, REMEMBERED)
    .map(({ file }) => file.slice(0, -'.json'.length));
};
