import { z } from 'zod';
import { applicationBody, type Otherwise } from '../../dev/papers.ts';
import type { Person } from '../../dev/people.ts';
import { tableRow, type TableRow } from '../../dev/tables.ts';
import type { IntakeBatchId } from '../../domain/ids.ts';
import { fileWaitingRows } from '../../store/intake-filing.ts';
import { staff } from '../api/cases.ts';
import { type Client, openDesk, read } from '../api/desk.ts';
import { formOf } from '../api/uploads.ts';

const row = z.object({
  line: z.number(),
  status: z.string(),
  caseNo: z.string().nullable(),
  refusal: z.object({ type: z.string() }).nullable(),
  errors: z.array(
    z.object({
      column: z.string().nullable(),
      title: z.string().nullable(),
      path: z.string(),
      code: z.string(),
      message: z.string(),
    }),
  ),
});
export const batch = z.object({
  batchId: z.string().transform((id) => id as IntakeBatchId),
  org: z.string(),
  stage: z.string(),
  progress: z.record(z.string(), z.number()),
  receivedOn: z.string().nullable(),
});
export const received = batch.extend({ rows: z.array(row) });
export const hrss = staff('zhao', 'hrss', '220100');

export type TableOffice = Awaited<ReturnType<typeof openTables>>;

/** A desk with an employer who files tables: a good row at a time, sent as they are or as a form, filed as the run does. */
export async function openTables(seed: number) {
  const desk = await openDesk(seed);
  const { employer: firm } = desk.person();
  const employer = desk.as({ sub: 'firm', roles: ['employer'], creditCode: firm.creditCode });
  const bodyOf = (person: Person, otherwise: Otherwise = {}) =>
    applicationBody(person, { channel: 'collective', employer: firm, ...otherwise });
  const goodRow = (otherwise: Otherwise = {}): TableRow => tableRow(bodyOf(desk.person(), otherwise));
  const csv = { 'content-type': 'text/csv' };
  const upload = (content: string | Buffer, client: Client = employer, headers: Record<string, string> = csv) =>
    client.post('/v1/application-batches', content, { headers });
  return {
    desk,
    firm,
    employer,
    bodyOf,
    goodRow,
    upload,
    uploaded: async (content: string | Buffer, client?: Client, headers?: Record<string, string>) =>
      read(await upload(content, client, headers), 201, received),
    asForm: async (content: Buffer) => {
      const { body, headers } = await formOf(content);
      return upload(body, employer, headers);
    },
    run: (batchId: IntakeBatchId) => fileWaitingRows(desk.services.store, batchId, () => undefined),
    seen: async (batchId: string, client: Client = employer) =>
      read(await client.get(`/v1/application-batches/${batchId}`), 200, received),
  };
}
