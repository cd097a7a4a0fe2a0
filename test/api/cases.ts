import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Who } from '../../dev/client.ts';
import { applicationBody, type ApplicationBody, type Otherwise } from '../../dev/papers.ts';
import type { Person } from '../../dev/people.ts';
import { type CaseNo, isRoundId, type RoundId } from '../../domain/ids.ts';
import type { Role } from '../../domain/actor.ts';
import type { RegisterAnswer } from '../../domain/policy/checks.ts';
import { readApplication } from '../../store/application.ts';
import { type Evidence, recordLookUp } from '../../store/look-up.ts';
import { submitRoundStep } from '../../store/round.ts';
import { publishEntries } from '../../store/round-entries.ts';
import { submitForRun } from '../../store/run.ts';
import { type Client, type Desk, openDesk, ORG, read, REGION } from './desk.ts';

/** Cases brought on their way: by people over the API, by the runs' own steps through the store, as their activities do. */

export const staff = (sub: string, role: Role, org: string = ORG): Who => ({ sub, roles: [role], org });
export const wang = staff('wang', 'handler');
export const li = staff('li', 'reviewer');
export const zhao = staff('zhao', 'hrss');
export const qian = staff('qian', 'finance');
export const sun = staff('sun', 'finance');

export const applicantOf = ({ name, idNumber }: Pick<Person, 'name' | 'idNumber'>): Who => ({
  sub: `citizen-${createHash('sha256').update(idNumber).digest('hex').slice(0, 12)}`,
  roles: ['applicant'],
  name,
  idNumber,
});

export interface Filed {
  readonly caseNo: CaseNo;
  readonly person: Person;
  readonly application: ApplicationBody;
  readonly applicant: Client;
}

export const caseNoOf = z.object({ caseNo: z.string() });
const answer = z.object({ caseNo: z.string(), seq: z.number(), state: z.string() });

/** An application of somebody new, filed online by themselves. */
export async function file(desk: Desk, otherwise: Otherwise = {}, person: Person = desk.person()): Promise<Filed> {
  const application = applicationBody(person, otherwise);
  const applicant = desk.as(applicantOf(person));
  const { caseNo } = read(await applicant.post('/v1/applications', application), 201, caseNoOf);
  return { caseNo: caseNo as CaseNo, person, application, applicant };
}

const stepOf = (stream: string) => ({ workflowId: stream, key: `run:${randomUUID()}`, knownSeq: 0 });

/** What the partners know of somebody, where it is not all in order. */
export interface Known {
  readonly months?: number;
  readonly arrears?: boolean;
  readonly provincial?: RegisterAnswer['answer'];
}

/** The partners' answers to the look-ups; all in order, unless it is said what is not. */
export async function lookUp(
  desk: Desk,
  caseNo: CaseNo,
  { months = 60, arrears = false, provincial = 'found' }: Known = {},
): Promise<void> {
  const { store } = desk.services;
  const { applicant, certificate, employer, insuredAt } = await readApplication(store.db, store, caseNo);
  const { name, idNumber } = applicant;
  const { number, occupation, level, kind, issuedOn } = certificate;
  const paper = { number, occupation, level, kind, issuedOn };
  const found: RegisterAnswer = { answer: 'found', name, idNumber, status: 'valid', ...paper };
  const insured = {
    name,
    employer: employer.name,
    org: insuredAt,
    months,
    arrears,
    status: 'employed',
  } as const;
  const all: readonly Evidence[] = [
    { source: 'insurance', answer: { found: true, ...insured } },
    { source: 'provincial', answer: provincial === 'found' ? found : { answer: provincial } },
    { source: 'national', answer: found },
  ];
  for (const evidence of all) await recordLookUp(store, stepOf(`case-${caseNo}`), caseNo, evidence);
}

/** A case in review. */
export async function inReview(desk: Desk, known?: Known, otherwise?: Otherwise): Promise<Filed> {
  const filed = await file(desk, otherwise);
  await lookUp(desk, filed.caseNo, known);
  return filed;
}

/** Both signatures. */
export async function decide(desk: Desk, caseNo: string, decision: 'approve' | 'refuse' = 'approve'): Promise<void> {
  const reasons = decision === 'refuse' ? [{ clause: 'N1.1', text: '缴费月数不足36个月。' }] : [];
  read(await desk.as(wang).post(`/v1/cases/${caseNo}/handling`, { decision, reasons }), 200, answer);
  read(await desk.as(li).post(`/v1/cases/${caseNo}/review`, { decision }), 200, answer);
}

export async function approved(desk: Desk, otherwise?: Otherwise): Promise<Filed> {
  const filed = await inReview(desk, {}, otherwise);
  await decide(desk, filed.caseNo);
  return filed;
}

/** Cut off over every approved case, ordered by HRSS, seen on the site now. */
export async function publish(desk: Desk): Promise<RoundId> {
  const { roundId } = read(
    await desk.as(wang).post('/v1/publicity-rounds', { org: ORG }),
    201,
    z.object({ roundId: z.string().refine(isRoundId) }),
  );
  read(await desk.as(zhao).post(`/v1/publicity-rounds/${roundId}/publication`, {}), 202, z.object({}));
  await seen(desk, roundId);
  return roundId;
}

/** What the round's run records once the site shows the notice, and that its entries hear. */
export async function seen(desk: Desk, id: string): Promise<void> {
  const { store } = desk.services;
  const roundId = id as RoundId;
  const step = stepOf(`round-${roundId}`);
  const { refused } = await submitRoundStep(store, step, roundId, { type: 'see', contentHash: 'page' });
  if (refused !== undefined) throw new Error(`${roundId}: seen was refused: ${refused}`);
  await publishEntries(store, roundId, () => undefined);
}

/** A case in its window: approved and seen today; the window of 2017-09-04 is over at the end of the 11th. */
export async function published(desk: Desk): Promise<Filed & { readonly roundId: RoundId }> {
  const filed = await approved(desk);
  return { ...filed, roundId: await publish(desk) };
}

/** The run's own step at the end of the window. @returns the refusal */
export async function askToPass(desk: Desk, caseNo: CaseNo, roundId: RoundId): Promise<string | undefined> {
  const { store } = desk.services;
  const { refused } = await submitForRun(store, stepOf(`case-${caseNo}`), caseNo, { type: 'pass', roundId });
  return refused;
}

/** The morning after a window that began on 2017-09-04. */
export const afterWindow = '2017-09-12T09:00:00+08:00';

/** A case that waits for its money, on 2017-09-12. */
export async function payable(desk: Desk): Promise<Filed & { readonly roundId: RoundId }> {
  const filed = await published(desk);
  await desk.setNow(afterWindow);
  const refused = await askToPass(desk, filed.caseNo, filed.roundId);
  if (refused !== undefined) throw new Error(`${filed.caseNo}: passing was refused: ${refused}`);
  return filed;
}

export const batchOf = z.object({
  batchId: z.string(),
  orders: z.number(),
  totalFen: z.number(),
  listHash: z.string(),
});
export type Batch = z.output<typeof batchOf>;

export const prepare = async (desk: Desk): Promise<Batch> =>
  read(await desk.as(qian).post('/v1/payment-batches', { org: ORG }), 201, batchOf);

export const release = (desk: Desk, { batchId, totalFen, listHash }: Batch, by: Who = sun) =>
  desk.as(by).post(`/v1/payment-batches/${batchId}/release`, { totalFen, listHash });

/** A case whose order is out. */
export async function paying(desk: Desk): Promise<Filed & { readonly orderNo: string; readonly batch: Batch }> {
  const filed = await payable(desk);
  const prepared = await prepare(desk);
  read(await release(desk, prepared), 200, batchOf);
  return { ...filed, orderNo: `${filed.caseNo}-1`, batch: prepared };
}

/** A desk with money in the fund, on the morning of 2017-09-04. */
export async function openOffice(firstPerson: number): Promise<Desk> {
  const desk = await openDesk(firstPerson);
  await addBudget(desk);
  return desk;
}

/** HRSS's decision on an objection or report. */
export const decideOn = (desk: Desk, objectionId: string, body: object, kind = 'objections') =>
  desk.as(zhao).post(`/v1/${kind}/${objectionId}/decision`, { reason: '经核查。', grounds: 'other', ...body });

/** Money for the fund; the budgets that tests open with are of the machine's years. */
export async function addBudget(desk: Desk, amountFen = 1_000_000_000, year = 2017): Promise<void> {
  const treasurer = desk.as(staff('treasurer', 'finance', REGION));
  read(await treasurer.post(`/v1/funds/${REGION}/budgets`, { year, amountFen }), 201, z.object({}));
}

/** What anyone writes to an entry of a notice. */
export const objectTo = (desk: Desk, noticeId: string, entryId = '1') =>
  desk.withHeader(null).post(`/public/v1/notices/${noticeId}/objections`, { entryId, text: '此人未在该单位工作。' });
