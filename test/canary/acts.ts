import { z } from 'zod';
import { readCase } from '../../dev/calls.ts';
import { Caller, eventually } from '../../dev/client.ts';
import type { ApplicationBody } from '../../dev/papers.ts';
import type { Person } from '../../dev/people.ts';
import type { Office } from '../e2e/office.ts';
import { textFor, wordFor } from './words.ts';

const anything = z.unknown();

/** As little of a PDF as is one, with words in it. */
export const scanWith = (words: string): string => `%PDF-1.4\n% ${words}\ntrailer << >>\n%%EOF\n`;

/** A scan whose name and content say something. @returns its id */
export async function uploadWords(caller: Caller): Promise<string> {
  const form = new FormData();
  form.set('file', new Blob([scanWith(wordFor('scan'))]), `${wordFor('file name')}.pdf`);
  return (await caller.upload('/v1/documents', form, z.object({ documentId: z.string() }))).documentId;
}

/** What is not let in leaves nothing behind either: wrong forms, wrong people, a second claim, numbers in addresses. */
export async function turnedAway(
  { cast, system }: Office,
  main: { readonly application: ApplicationBody; readonly caseNo: string },
  other: Person,
): Promise<void> {
  const { application, caseNo } = main;
  const { applicant } = application;
  const statuses: number[] = [];
  const ask = async (caller: Caller, method: 'GET' | 'POST', path: string, body?: unknown): Promise<void> => {
    statuses.push((await caller.ask(method, path, body)).status);
  };
  const wrongForm = {
    ...application,
    applicant: { ...applicant, phone: wordFor('refused form'), gender: applicant.name },
  };
  await ask(cast.wang, 'POST', '/v1/applications', wrongForm);
  await ask(cast.wang, 'POST', '/v1/applications', application);
  const stranger = await cast.applicant(other);
  await ask(stranger, 'POST', '/v1/applications', { ...application, channel: 'online', proxy: undefined });
  await ask(cast.li, 'POST', `/v1/cases/${caseNo}/handling`, { decision: 'refuse', note: textFor('refused form') });
  await ask(cast.passerBy, 'POST', `/v1/cases/${caseNo}/handling`, { note: textFor('refused form') });
  await ask(cast.wang, 'GET', `/v1/cases/${applicant.idNumber}`);
  await ask(cast.wang, 'GET', `/v1/cases?name=${encodeURIComponent(wordFor('refused query'))}`);
  await ask(cast.passerBy, 'GET', `/public/v1/receipts/${applicant.phone}`);
  await ask(new Caller(system.url, applicant.idNumber), 'GET', `/v1/cases/${caseNo}`);
  const expected = [422, 409, 403, 403, 401, 404, 422, 404, 401];
  if (statuses.join() !== expected.join()) throw new Error(`turned away otherwise: ${statuses.join()}`);
}

/** The objection or report of the case that was the last to come. */
export async function lastComplaint(caller: Caller, caseNo: string): Promise<string> {
  const { objections } = await readCase(caller, caseNo);
  return objections.at(-1)?.objectionId ?? '';
}

/** Where lists go on: what stands in the next page's address. */
export async function nextOfLists({ cast }: Office, noticeId: string): Promise<readonly string[]> {
  const page = z.object({ next: z.string().nullable() });
  const lists = ['/v1/cases?limit=1', '/v1/tasks?limit=1', '/v1/publicity-rounds?limit=1'];
  const pages = await Promise.all(lists.map((path) => cast.supervisor.get(path, page)));
  const notice = await cast.passerBy.get(`/public/v1/notices/${noticeId}?limit=1`, z.object({ entries: page }));
  const found = [...pages, notice.entries].flatMap(({ next }) => next ?? []);
  if (found.length === 0) throw new Error('no list goes on');
  return found;
}

/** The money back: demanded, promised, partly come, nearly given up, before a court. */
export async function recover({ cast, clock }: Office, caseNo: string): Promise<void> {
  const path = `/v1/recoveries/${caseNo}`;
  const { amountFen } = await eventually(
    'the recovery is ordered',
    () => cast.cashier.get(path, z.looseObject({ amountFen: z.number() })),
    30_000,
  );
  const post = (caller: Caller, step: string, body: unknown): Promise<unknown> =>
    caller.post(`${path}/${step}`, body, anything);
  const plan = [{ dueOn: '2018-06-01', amountFen }];
  await post(cast.cashier, 'demand', { note: textFor('demand note') });
  await post(cast.cashier, 'plan', { plan, reason: textFor('plan reason') });
  const slip = { amountFen: 1, receivedOn: clock.today(), reference: textFor('slip reference') };
  await post(cast.cashier, 'instalments', slip);
  await post(cast.hrss, 'referral', { reason: textFor('referral reason') });
  await post(cast.hrss, 'enforcement', { reason: textFor('enforcement reason') });
  await post(cast.hrss, 'enforcement/outcome', { outcome: 'unsuccessful', reason: textFor('enforcement outcome') });
  await post(cast.cashier, 'write-off', { reason: textFor('write-off reason') });
  await post(cast.accountant, 'write-off/decision', { accepted: true, reason: textFor('write-off decision') });
}
