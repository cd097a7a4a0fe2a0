import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { z } from 'zod';
import { askAppraisal } from '../../activities/appraisal.ts';
import { caseActivities } from '../../activities/cases.ts';
import type { ObjectionId } from '../../domain/ids.ts';
import { objectTo, openOffice, published, wang, zhao } from '../api/cases.ts';
import { type Desk, read } from '../api/desk.ts';
import { type RunningSandbox, runSandbox } from '../sandbox/running-sandbox.ts';

/** The appraisal body over HTTP, with everything that goes wrong on the way (N3.4a). */
let desk: Desk;
let sandbox: RunningSandbox;
let activities: ReturnType<typeof caseActivities>;
let attempts = 0;

beforeAll(async () => {
  desk = await openOffice(67);
  sandbox = await runSandbox();
  const url = sandbox.url();
  activities = caseActivities(desk.services.store, {
    ...{ insurance: url, bank: url, publisher: url, sms: url, letter: url, appraisal: url },
    ...{ provincialRegister: url, nationalRegister: url },
  });
}, 120_000);
afterAll(async () => {
  await sandbox.close();
  await desk.close();
});

const fault = (mode: string, more: object = {}) =>
  sandbox.call('PUT', '/control/faults/appraisal', { mode, count: 1, ...more });
const caseView = z.looseObject({ objections: z.array(z.looseObject({ objectionId: z.string() })) });
const objectionView = z.looseObject({ appraisal: z.looseObject({ opinion: z.string(), body: z.string() }).nullable() });

/** An objection that is open, and the run's step that asks about it; the same step with every attempt. */
async function objected() {
  const filed = await published(desk);
  const { caseNo, roundId } = filed;
  const entry = await desk.sql<{ n: number }>('SELECT entry_no AS n FROM round_entry WHERE case_no = $1', [caseNo]);
  read(await objectTo(desk, roundId, String(entry[0]?.n)), 201, z.object({ receiptNo: z.string() }));
  const view = read(await desk.as(wang).get(`/v1/cases/${caseNo}`), 200, caseView);
  const objectionId = (view.objections[0]?.objectionId ?? '') as ObjectionId;
  const activityId = String(++attempts);
  const workflowExecution = { workflowId: `case-${caseNo}`, runId: 'run' };
  const ask = () =>
    new MockActivityEnvironment({ activityId, workflowExecution }).run(() =>
      activities.askAppraisal({ caseNo, knownSeq: 0, objectionId }),
    );
  const shown = async () =>
    read(await desk.as(zhao).get(`/v1/objections/${objectionId}`), 200, objectionView).appraisal;
  return { ...filed, ask, shown };
}

/** Tries as the run does, until it has answered. */
async function untilAnswered(ask: () => Promise<unknown>): Promise<void> {
  for (let n = 0; n < 20; n++) {
    const isAnswered = await ask().then(
      () => true,
      () => false,
    );
    if (isAnswered) return;
  }
  throw new Error('the appraisal body did not answer');
}

test.each(['down', 'reject', 'half-response'])(
  '%s: nothing is recorded, and the next attempt brings the answer once',
  async (mode) => {
    const { ask, shown, caseNo } = await objected();
    await fault(mode);
    await expect(ask()).rejects.toThrow();
    expect(await shown()).toBeNull();
    await untilAnswered(ask);
    expect(await shown()).toMatchObject({ opinion: 'not-genuine', body: '吉林省职业技能鉴定中心' });
    await ask(); // an answer that was lost on the way to the run
    expect(await desk.sql(`SELECT FROM evidence WHERE case_no = $1 AND source = 'appraisal'`, [caseNo])).toHaveLength(
      1,
    );
  },
  60_000,
);

test('slow: waited for; what a register has valid is genuine', async () => {
  const { ask, shown, application } = await objected();
  const { certificate, applicant } = application;
  const { occupation, level, kind, issuedOn } = certificate;
  await sandbox.call('PUT', `/control/registers/provincial/${encodeURIComponent(certificate.number)}`, {
    ...{ name: applicant.name, idNumber: applicant.idNumber, occupation, level, kind, issuedOn },
  });
  await fault('slow', { delayMs: 1_000 });
  await untilAnswered(ask);
  expect(await shown()).toMatchObject({ opinion: 'genuine' });
}, 60_000);

test('a second objection on the same entry has no answer until its own has come', async () => {
  const { caseNo, roundId, ask, shown } = await objected();
  await untilAnswered(ask);
  const [entry] = await desk.sql<{ n: number }>('SELECT entry_no AS n FROM round_entry WHERE case_no = $1', [caseNo]);
  const [first] = read(await desk.as(wang).get(`/v1/cases/${caseNo}`), 200, caseView).objections;
  read(await objectTo(desk, roundId, String(entry?.n)), 201, z.object({ receiptNo: z.string() }));
  const { objections } = read(await desk.as(wang).get(`/v1/cases/${caseNo}`), 200, caseView);
  const second = objections.find((one) => one.objectionId !== first?.objectionId);
  const path = `/v1/objections/${second?.objectionId ?? ''}`;
  expect(read(await desk.as(zhao).get(path), 200, objectionView).appraisal).toBeNull();
  expect(await shown()).not.toBeNull();
}, 60_000);

test('an inquiry that is still open is no answer', async () => {
  const open = { inquiryId: 'x', status: 'open', body: '鉴定中心', opinion: null, answeredAt: null };
  const body = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(open));
  });
  await new Promise<void>((done) => body.listen(0, '127.0.0.1', done));
  const partner = { name: '鉴定机构', url: `http://127.0.0.1:${(body.address() as AddressInfo).port}` };
  const ask = () => new MockActivityEnvironment().run(() => askAppraisal(partner, 'x' as ObjectionId, 'JL2017001'));
  await expect(ask()).rejects.toThrow('has not answered yet');
  body.closeAllConnections();
  body.close();
});
