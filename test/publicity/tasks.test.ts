import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { Who } from '../../dev/client.ts';
import {
  approved,
  askToPass,
  decideOn,
  li,
  objectTo,
  openOffice,
  publish,
  qian,
  seen,
  staff,
  wang,
  zhao,
} from '../api/cases.ts';
import { type Desk, ORG, read } from '../api/desk.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openOffice(66);
}, 120_000);
afterAll(() => desk.close());

const tasks = z.object({
  items: z.array(
    z.object({
      kind: z.string(),
      caseNo: z.string().nullable(),
      ref: z.string(),
      allowed: z.array(z.string()),
      dueAt: z.string().nullable(),
      overdue: z.boolean(),
    }),
  ),
});
const inbox = async (who: Who, query = '') =>
  read(await desk.as(who).get(`/v1/tasks?limit=200${query}`), 200, tasks).items;
const kinds = async (who: Who, query = '') => (await inbox(who, query)).map(({ kind }) => kind);

test('a round in the inboxes: signed by two of the agency, published by HRSS in time, its objections verified (N3.2)', async () => {
  const { caseNo } = await approved(desk);
  const cutOff = await desk.as(wang).post('/v1/publicity-rounds', { org: ORG });
  const { roundId } = read(cutOff, 201, z.object({ roundId: z.string() }));
  const due = { publish: '2017-09-07T00:00:00+08:00', sign: '2017-09-05T00:00:00+08:00' };
  const about = { caseNo: null, ref: roundId, overdue: false };
  expect(await inbox(zhao)).toEqual([{ ...about, kind: 'publish-list', allowed: ['publication'], dueAt: due.publish }]);
  expect(await inbox(wang)).toEqual([{ ...about, kind: 'sign-list', allowed: ['signatures'], dueAt: due.sign }]);
  expect(await inbox(li)).toEqual([]);
  expect(await inbox(staff('far', 'hrss', '220200'))).toEqual([]);

  const sign = (who: Who, as: string) =>
    desk.as(who).post(`/v1/publicity-rounds/${roundId}/signatures`, { as, name: who.sub, phone: '043188888888' });
  read(await sign(wang, 'preparer'), 200, z.looseObject({}));
  expect([await kinds(wang), await kinds(li)]).toEqual([[], ['countersign-list']]);
  read(await sign(li, 'head'), 200, z.looseObject({}));
  expect(await inbox(li)).toEqual([]);

  await desk.setNow(due.publish);
  const boss = staff('boss', 'supervisor');
  expect([await kinds(zhao, '&overdue=true'), await kinds(boss, '&overdue=true')]).toEqual([
    ['publish-list'],
    ['publish-list'],
  ]);
  read(await desk.as(zhao).post(`/v1/publicity-rounds/${roundId}/publication`, {}), 202, z.object({}));
  expect(await kinds(zhao)).toEqual(['publish-list']); // the site does not show it yet
  await seen(desk, roundId);
  expect(await inbox(zhao)).toEqual([]);
  read(await objectTo(desk, roundId), 201, z.object({ receiptNo: z.string() }));
  const [objection] = await inbox(zhao);
  expect(await inbox(zhao)).toMatchObject([{ kind: 'objection', caseNo, allowed: ['decision'] }]);
  expect((await decideOn(desk, objection?.ref ?? '', { finding: 'dismissed' })).status).toBe(200);
  expect(await inbox(zhao)).toEqual([]);
});

test('what waits for its money is with finance unless a report holds it; that is with HRSS until it is decided', async () => {
  const { caseNo } = await approved(desk);
  const roundId = await publish(desk);
  await desk.setNow('2017-09-20T09:00:00+08:00');
  expect(await askToPass(desk, caseNo, roundId)).toBeUndefined();
  const of = async (who: Who, kind: string) =>
    (await inbox(who)).filter((task) => task.kind === kind && task.caseNo === caseNo);
  expect(await of(qian, 'pay')).toHaveLength(1);
  read(await desk.as(wang).post('/v1/reports', { caseNo, text: '证书系伪造。' }), 201, z.object({}));
  const [report] = await of(zhao, 'report');
  expect([report?.allowed, await of(qian, 'pay')]).toEqual([['decision'], []]);
  expect((await decideOn(desk, report?.ref ?? '', { finding: 'dismissed' }, 'reports')).status).toBe(200);
  expect([(await of(qian, 'pay')).length, await of(zhao, 'report')]).toEqual([1, []]);
});
