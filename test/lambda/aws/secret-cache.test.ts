import { describe, expect, it } from 'vitest';
import { SecretCache } from '../../../lambda/aws/secret-cache.ts';
import { ManualClock } from '../support/manual-clock.ts';

/** A cache, what it has read, and what it is given next. */
const cacheOn = (clock: ManualClock) => {
  const reads: string[] = [];
  const documents = { next: async (): Promise<unknown> => reads.length };
  const cache = new SecretCache(
    (id) => {
      reads.push(id);
      return documents.next();
    },
    clock,
    300,
  );
  return { cache, reads, documents };
};

describe('the document of a secret', () => {
  it('is read once in five minutes, whoever asks', async () => {
    const clock = new ManualClock();
    const { cache, reads } = cacheOn(clock);

    await Promise.all([cache.read('a'), cache.read('a')]);
    clock.advance(299_999);
    expect(await cache.read('a')).toBe(1);
    clock.advance(1);
    expect(await cache.read('a')).toBe(2);
    expect(reads).toEqual(['a', 'a']);
  });

  it('is not that of another secret', async () => {
    const { cache, reads } = cacheOn(new ManualClock());

    await cache.read('a');
    await cache.read('b');

    expect(reads).toEqual(['a', 'b']);
  });

  it('is read again at once where it no longer holds, and that one is kept', async () => {
    const clock = new ManualClock();
    const { cache } = cacheOn(clock);
    await cache.read('a');
    clock.advance(200_000);

    expect(await cache.readAgain('a')).toBe(2);
    clock.advance(299_999);
    expect(await cache.read('a')).toBe(2);
  });

  it('serves on where it cannot be read again, and is asked for at each turn', async () => {
    const clock = new ManualClock();
    const { cache, reads, documents } = cacheOn(clock);
    await cache.read('a');
    documents.next = () => Promise.reject(new Error('busy'));
    clock.advance(300_000);

    expect(await cache.read('a')).toBe(1);
    expect(await cache.readAgain('a')).toBe(1);
    expect(reads).toEqual(['a', 'a', 'a']);
  });

  it('that was never read fails as the reading does, and is forgotten where that is asked for', async () => {
    const { cache, documents } = cacheOn(new ManualClock());
    await cache.read('a');
    documents.next = () => Promise.reject(new Error('busy'));
    cache.forget();

    await expect(cache.read('a')).rejects.toThrow('busy');
  });
});
