import type { ObjectStore } from '../../../lambda/steps/ports.ts';

/** A bucket in memory. */
export class MemoryStore implements ObjectStore {
  readonly objects = new Map<string, string>();

  async read(key: string): Promise<string | undefined> {
    return this.objects.get(key);
  }

  async write(key: string, text: string): Promise<void> {
    this.objects.set(key, text);
  }

  async list(prefix: string): Promise<string[]> {
    return [...this.objects.keys()].filter((key) => key.startsWith(prefix));
  }

  /** Puts `value` there as JSON. */
  put(key: string, value: unknown): void {
    this.objects.set(key, JSON.stringify(value));
  }

  /** What is there, as JSON; throws where there is nothing. */
  json(key: string): unknown {
    const text = this.objects.get(key);
    if (text === undefined) throw new Error(`There is no ${key}.`);
    return JSON.parse(text);
  }
}
