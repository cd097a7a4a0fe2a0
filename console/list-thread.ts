import { parentPort, workerData } from 'node:worker_threads';
import { annex2Pdf, annex2Workbook } from './annex-2.ts';
import type { PrintJob } from './list-printer.ts';

/** In a thread of its own: makes the one list that it was started with, gives its bytes and ends. */
const { list, as } = workerData as PrintJob;
const made = as === 'pdf' ? (await annex2Pdf(list)).bytes : await annex2Workbook(list);
// A copy that nothing else lies beside: it is handed over, not copied once more.
const bytes = new Uint8Array(made);
parentPort?.postMessage(bytes, [bytes.buffer]);
