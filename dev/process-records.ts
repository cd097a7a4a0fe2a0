import { join } from 'node:path';
import { z } from 'zod';
import { readIfThere, writePrivateFile } from './data-folder.ts';
import { endProcess, identify, isSameProcess } from './process-table.ts';

const recordSchema = z.object({
  name: z.string(),
  pid: z.number().int().positive(),
  startedAt: z.string(),
  /** A piece of the command line, by which the process is known to be ours. */
  mark: z.string(),
  stopSignal: z.enum(['SIGTERM', 'SIGINT']),
});
export type ProcessRecord = z.output<typeof recordSchema>;

/** Keeps the processes that a supervisor started in one file, so that the next one can end what a killed one left. */
export function processRecords(dataDir: string) {
  const path = join(dataDir, 'processes.json');
  const read = (): ProcessRecord[] => {
    const text = readIfThere(path);
    if (text === undefined) return [];
    try {
      return z.array(recordSchema).parse(JSON.parse(text));
    } catch {
      return [];
    }
  };
  const write = (records: ProcessRecord[]) => {
    writePrivateFile(path, JSON.stringify(records, null, 2));
  };
  return {
    add(record: Omit<ProcessRecord, 'startedAt'>): void {
      const startedAt = identify(record.pid)?.startedAt;
      if (startedAt !== undefined) write([...read().filter((r) => r.name !== record.name), { ...record, startedAt }]);
    },
    remove(pid: number): void {
      write(read().filter((record) => record.pid !== pid));
    },
    /** Ends what is left of an earlier run, the last started first. Returns their names. */
    async endLeftovers(): Promise<string[]> {
      const left = read().filter((record) => isSameProcess(record.pid, record.startedAt, record.mark));
      for (const { pid, startedAt, mark, stopSignal } of left.toReversed()) {
        await endProcess(pid, () => isSameProcess(pid, startedAt, mark), stopSignal, 10_000);
      }
      write([]);
      return left.map((record) => record.name);
    },
  };
}
export type ProcessRecords = ReturnType<typeof processRecords>;
