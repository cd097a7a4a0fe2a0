import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { readWorkbook, xlsxType } from '../../console/xlsx.ts';
import { applicationBody } from '../../dev/papers.ts';
import { tableCsv, tableRow } from '../../dev/tables.ts';
import type { CaseNo } from '../../domain/ids.ts';
import { fileWaitingRows } from '../../store/intake-filing.ts';
import { handOverCases } from '../../store/intake-handover.ts';
import { expireIntakeRows } from '../../store/intake.ts';
import { caseNoOf, lookUp, staff, zhao } from '../api/cases.ts';
import { type Client, problemOf, read, wrongFields } from '../api/desk.ts';
import { batch, hrss, openTables, type TableOffice } from './tables.ts';

/** Collective filing (N2.5): every row's fate out, each good row a case; HRSS accepts and hands over. */

const caseView = z.looseObject({
  receivedOn: z.string().nullish(),
  deadlines: z.array(z.looseObject({ kind: z.string(), startedOn: z.string(), dueOn: z.string(), status: z.string() })),
});

let office: TableOffice;
beforeAll(async () => {
  office = await openTables(43);
}, 120_000);
afterAll(() => office.desk.close());

describe('filed, once', () => {
  test('good rows become cases and bad ones do not; the answer goes back as a marked workbook', async () => {
    const content = tableCsv([office.goodRow(), { ...office.goodRow(), 户名: '=1+1' }, office.goodRow()]);
    const { batchId } = await office.uploaded(content);
    await office.run(batchId);
    const after = await office.seen(batchId);
    expect(after).toMatchObject({ stage: 'filed', progress: { filed: 2, wrong: 1, waiting: 0 } });
    expect(after.rows.map(({ caseNo }) => caseNo !== null)).toEqual([true, false, true]);
    const marked = await office.desk.app.inject({
      url: `/v1/application-batches/${batchId}`,
      headers: { accept: xlsxType, authorization: `Bearer ${await office.desk.token(firmSignIn())}` },
    });
    const sheet = await readWorkbook(marked.rawPayload, { entries: 50, unpackedBytes: 1e7, lines: 50, columns: 60 });
    expect(sheet).toHaveLength(2);
    expect(sheet[1]?.cells).toEqual(expect.arrayContaining(['3', '=1+1', expect.stringContaining('户名')]));
    // What is corrected can be sent again as it is: still wrong here.
    const again = await office.uploaded(marked.rawPayload, office.employer, { 'content-type': xlsxType });
    expect(again.rows.map(({ errors }) => errors.map(({ title }) => title))).toEqual([['户名']]);
  });

  test('the same file again is the same batch, and files nothing twice', async () => {
    const content = tableCsv([office.goodRow(), office.goodRow()]);
    const first = await office.uploaded(content);
    await office.run(first.batchId);
    const before = await office.desk.countRows();
    const again = await office.uploaded(content);
    expect(again.batchId).toBe(first.batchId);
    expect(again.rows.map(({ caseNo }) => caseNo)).toEqual(
      (await office.seen(first.batchId)).rows.map(({ caseNo }) => caseNo),
    );
    await office.run(again.batchId);
    expect({ ...(await office.desk.countRows()), command: 0 }).toEqual({ ...before, command: 0 });
    // Somebody else's same file is refused by the entitlement, row by row.
    const other = await office.uploaded(content, office.desk.as(hrss));
    await office.run(other.batchId);
    const refused = await office.seen(other.batchId, office.desk.as(hrss));
    expect(refused.rows.map(({ refusal }) => refusal?.type)).toEqual(Array(2).fill('urn:problem:already-claimed'));
  });

  test('an office.employer is told to ask the applicant, and nothing else, of an earlier claim', async () => {
    const person = office.desk.person();
    await office.desk
      .as(staff('wang', 'handler'))
      .post('/v1/applications', applicationBody(person, { channel: 'counter' }));
    const { batchId } = await office.uploaded(tableCsv([tableRow(office.bodyOf(person))]));
    await office.run(batchId);
    const { rows, stage } = await office.seen(batchId);
    expect(rows).toMatchObject([{ status: 'refused', caseNo: null, refusal: { type: 'urn:problem:ask-applicant' } }]);
    expect(stage).toBe('empty');
    const reply = await office.employer.get(`/v1/application-batches/${batchId}`);
    expect(reply.text).not.toContain('already-claimed');
  });

  test('two runs at once, and one that begins again in the middle, file each row once', async () => {
    const { batchId } = await office.uploaded(tableCsv(Array.from({ length: 20 }, () => office.goodRow())));
    let filed = 0;
    const stopped = fileWaitingRows(office.desk.services.store, batchId, () => {
      filed += 1;
      if (filed === 7) throw new Error('killed');
    });
    await expect(stopped).rejects.toThrow('killed');
    await Promise.all([office.run(batchId), office.run(batchId)]);
    const { rows } = await office.seen(batchId);
    expect(new Set(rows.map(({ caseNo }) => caseNo)).size).toBe(20);
    const [cases] = await office.desk.sql<{ n: number }>(
      'SELECT count(*)::int AS n FROM cases JOIN intake_row USING (case_no) WHERE batch_id = $1',
      [batchId],
    );
    expect(cases?.n).toBe(20);
  });

  test('what is at rest shows nothing: rows are sealed, and filed ones are in their case alone', async () => {
    const person = office.desk.person();
    const { batchId } = await office.uploaded(
      tableCsv([tableRow(office.bodyOf(person)), { ...office.goodRow(), 户名: '某旁人' }]),
    );
    const dump = async () =>
      JSON.stringify(
        await office.desk.sql('SELECT *, encode(sealed, $2) AS hex FROM intake_row WHERE batch_id = $1', [
          batchId,
          'escape',
        ]),
      );
    for (const text of [person.name, person.idNumber, '某旁人']) expect(await dump()).not.toContain(text);
    await office.run(batchId);
    const sealed = await office.desk.sql<{ status: string; kept: boolean }>(
      'SELECT status, sealed IS NOT NULL AS kept FROM intake_row WHERE batch_id = $1 ORDER BY line',
      [batchId],
    );
    expect(sealed).toEqual([
      { status: 'filed', kept: false },
      { status: 'wrong', kept: true },
    ]);
    await office.desk.setNow('2017-12-20T09:00:00+08:00');
    expect(await expireIntakeRows(office.desk.services.store)).toBeGreaterThan(0);
    expect((await office.seen(batchId)).rows[1]).toMatchObject({ status: 'wrong', errors: [] });
    await office.desk.setNow('2017-09-04T09:00:00+08:00');
  });

  const firmSignIn = () => ({ sub: 'firm', roles: ['employer'], creditCode: office.firm.creditCode }) as const;
});

describe('HRSS accepts and hands over', () => {
  const accept = (batchId: string, body: object = {}, who: Client = office.desk.as(hrss)) =>
    who.post(`/v1/application-batches/${batchId}/acceptance`, body);

  test('two dates: received counts for N2.0, handed over starts the review (N3.1)', async () => {
    const { batchId } = await office.uploaded(tableCsv([office.goodRow(), office.goodRow()]));
    await office.run(batchId);
    const awaited = async () =>
      (await office.desk.as(hrss).get('/v1/tasks?kind=receive&limit=200')).text.includes(batchId);
    expect(await awaited()).toBe(true);
    const caseNo = (await office.seen(batchId)).rows[0]?.caseNo ?? '';
    await lookUp(office.desk, caseNo as CaseNo);
    const clerk = office.desk.as(staff('wang', 'handler'));
    const view = async () => read(await clerk.get(`/v1/cases/${caseNo}`), 200, caseView);
    expect((await view()).deadlines).toMatchObject([{ kind: 'handover', status: 'running', dueOn: '2017-09-05' }]);
    await office.desk.setNow('2017-09-06T09:00:00+08:00');
    expect((await accept(batchId, { receivedOn: '2017-09-07' })).status).toBe(409);
    expect(read(await accept(batchId, { receivedOn: '2017-09-05' }), 200, batch)).toMatchObject({
      stage: 'handed-over',
      receivedOn: '2017-09-05',
    });
    expect(await view()).toMatchObject({
      receivedOn: '2017-09-05',
      deadlines: [
        { kind: 'handover', startedOn: '2017-09-05', status: 'met' },
        { kind: 'review', startedOn: '2017-09-06', dueOn: '2017-09-13', status: 'running' },
      ],
    });
    expect(problemOf(await accept(batchId)).slug).toBe('already-accepted');
    expect(await awaited()).toBe(false);
    await office.desk.setNow('2017-09-04T09:00:00+08:00');
  });

  test('before its rows are filed it may be accepted already: they follow when they are', async () => {
    const { batchId } = await office.uploaded(tableCsv([office.goodRow(), office.goodRow(), office.goodRow()]));
    expect(read(await accept(batchId), 200, batch).stage).toBe('filing');
    await office.run(batchId);
    expect((await office.seen(batchId)).stage).toBe('handing-over');
    await handOverCases(office.desk.services.store, batchId, () => undefined);
    expect((await office.seen(batchId)).stage).toBe('handed-over');
  });

  test('nothing to accept where nothing was filed; a stranger finds nothing', async () => {
    const { batchId } = await office.uploaded(tableCsv([{ ...office.goodRow(), 户名: '旁人' }]));
    expect((await accept(batchId, {}, office.desk.as(staff('p', 'hrss', '220000')))).status).toBe(409);
    const other = await office.uploaded(tableCsv([office.goodRow()]));
    expect((await accept(other.batchId, {}, office.desk.as(staff('x', 'hrss', '220200')))).status).toBe(404);
    expect((await office.employer.get(`/v1/application-batches/${other.batchId}0`)).status).toBe(404);
  });

  test('a joint office or a visit is arranged, and arranged anew', async () => {
    const { batchId } = await office.uploaded(tableCsv([office.goodRow()]));
    const arrange = (body: object) => office.desk.as(zhao).post(`/v1/application-batches/${batchId}/appointment`, body);
    const words = { place: '一汽集团会议中心', appraisalBody: '长春市职业技能鉴定中心' };
    read(await arrange({ ...words, on: '2017-09-06' }), 200, batch);
    read(await arrange({ ...words, kind: 'visit', on: '2017-09-07', time: '9:00-11:30' }), 200, batch);
    const { body } = await office.employer.get(`/v1/application-batches/${batchId}`);
    expect(body).toMatchObject({
      appointment: { ...words, kind: 'visit', on: '2017-09-07', agency: '220102', time: '9:00-11:30' },
    });
    expect(wrongFields(await arrange({ on: '2017-09-06' }))).toEqual(['appraisalBody', 'place']);
  });

  test('a single collective filing is a batch of one', async () => {
    const answer = caseNoOf.extend({ batchId: z.string(), deadlines: z.array(z.object({ kind: z.string() })) });
    const one = read(await office.employer.post('/v1/applications', office.bodyOf(office.desk.person())), 201, answer);
    expect(one.deadlines.map(({ kind }) => kind)).toEqual(['handover']);
    expect(read(await accept(one.batchId), 200, batch).stage).toBe('handed-over');
    const clerk = office.desk.as(staff('wang', 'handler'));
    const { deadlines } = read(await clerk.get(`/v1/cases/${one.caseNo}`), 200, caseView);
    expect(deadlines.map(({ kind, status }) => [kind, status])).toEqual([
      ['handover', 'met'],
      ['review', 'running'],
    ]);
  });

  test('of her cases an office.employer sees state and missing papers only', async () => {
    const { batchId } = await office.uploaded(tableCsv([office.goodRow()]));
    await office.run(batchId);
    const caseNo = (await office.seen(batchId)).rows[0]?.caseNo ?? '';
    const { body } = await office.employer.get(`/v1/cases/${caseNo}`);
    expect(Object.keys(z.record(z.string(), z.unknown()).parse(body)).sort()).toEqual([
      'allowed',
      'caseNo',
      'deadlines',
      'missingDocuments',
      'seq',
      'state',
      'stateLabel',
    ]);
    expect(body).toMatchObject({ missingDocuments: ['certificate', 'id-card', 'commitment'] });
  });
});
