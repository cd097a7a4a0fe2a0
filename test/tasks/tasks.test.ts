import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { Role } from '../../domain/actor.ts';
import { inReview, li, staff, wang } from '../api/cases.ts';
import { type Client, type Desk, openDesk, ORG, problemOf, read, REGION } from '../api/desk.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk(61);
}, 120_000);
afterAll(() => desk.close());
beforeEach(async () => {
  for (const one of (await inbox(zhou)).filter(({ kind }) => kind === 'handle' || kind === 'review'))
    await desk.as(wang).post(`/v1/cases/${one.caseNo ?? ''}/withdrawal`, { reason: '申请人要求撤回。' });
});

const zhou = staff('zhou', 'supervisor');
const both = { sub: 'both', roles: ['handler', 'reviewer'], org: ORG } as const;

const task = z.object({
  kind: z.string(),
  caseNo: z.string().nullable(),
  ref: z.string(),
  why: z.string().min(5),
  allowed: z.array(z.string()),
  dueAt: z.string().nullable(),
  overdue: z.boolean(),
  assignee: z.string().nullable(),
  standIn: z.string().nullable(),
  assigneeName: z.string().nullable(),
  standInName: z.string().nullable(),
});
const tasks = z.object({ items: z.array(task) });
const line = z.object({ caseNo: z.string() });
const moved = z.object({
  items: z.array(z.object({ caseNo: z.string(), assignee: z.string().nullable(), problem: z.string().nullable() })),
});

const inbox = async (who: Parameters<Desk['as']>[0], query = '') =>
  read(await desk.as(who).get(`/v1/tasks?limit=200${query}`), 200, tasks).items;
const move = async (who: Parameters<Desk['as']>[0], what: string, body: object) =>
  read(await desk.as(who).post(`/v1/tasks/${what}`, body), 200, moved).items;
const ofCase = (caseNo: string, kind = 'handle') => ({ kind, caseNo });

async function appoint(sub: string, role: Role, more: object = {}): Promise<number> {
  const admin = desk.as(staff('admin', 'security-admin', REGION));
  const asked = { sub, role, org: ORG, fromOn: '2017-09-01', ...more };
  return read(await admin.post('/v1/appointments', asked), 201, z.object({ id: z.number() })).id;
}

test('the inbox: oldest deadline first, with why it is there and what the caller may do', async () => {
  await desk.setNow('2017-09-05T09:00:00+08:00');
  const later = await inReview(desk);
  await desk.setNow('2017-09-04T09:00:00+08:00');
  const earlier = await inReview(desk);
  await desk.setNow('2017-09-05T10:00:00+08:00');
  expect((await inbox(wang)).map(({ caseNo, allowed }) => [caseNo, allowed])).toEqual([
    [earlier.caseNo, ['handling']],
    [later.caseNo, ['handling']],
  ]);
  await desk.as(both).post(`/v1/cases/${earlier.caseNo}/handling`, { decision: 'approve' });
  // N3.1g: who handled is not offered the review, and can't take it either.
  const [review] = await inbox(both, '&kind=review');
  expect(review).toMatchObject({ caseNo: earlier.caseNo, allowed: [] });
  expect((await inbox(li))[0]).toMatchObject({ caseNo: earlier.caseNo, allowed: ['review'] });
  expect(await move(both, 'claim', { tasks: [ofCase(earlier.caseNo, 'review')] })).toMatchObject([
    { problem: 'four-eyes', assignee: null },
  ]);
  await desk.setNow('2017-09-12T00:00:00+08:00');
  expect((await inbox(zhou, '&overdue=true')).map(({ caseNo }) => caseNo)).toEqual([earlier.caseNo]);
  expect(await inbox(zhou, '&state=publicity')).toEqual([]);
});

test('claimed, taken by nobody else, released; assigned and, with a reason, reassigned', async () => {
  await desk.setNow('2017-09-04T09:00:00+08:00');
  const { caseNo, applicant } = await inReview(desk);
  const it = { tasks: [ofCase(caseNo)] };
  const casesOf = async (who: Client, assignee: string) =>
    read(await who.get(`/v1/cases?state=review&assignee=${assignee}`), 200, z.object({ items: z.array(line) })).items;
  expect(await move(wang, 'claim', it)).toMatchObject([{ assignee: 'wang', problem: null }]);
  expect(await move(staff('chen', 'handler'), 'claim', it)).toMatchObject([{ problem: 'taken', assignee: 'wang' }]);
  expect(await move(staff('far', 'handler', '220200'), 'claim', it)).toMatchObject([{ problem: 'gone' }]);
  expect((await inbox(wang, '&assignee=me')).map((one) => one.caseNo)).toEqual([caseNo]);
  expect(await inbox(wang, '&assignee=none')).toEqual([]);
  expect(await casesOf(desk.as(wang), 'me')).toEqual([{ caseNo }]);
  expect(await casesOf(desk.as(zhou), 'wang')).toEqual([{ caseNo }]);
  expect(await casesOf(desk.as(zhou), 'chen')).toEqual([]);
  expect(await casesOf(desk.as(zhou), 'none')).toEqual([]);
  expect(await casesOf(applicant, 'wang')).toEqual([]);
  expect(await move(staff('chen', 'handler'), 'release', it)).toMatchObject([{ problem: 'not-yours' }]);
  expect(await move(wang, 'release', it)).toMatchObject([{ assignee: null, problem: null }]);

  const stranger = await desk.as(zhou).post('/v1/tasks/assignment', { ...it, to: 'nobody-knows' });
  expect(problemOf(stranger)).toMatchObject({ status: 409, slug: 'not-on-staff' });
  // Of HRSS nobody has an appointment here: nobody was named who could have none.
  const sharing = await desk.as(zhou).post('/v1/tasks/sharing', { org: ORG, kind: 'register' });
  expect(problemOf(sharing)).toMatchObject({
    slug: 'not-on-staff',
    title: '该机构现在没有任相应角色的人员，须先办理任职',
  });
  await appoint('assigned-1', 'handler');
  await appoint('assigned-2', 'handler');
  expect(await move(zhou, 'assignment', { ...it, to: 'assigned-1' })).toMatchObject([{ assignee: 'assigned-1' }]);
  expect(await move(zhou, 'assignment', { ...it, to: 'assigned-2' })).toMatchObject([
    { problem: 'reason-missing', assignee: 'assigned-1' },
  ]);
  const why = { ...it, to: 'assigned-2', reason: '原经办人工作调整。' };
  expect(await move(zhou, 'assignment', why)).toMatchObject([{ assignee: 'assigned-2', problem: null }]);
  const moves = await desk.sql<{ move: string; words: boolean }>(
    `SELECT move, position('工作'::bytea IN coalesce(reason, '')) > 0 AS words FROM task_move WHERE case_no = $1 ORDER BY id`,
    [caseNo],
  );
  expect(moves.map((one) => one.move)).toEqual(['claimed', 'released', 'assigned', 'reassigned']);
  expect(moves.some((one) => one.words)).toBe(false);
});

test('nothing is orphaned: who is away has a stand-in, who leaves leaves nothing behind', async () => {
  await desk.setNow('2017-09-04T09:00:00+08:00');
  const { caseNo } = await inReview(desk);
  const it = { tasks: [ofCase(caseNo)] };
  const id = await appoint('leaving', 'handler');
  await appoint('temporary', 'handler', { untilOn: '2017-09-06' });
  const leaving = staff('leaving', 'handler');
  const deputy = staff('deputy', 'handler');
  await move(leaving, 'claim', it);
  const leave = { org: ORG, absent: 'leaving', standIn: 'deputy', fromOn: '2017-09-05', untilOn: '2017-09-06' };
  read(await desk.as(zhou).post('/v1/stand-ins', leave), 201, z.object({ id: z.number() }));
  expect(await inbox(deputy, '&assignee=me')).toEqual([]);
  await desk.setNow('2017-09-06T23:00:00+08:00');
  expect(await inbox(deputy, '&assignee=me')).toMatchObject([{ caseNo, assignee: 'leaving', standIn: 'deputy' }]);
  await desk.setNow('2017-09-07T00:00:00+08:00');
  expect(await inbox(deputy, '&assignee=me')).toEqual([]);

  const admin = desk.as(staff('admin', 'security-admin', REGION));
  read(await admin.post(`/v1/appointments/${id}/end`, {}), 200, z.object({}));
  expect(await inbox(zhou, '&assignee=none')).toMatchObject([{ caseNo, assignee: null }]);
  await desk.setNow('2017-09-06T09:00:00+08:00');
  await move(staff('temporary', 'handler'), 'claim', it);
  expect(await inbox(zhou, '&assignee=temporary')).toHaveLength(1);
  await desk.setNow('2017-09-07T09:00:00+08:00');
  expect(await inbox(zhou, '&assignee=none')).toMatchObject([{ caseNo, assignee: null }]);
});

test('a stand-in who handled does not get the review of it; other signs are two people', async () => {
  await desk.setNow('2017-09-04T09:00:00+08:00');
  const { caseNo } = await inReview(desk);
  await desk.as(both).post(`/v1/cases/${caseNo}/handling`, { decision: 'approve' });
  await appoint('li', 'reviewer');
  await move(zhou, 'assignment', { tasks: [ofCase(caseNo, 'review')], to: 'li' });
  const leave = { org: ORG, absent: 'li', standIn: 'both', fromOn: '2017-09-04', untilOn: '2017-09-08' };
  await desk.as(zhou).post('/v1/stand-ins', leave);
  expect(await inbox(both, '&assignee=me&kind=review')).toEqual([]);
  const signed = await desk.as(both).post(`/v1/cases/${caseNo}/review`, { decision: 'approve' });
  expect(problemOf(signed)).toMatchObject({ status: 409, slug: 'four-eyes' });
  // Returned, handled by the reviewer herself: her assignment to the review is void, others find it in the heap.
  await desk.as(li).post(`/v1/cases/${caseNo}/review`, { decision: 'return', note: '请补充说明。' });
  const liToo = { sub: 'li', roles: ['handler', 'reviewer'], org: ORG } as const;
  await desk.as(liToo).post(`/v1/cases/${caseNo}/handling`, { decision: 'approve' });
  expect(await inbox(zhou, '&kind=review&assignee=none')).toMatchObject([{ caseNo }]);
  expect(problemOf(await desk.as(liToo).post(`/v1/cases/${caseNo}/review`, { decision: 'approve' })).slug).toBe(
    'four-eyes',
  );
});

test('shared out by load, absent people left out; the supervisor sees load and lateness', async () => {
  await desk.setNow('2017-09-04T09:00:00+08:00');
  for (const sub of ['assigned-1', 'assigned-2']) {
    const leave = { org: ORG, absent: sub, standIn: 'deputy', fromOn: '2017-09-04', untilOn: '2017-09-29' };
    await desk.as(zhou).post('/v1/stand-ins', leave);
  }
  await desk.as(zhou).post('/v1/stand-ins', {
    ...{ org: ORG, absent: 'temporary', standIn: 'deputy', fromOn: '2017-09-04', untilOn: '2017-09-29' },
  });
  await appoint('busy', 'handler');
  await appoint('free', 'handler');
  const cases = [];
  for (let n = 0; n < 5; n++) cases.push((await inReview(desk)).caseNo);
  await move(staff('busy', 'handler'), 'claim', { tasks: cases.slice(0, 2).map((caseNo) => ofCase(caseNo)) });
  const shared = await move(zhou, 'sharing', { org: ORG, kind: 'handle' });
  expect(shared.map(({ assignee }) => assignee)).toEqual(['free', 'free', 'busy']);
  await desk.setNow('2017-09-12T00:00:00+08:00');
  const { items } = read(
    await desk.as(zhou).get('/v1/tasks/load'),
    200,
    z.object({ items: z.array(z.looseObject({ kind: z.string() })) }),
  );
  expect(items.filter(({ kind }) => kind === 'handle')).toMatchObject([
    { org: ORG, assignee: 'busy', open: 3, overdue: 3, oldestDueAt: '2017-09-12T00:00:00+08:00' },
    { org: ORG, assignee: 'free', open: 2, overdue: 2 },
  ]);
});

test('colleagues read who did something by name, applicants do not; the latest name counts', async () => {
  await desk.setNow('2017-09-04T09:00:00+08:00');
  await appoint('named', 'handler', { name: '王晓梅' });
  await appoint('renamed', 'reviewer', { name: '李未婚' });
  await appoint('renamed', 'handler', { name: '李已婚' });
  await appoint('nameless', 'reviewer');
  const { caseNo, applicant } = await inReview(desk);
  const named = staff('named', 'handler');
  const leave = { org: ORG, absent: 'named', standIn: 'renamed', fromOn: '2017-09-04', untilOn: '2017-09-05' };
  const away = { absent: 'named', absentName: '王晓梅', standIn: 'renamed', standInName: '李已婚' };
  expect(read(await desk.as(zhou).post('/v1/stand-ins', leave), 201, z.looseObject({}))).toMatchObject(away);
  const arranged = z.object({ items: z.array(z.looseObject({})) });
  expect(read(await desk.as(zhou).get('/v1/stand-ins'), 200, arranged).items[0]).toMatchObject(away);
  await move(named, 'claim', { tasks: [ofCase(caseNo)] });
  const [mine] = await inbox(named, '&assignee=me');
  expect(mine).toMatchObject({
    ...{ assignee: 'named', assigneeName: '王晓梅' },
    ...{ standIn: 'renamed', standInName: '李已婚' },
  });
  const load = read(await desk.as(zhou).get('/v1/tasks/load'), 200, z.object({ items: z.array(z.looseObject({})) }));
  expect(load.items).toContainEqual(expect.objectContaining({ assignee: 'renamed', assigneeName: '李已婚' }));

  const path = `/v1/cases/${caseNo}`;
  await desk.as(named).post(`${path}/handling`, { decision: 'approve' });
  await desk.as(staff('nameless', 'reviewer')).post(`${path}/review`, { decision: 'approve' });
  const timeline = z.object({ items: z.array(z.object({ event: z.string(), actor: z.looseObject({}) })) });
  const actorsOf = async (who: Client) =>
    read(await who.get(`${path}/timeline`), 200, timeline)
      .items.filter(({ event }) => event === 'handled' || event === 'approved')
      .map(({ actor }) => actor);
  expect(await actorsOf(desk.as(zhou))).toEqual([
    { kind: 'staff', sub: 'named', role: 'handler', name: '王晓梅' },
    { kind: 'staff', sub: 'nameless', role: 'reviewer' },
  ]);
  const signed = { handler: 'named', handlerName: '王晓梅', reviewer: 'nameless', reviewerName: null };
  const shown = read(await desk.as(zhou).get(path), 200, z.looseObject({ opinion: z.looseObject({}) }));
  expect(shown.opinion).toMatchObject(signed);
  const annex = read(await desk.as(named).get(`${path}/annex-1`), 200, z.looseObject({ signers: z.looseObject({}) }));
  expect(annex.signers).toEqual(signed);
  for (const part of ['', '/timeline', '/annex-1', '/receipt', '/tellings'])
    expect((await applicant.get(`${path}${part}`)).text).not.toMatch(/王晓梅|named/);
});
