import { mkdir, open, readFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { z } from 'zod';

interface Waiting {
  readonly line: string;
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

/**
 * An append-only file of JSON lines. `append` resolves when the line is on disk (fdatasync); lines that arrive while a
 * sync is running share the next one, so that thousands of appends need few syncs.
 */
export class Journal<T> {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #validBytes: number;
  #waiting: Waiting[] = [];
  #flushing: Promise<void> | undefined;
  #tailChecked = false;
  #broken: Error | undefined;

  private constructor(path: string, file: FileHandle, validBytes: number) {
    this.#path = path;
    this.#file = file;
    this.#validBytes = validBytes;
  }

  /**
   * Opens or creates the journal and hands every record to `replay`, oldest first. A last line without its line feed was
   * never acknowledged to anyone (the process was killed in the middle of the write) and is left out.
   *
   * @throws Error naming file and line when a complete line is not a record of `schema`
   */
  static async open<T>(path: string, schema: z.ZodType<T>, replay: (record: T) => void): Promise<Journal<T>> {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, 'a');
    const folder = await open(dirname(path), 'r');
    await folder.sync();
    await folder.close();
    const bytes = await readFile(path);
    const validBytes = bytes.lastIndexOf(0x0a) + 1;
    const lines = bytes.subarray(0, validBytes).toString('utf8').split('\n').slice(0, -1);
    try {
      lines.forEach((line, index) => {
        replay(readLine(line, schema, `${path}:${String(index + 1)}`));
      });
    } catch (error) {
      await file.close();
      throw error;
    }
    return new Journal<T>(path, file, validBytes);
  }

  /** Resolves when the record is on disk, in the order of the calls. After one failed write every append is refused. */
  append(record: T): Promise<void> {
    if (this.#broken) return Promise.reject(this.#broken);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ line: `${JSON.stringify(record)}\n`, resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  /** Writes what is still waiting, then closes the file. */
  async close(): Promise<void> {
    await this.#flushing;
    this.#broken ??= new Error(`${this.#path} is closed`);
    await this.#file.close();
  }

  async #flush(): Promise<void> {
    // One turn of the event loop lets the requests of the same moment into the same sync.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      try {
        await this.#cutTornTail();
        await this.#file.appendFile(group.map((waiting) => waiting.line).join(''));
        await this.#file.datasync();
        for (const waiting of group) waiting.resolve();
      } catch (error) {
        // What a failed write left in the file is unknown, so nothing may follow it.
        this.#broken = new Error(`${this.#path} cannot be written; free the disk and restart`, { cause: error });
        for (const waiting of [...group, ...this.#waiting]) waiting.reject(this.#broken);
        this.#waiting = [];
      }
    }
    this.#flushing = undefined;
  }

  /** Done at the first write, not at opening: a second process that only tried the port must not cut a running one's file. */
  async #cutTornTail(): Promise<void> {
    if (this.#tailChecked) return;
    const { size } = await this.#file.stat();
    if (size > this.#validBytes) await this.#file.truncate(this.#validBytes);
    this.#tailChecked = true;
  }
}

function readLine<T>(line: string, schema: z.ZodType<T>, where: string): T {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new Error(`${where} is not JSON; remove the line or start with another DATA_DIR`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const field = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new Error(`${where} is not a record of this journal (field "${field}"); start with another DATA_DIR`);
}
