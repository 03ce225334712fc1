import { access, constants, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LocalBucket } from '../aws/bucket.ts';
import { mirrorBucket } from '../mirror.ts';
import { type Options, UsageError } from './options.ts';

/** More than a run of a few hundred volumes leaves behind. */
const ROOM = Buffer.alloc(2 ** 20);

/** Places that cannot be written to show themselves before the run, not after it. @throws UsageError */
export const requireWritable = async ({
  dataDir,
  outputFile,
}: Pick<Options, 'dataDir' | 'outputFile'>): Promise<void> => {
  if (outputFile !== undefined) await requireOutputFile(outputFile);
  const probe = join(dataDir, `room.${process.pid}`);
  try {
    await mkdir(dataDir, { recursive: true });
    await writeFile(probe, ROOM);
  } catch (error) {
    throw new UsageError(
      `The folder "${dataDir}", in which plans and manifests are kept, cannot be written to (${reasonOf(error)}). ` +
        'Name a folder with a MiB of room with --data-dir.',
    );
  } finally {
    await rm(probe, { force: true }).catch(() => undefined);
  }
};

const requireOutputFile = async (file: string): Promise<void> => {
  const isFolder = await stat(file).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const writable = await access(dirname(file), constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!isFolder && writable) return;
  throw new UsageError(
    `The output file "${file}" cannot be written. Name a file in a folder that exists with -o.`,
  );
};

/**
 * What a run leaves on this machine. That it cannot be written does not end a run: on a target that was begun with, a full
 * disk here must not do more harm than there.
 */
export class Records {
  readonly #bucket: LocalBucket;
  readonly #mirror: () => Promise<void>;
  readonly #options: Pick<Options, 'dataDir' | 'outputFile'>;
  readonly #warn: (text: string) => void;
  #problem: string | undefined;

  constructor(
    bucket: LocalBucket,
    options: Pick<Options, 'dataDir' | 'outputFile'>,
    warn: (text: string) => void,
  ) {
    this.#bucket = bucket;
    this.#mirror = mirrorBucket(bucket, options.dataDir);
    this.#options = options;
    this.#warn = warn;
  }

  /** Why what there was to keep is not kept; undefined when all of it is. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Keeps what is in the bucket by now, where the cloud has a bucket that stays. Says once that it cannot. */
  readonly keep = async (): Promise<void> => {
    const { dataDir } = this.#options;
    const known = this.#problem;
    this.#problem = await this.#mirror().then(() => undefined, reasonOf);
    if (this.#problem === undefined || known !== undefined) return;
    this.#warn(
      `What this run leaves behind cannot be written to "${dataDir}" (${this.#problem}). The run goes on. See to that folder: ` +
        'were it killed now, clearing up after it would lack what it has noted.',
    );
  };

  /** Writes the names of the snapshot volumes, which lie beside the manifest, into the output file that was asked for. */
  async writeOutput(manifestKey: string): Promise<void> {
    const { outputFile } = this.#options;
    if (outputFile === undefined) return;
    const volumes = await this.#bucket.read(manifestKey.replace(/json$/, 'volumes.txt'));
    const problem = await writeFile(outputFile, volumes ?? '').then(() => undefined, reasonOf);
    this.#problem ??= problem;
  }
}

const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
