import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readWorkbook } from '../../console/xlsx.ts';
import { pdfText } from '../console/pdf-text.ts';
import { approved, type Filed, openOffice, publish, zhao } from '../api/cases.ts';
import { type Desk, problemOf } from '../api/desk.ts';

/** Annex 2 of a round over the API, for HRSS: as files, made a few at once. */

const types = {
  pdf: 'application/pdf',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const;

let desk: Desk;
let filed: Filed;
let roundId: string;
beforeAll(async () => {
  desk = await openOffice(68);
  filed = await approved(desk);
  roundId = await publish(desk);
}, 120_000);
afterAll(() => desk.close());

const path = () => `/v1/publicity-rounds/${roundId}/annex-2`;
async function fileOf(accept: string): Promise<{ readonly headers: object; readonly rawPayload: Buffer }> {
  const headers = { accept, authorization: `Bearer ${await desk.token(zhao)}` };
  return desk.app.inject({ method: 'GET', url: path(), headers });
}

test('the reported list with full data, as PDF and as XLSX', async () => {
  const pdf = await fileOf(types.pdf);
  expect(pdf.headers).toMatchObject({ 'content-type': types.pdf, 'cache-control': 'no-store' });
  const text = pdfText(pdf.rawPayload);
  for (const said of [filed.person.name, filed.person.idNumber, '长春市南关区社会保险经办机构'])
    expect(text).toContain(said);

  const xlsx = await fileOf(types.xlsx);
  expect(xlsx.headers).toMatchObject({ 'content-type': types.xlsx, 'cache-control': 'no-store' });
  const rows = await readWorkbook(xlsx.rawPayload, { entries: 50, unpackedBytes: 4e6, lines: 100, columns: 9 });
  expect(rows[3]?.cells.slice(0, 4)).toEqual(['1', filed.person.name, expect.any(String), filed.person.idNumber]);
});

test('more lists at once than can be made soon: 503 that says when to come again; JSON needs no turn', async () => {
  const asked = Array.from({ length: 12 }, () => desk.as(zhao).get(path(), { accept: types.xlsx }));
  const answers = await Promise.all(asked);
  const made = answers.filter(({ status }) => status === 200);
  const refused = answers.filter(({ status }) => status !== 200);
  expect(made.length).toBeGreaterThanOrEqual(6); // two are made, four wait
  expect(refused.length).toBeGreaterThan(0);
  for (const one of refused) {
    expect(problemOf(one)).toMatchObject({ slug: 'printer-busy', status: 503 });
    expect(one.headers['retry-after']).toBe('5');
  }
  expect((await desk.as(zhao).get(path())).status).toBe(200);
}, 60_000);
