import { writeFile } from 'node:fs/promises';
import { RefreshError } from '../../lambda/refresh/errors.ts';
import type { LocalBucket } from '../aws/bucket.ts';
import { mirrorBucket, recallBucket } from '../mirror.ts';
import type { Options } from './options.ts';

type Places = Pick<Options, 'dataDir' | 'outputFile' | 'recover' | 'expectPlan'>;

/** What a run leaves on this machine, and finds there of those before it. */
export class Records {
  readonly #bucket: LocalBucket;
  readonly #places: Places;
  readonly #warn: (text: string) => void;
  #mirror: () => Promise<void> = async () => {};
  #unkept: string | undefined;
  #noOutput: string | undefined;

  /** @param warn is told at once what cannot be written */
  constructor(bucket: LocalBucket, places: Places, warn: (text: string) => void) {
    this.#bucket = bucket;
    this.#places = places;
    this.#warn = warn;
  }

  /** Puts into the bucket what earlier runs have left, as far as a run of this refresh may ask for it. */
  async recall(refresh: string): Promise<void> {
    const { dataDir, expectPlan, recover } = this.#places;
    await recallBucket(this.#bucket, dataDir, { refresh, planHash: expectPlan, recover });
    this.#mirror = await mirrorBucket(this.#bucket, dataDir);
  }

  /** Whether all that was to be kept is. */
  get isKept(): boolean {
    return this.#unkept === undefined;
  }

  /** What could not be written, and why. */
  get losses(): string[] {
    return [this.#unkept, this.#noOutput].filter((loss) => loss !== undefined);
  }

  /**
   * Why nothing may be begun: a run of which nothing is noted is one that others do not see, and nobody can clear up after.
   * To clear up after another is always good.
   */
  get obstacle(): RefreshError | undefined {
    if (this.#unkept === undefined || this.#places.recover !== undefined) return undefined;
    return new RefreshError(
      'RecordsNotKept',
      this.#unkept,
      'Make room there, or see to the rights of that folder, and run again.',
    );
  }

  /** Keeps what is in the bucket by now, where the cloud has a bucket that stays. Says once that it cannot. */
  readonly keep = async (): Promise<void> => {
    const wasKept = this.isKept;
    const { dataDir } = this.#places;
    const reason = await failureOf(this.#mirror());
    this.#unkept =
      reason && `What this run notes and records cannot be written to "${dataDir}" (${reason}).`;
    if (wasKept && this.#unkept !== undefined) this.#warn(this.#unkept);
  };

  /** Writes the names of the snapshot volumes, which lie beside the manifest, into the output file that was asked for. */
  async writeOutput(manifestKey: string): Promise<void> {
    const { outputFile } = this.#places;
    if (outputFile === undefined) return;
    const volumes = await this.#bucket.read(manifestKey.replace(/json$/, 'volumes.txt'));
    const reason = await failureOf(writeFile(outputFile, volumes ?? ''));
    this.#noOutput = reason && `The output file "${outputFile}" could not be written (${reason}).`;
  }
}

/** Why it failed; undefined where it did not. */
const failureOf = (deed: Promise<void>): Promise<string | undefined> =>
  deed.then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
