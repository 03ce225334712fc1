import type { ObjectStore, ObjectVersion } from '../../../lambda/steps/ports.ts';

/** A bucket in memory. */
export class MemoryStore implements ObjectStore {
  readonly objects = new Map<string, string>();

  async read(key: string): Promise<string | undefined> {
    return this.objects.get(key);
  }

  async write(key: string, text: string): Promise<void> {
    this.objects.set(key, text);
  }

  async readVersion(key: string): Promise<ObjectVersion | undefined> {
    const text = this.objects.get(key);
    return text === undefined ? undefined : { text, version: text };
  }

  /** As with S3, whose ETag is of the content, a text that comes again is the same version. */
  async replace(
    key: string,
    text: string,
    version: string | undefined,
  ): Promise<string | undefined> {
    if (this.objects.get(key) !== version) return undefined;
    this.objects.set(key, text);
    return text;
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
