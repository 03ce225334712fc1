import { type Restore, saveFields, saveMap, together } from './save.ts';

/** Objects of one kind, in the order in which they came. Names are case-insensitive, and keep the case they were given. */
export class Table<T extends { readonly id: string; readonly name: string }> {
  readonly #byId = new Map<string, T>();
  readonly #byName = new Map<string, T>();

  /** Adds an object, or puts it in the place of the one with its id. */
  add(object: T): void {
    const former = this.#byId.get(object.id);
    if (former !== undefined) this.#byName.delete(former.name.toLowerCase());
    this.#byId.set(object.id, object);
    this.#byName.set(object.name.toLowerCase(), object);
  }

  remove(object: T): void {
    this.#byId.delete(object.id);
    this.#byName.delete(object.name.toLowerCase());
  }

  /** Changes an object's name; its place in the order stays. */
  rename(object: T & { name: string }, name: string): void {
    this.#byName.delete(object.name.toLowerCase());
    object.name = name;
    this.#byName.set(name.toLowerCase(), object);
  }

  named(name: string): T | undefined {
    return this.#byName.get(name.toLowerCase());
  }

  withId(id: string): T | undefined {
    return this.#byId.get(id);
  }

  all(): T[] {
    return [...this.#byId.values()];
  }

  /** Saves which objects there are, and what each of them is like. */
  save(): Restore {
    return together([saveMap(this.#byId), saveMap(this.#byName), ...this.all().map(saveFields)]);
  }
}
