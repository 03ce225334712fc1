import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalBucket, startBucket } from '../../local/aws/bucket.ts';
import { mirrorBucket, recallBucket } from '../../local/mirror.ts';
import { newFolder, removeFolders } from '../bin/command-line.ts';
import { MemoryStore } from '../lambda/support/memory-store.ts';

afterAll(removeFolders);

const KEPT = ['acquire', 'backup', 'overwrite', 'request', 'snapshot'];

/** The keys of what is recalled of two killed runs, which left no manifests. */
const recall = async (
  recover: string | undefined,
  others: readonly string[] = [],
): Promise<string[]> => {
  const folder = await newFolder();
  for (const key of others) {
    await mkdir(dirname(join(folder, key)), { recursive: true });
    await writeFile(join(folder, key), '{}');
  }
  for (const run of ['run-1', 'run-2']) {
    for (const name of KEPT) {
      const file = join(folder, 'runs', run, `${name}.json`);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, '{}');
    }
  }
  const keys: string[] = [];
  const bucket = new MemoryStore();
  bucket.write = async (key) => {
    keys.push(key);
  };
  await recallBucket(bucket, folder, { refresh: 'dev-pg', planHash: undefined, recover });
  return keys.toSorted();
};

it('a killed run that is cleared up after is recalled as far as its backup mode needs it', async () => {
  expect(await recall('run-2')).toEqual(['runs/run-2/backup.json', 'runs/run-2/snapshot.json']);
});

it('nothing is recalled of it otherwise', async () => {
  expect(await recall(undefined)).toEqual([]);
});

it('what tells own snapshots, and those that others use, is recalled by every run', async () => {
  const kept = [
    'manifests/dev-pg/owner.json',
    'runs/_snapshots/fa-prod/prd-pg/prd-pg.s1/run-1.json',
  ];

  expect(await recall(undefined, kept)).toEqual(kept);
});

describe('what is in the bucket is kept', () => {
  let bucket: LocalBucket;
  beforeEach(async () => {
    bucket = await startBucket('refreshes');
  });
  afterEach(() => bucket.stop());

  const USE = 'runs/_snapshots/fa-prod/prd-pg/prd-pg.s1/run-1.json';

  it('but not what was recalled: another process may have written it since', async () => {
    const folder = await newFolder();
    await mkdir(dirname(join(folder, USE)), { recursive: true });
    await writeFile(join(folder, USE), '{"by":"this run, earlier"}');
    await recallBucket(bucket, folder, {
      refresh: 'dev-pg',
      planHash: undefined,
      recover: undefined,
    });
    const mirror = await mirrorBucket(bucket, folder);
    await writeFile(join(folder, USE), '{"by":"another"}');

    await mirror();

    expect(await readFile(join(folder, USE), 'utf8')).toBe('{"by":"another"}');
  });

  it('as far as it can be, before it is said that something cannot', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'runs'), '');
    const mirror = await mirrorBucket(bucket, folder);
    const manifests = Array.from({ length: 20 }, (_, index) => `manifests/dev-pg/r-${index}.json`);
    for (const key of ['runs/r-1/plan.json', ...manifests])
      await bucket.write(key, '{}', 'application/json');

    await expect(mirror()).rejects.toMatchObject({ code: 'ENOTDIR' });

    for (const key of manifests) expect(await readFile(join(folder, key), 'utf8')).toBe('{}');
  });
});
