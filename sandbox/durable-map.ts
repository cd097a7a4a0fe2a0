import { z } from 'zod';
import { Journal } from './journal.ts';

interface Entry<T> {
  readonly key: string;
  /** null says that the key was deleted. */
  readonly value: T | null;
}

/** A map that survives SIGKILL: what `get` shows is on disk already. */
export class DurableMap<T> {
  readonly #journal: Journal<Entry<T>>;
  readonly #values: Map<string, T>;
  readonly #adding = new Map<string, Promise<T>>();

  private constructor(journal: Journal<Entry<T>>, values: Map<string, T>) {
    this.#journal = journal;
    this.#values = values;
  }

  /** Opens or creates the map kept in the file `path`, whose values are of `schema`. */
  static async open<T>(path: string, schema: z.ZodType<T>): Promise<DurableMap<T>> {
    const values = new Map<string, T>();
    const entry = z.object({ key: z.string(), value: schema.nullable() });
    const journal = await Journal.open<Entry<T>>(path, entry, ({ key, value }) => {
      if (value === null) values.delete(key);
      else values.set(key, value);
    });
    return new DurableMap<T>(journal, values);
  }

  get(key: string): T | undefined {
    return this.#values.get(key);
  }

  entries(): IterableIterator<[string, T]> {
    return this.#values.entries();
  }

  async set(key: string, value: T): Promise<void> {
    await this.#journal.append({ key, value });
    this.#values.set(key, value);
  }

  /** The value that is there, also while it is still being written, else `make()`. `added` is true for the one call that made it. */
  async add(key: string, make: () => T): Promise<{ value: T; added: boolean }> {
    // No await between asking and adding, or two calls at once would both make a value.
    const present = this.#values.get(key) ?? this.#adding.get(key);
    if (present !== undefined) return { value: await present, added: false };
    const value = make();
    const adding = this.set(key, value).then(() => value);
    this.#adding.set(key, adding);
    try {
      await adding;
    } finally {
      this.#adding.delete(key);
    }
    return { value, added: true };
  }

  async delete(key: string): Promise<void> {
    await this.#journal.append({ key, value: null });
    this.#values.delete(key);
  }

  close(): Promise<void> {
    return this.#journal.close();
  }
}
