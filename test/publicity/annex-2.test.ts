import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { readWorkbook } from '../../console/xlsx.ts';
import type { Who } from '../../dev/client.ts';
import { pdfText } from '../console/pdf-text.ts';
import { approved, type Filed, openOffice, publish, staff, wang, zhao } from '../api/cases.ts';
import { type Desk, problemOf, read } from '../api/desk.ts';

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
async function fileOf(accept: string, who = zhao): Promise<{ readonly headers: object; readonly rawPayload: Buffer }> {
  const headers = { accept, authorization: `Bearer ${await desk.token(who)}` };
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

test('the agency that signs it reads it whole; a supervisor reads its numbers covered, on paper too', async () => {
  const { name, idNumber } = filed.person;
  const { number } = filed.application.certificate;
  for (const type of [types.pdf, types.xlsx]) {
    const textOf = async (who: Who): Promise<string> => {
      const { rawPayload } = await fileOf(type, who);
      if (type === types.pdf) return pdfText(rawPayload);
      const limits = { entries: 50, unpackedBytes: 4e6, lines: 100, columns: 9 };
      return JSON.stringify(await readWorkbook(rawPayload, limits));
    };
    expect(await textOf(wang)).toContain(idNumber);
    const covered = await textOf(staff('sup', 'supervisor'));
    expect(covered).toContain(name);
    expect([covered.includes(idNumber), covered.includes(number)]).toEqual([false, false]);
  }
});

test('more lists at once than can be made soon: 503 that says when to come again; JSON needs no turn', async () => {
  // Many more than two are made and four wait, so that some are turned away on a quick machine too.
  const asked = Array.from({ length: 40 }, () => desk.as(zhao).get(path(), { accept: types.xlsx }));
  const answers = await Promise.all(asked);
  const made = answers.filter(({ status }) => status === 200);
  const refused = answers.filter(({ status }) => status !== 200);
  expect(made.length).toBeGreaterThanOrEqual(6);
  expect(refused.length).toBeGreaterThan(0);
  for (const one of refused) {
    expect(problemOf(one)).toMatchObject({ slug: 'printer-busy', status: 503 });
    expect(one.headers['retry-after']).toBe('5');
  }
  expect((await desk.as(zhao).get(path())).status).toBe(200);
}, 60_000);

const annex = z.object({
  ...{ periodFrom: z.string(), periodTo: z.string(), totalFen: z.number() },
  entries: z.array(z.object({ no: z.number(), caseNo: z.string(), amountFen: z.number() })),
});

test('the next list: from the day after the last one, amounts as they were listed, a struck line gone with its sum', async () => {
  await desk.setNow('2017-09-13T10:00:00+08:00');
  const [stays, goes] = [(await approved(desk)).caseNo, (await approved(desk)).caseNo];
  const url = `/v1/publicity-rounds/${await publish(desk)}`;
  const list = async () => read(await desk.as(zhao).get(`${url}/annex-2`), 200, annex);
  const first = { no: 1, caseNo: stays, amountFen: 195_000 };
  const second = { no: 2, caseNo: goes, amountFen: 195_000 };
  const period = { periodFrom: '2017-09-05', periodTo: '2017-09-13' };
  expect(await list()).toEqual({ ...period, entries: [first, second], totalFen: 390_000 });
  const strike = { reason: '信息有误', backTo: 'review' };
  read(await desk.as(zhao).post(`${url}/entries/2/strike`, strike), 200, z.object({}));
  // What the case itself is awarded later changes no list that was reported.
  await desk.sql(`UPDATE cases SET state = jsonb_set(state, '{award,amountFen}', '1') WHERE case_no = $1`, [stays]);
  expect(await list()).toEqual({ ...period, entries: [first], totalFen: 195_000 });
});
