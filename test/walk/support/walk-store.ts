import type { ObjectStore } from '../../../lambda/steps/ports.ts';
import type { MemoryStore } from '../../lambda/support/memory-store.ts';
import type { Life } from './life.ts';
import type { StoreOperation, StorePoint, StoreTrouble } from './trouble.ts';

class BucketError extends Error {
  override readonly name = 'InternalError';
}

/** Counts the operations on a bucket, and has one of them fail or kill. */
export class StoreWatch {
  readonly #counts = { read: 0, write: 0, list: 0 };
  trouble: StoreTrouble | undefined;
  /** Called after this operation. */
  after: { readonly point: StorePoint; readonly act: () => void } | undefined;
  /** Called before each operation. */
  onOperation: ((point: StorePoint) => void) | undefined;
  /** Whether the trouble has come. */
  hasStruck = false;

  /** Counts from the beginning again. */
  restart(): void {
    Object.assign(this.#counts, { read: 0, write: 0, list: 0 });
  }

  async watch<T>(operation: StoreOperation, act: () => Promise<T>): Promise<T> {
    this.#counts[operation] += 1;
    const nth = this.#counts[operation];
    this.onOperation?.({ operation, nth });
    const trouble = this.#troubleAt(operation, nth);
    if (trouble?.moment === 'before') throw new BucketError('The bucket is not well.');
    const result = await act();
    if (trouble) throw new BucketError('The answer of the bucket was lost.');
    if (this.after?.point.operation === operation && this.after.point.nth === nth) {
      this.hasStruck = true;
      this.after.act();
    }
    return result;
  }

  #troubleAt(operation: StoreOperation, nth: number): StoreTrouble | undefined {
    const { trouble } = this;
    if (trouble?.operation !== operation || nth < trouble.nth) return undefined;
    if (nth > trouble.nth && !trouble.forGood) return undefined;
    this.hasStruck = true;
    return trouble;
  }
}

/** The bucket as one execution environment sees it. */
export const storeFor = (memory: MemoryStore, life: Life, watch: () => StoreWatch): ObjectStore => {
  const reach = async <T>(operation: StoreOperation, act: () => Promise<T>): Promise<T> => {
    life.require();
    const result = await watch().watch(operation, act);
    life.require();
    return result;
  };
  return {
    read: (key) => reach('read', () => memory.read(key)),
    write: (key, text) => reach('write', () => memory.write(key, text)),
    readVersion: (key) => reach('read', () => memory.readVersion(key)),
    replace: (key, text, version) => reach('write', () => memory.replace(key, text, version)),
    list: (prefix) => reach('list', () => memory.list(prefix)),
  };
};
