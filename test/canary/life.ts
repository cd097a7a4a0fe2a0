import { z } from 'zod';
import {
  fileApplication,
  handle,
  preparePayments,
  readCase,
  readNotice,
  releasePayments,
  review,
} from '../../dev/calls.ts';
import { ORG } from '../../dev/cast.ts';
import { type Caller, eventually, signIn } from '../../dev/client.ts';
import { applicationBody, type Otherwise, type PartnerRecords } from '../../dev/papers.ts';
import { people, type Person } from '../../dev/people.ts';
import { control, tellPartners } from '../../dev/sandbox-client.ts';
import { uploadScans } from '../../dev/scans.ts';
import { parseInstant } from '../../domain/policy/dates.ts';
import { approve, type Office, readEnd } from '../e2e/office.ts';
import { lastComplaint, nextOfLists, recover, scanWith, turnedAway, uploadWords } from './acts.ts';
import type { Canary } from './search.ts';
import { distinct, personalCanaries, textFor, wordFor, type Written } from './words.ts';

/** The whole life of some cases, with words and numbers that stand nowhere else; partners fail, processes die. */
export interface Life {
  readonly canaries: readonly Canary[];
  /** Where lists go on, as answers said. */
  readonly addresses: readonly string[];
}

const anything = z.unknown();
const checksOf = z.object({ checks: z.array(z.object({ code: z.string(), passed: z.boolean() })) });
const source = people(881);
const post = (caller: Caller, path: string, body: unknown): Promise<unknown> => caller.post(path, body, anything);
const reason = (place: Written) => ({ reason: textFor(place) });

export async function playLife(office: Office): Promise<Life> {
  const { cast, system, clock, untilState } = office;
  const canaries: Canary[] = [];
  const fault = (partner: string, mode: string, more: object = {}) =>
    control(system.sandboxUrl, `/faults/${partner}`, { mode, count: 1, ...more });

  async function file(who: string, person: Person, otherwise: Otherwise = {}, known: PartnerRecords = {}) {
    const application = applicationBody(person, {
      insuredAt: ORG,
      ...otherwise,
      commitment: { signedOn: clock.today() },
    });
    canaries.push(...personalCanaries(who, application));
    await tellPartners(system.sandboxUrl, application, known);
    const applicant = await cast.applicant(person);
    const desk = application.channel === 'counter' ? cast.wang : applicant;
    const documents = [...(await uploadScans(desk)), await uploadWords(desk)];
    const { caseNo } = await fileApplication(desk, { ...application, documents });
    return { caseNo, applicant, application, documentId: documents[0] ?? '' };
  }
  const someone = (name: string, born: string): Person => distinct(source.next().value, name, born);

  // Partners that are down, break off or turn away in the middle of somebody's data.
  for (const [partner, mode] of Object.entries({ insurance: 'half-response', provincial: 'down', national: 'reject' }))
    await fault(partner, mode);
  const { name: proxyName, idNumber: proxyNumber } = source.next().value;
  const main = await file(
    'main',
    someone('察哈尔金·布尔哈通', '1961-11-23'),
    {
      channel: 'counter',
      proxy: { name: `${proxyName}${wordFor('proxy name')}`, idNumber: proxyNumber },
      applicant: { formerNames: [{ name: wordFor('former name') }] },
    },
    { arrears: true },
  );
  const refused = await file('refused', someone('鄂伦春尔·敖嫩', '1962-10-29'), {}, { months: 35 });
  const mover = someone('达斡尔敖·郭布勒', '1963-12-17');
  const moved = await file('moved', mover);
  const died = await file('died', someone('锡伯佟佳·瓜尔佳', '1964-02-29'));
  const struck = await file('struck', someone('赫哲尤坎·傅锦', '1965-08-19'));

  await turnedAway(office, main, mover);

  await untilState(main.caseNo, 'review');
  const failed = await cast.supervisor.get(`/v1/cases/${main.caseNo}`, checksOf);
  const overrides = failed.checks
    .filter(({ passed }) => !passed)
    .map(({ code }) => ({ code, ...reason('override reason'), documentId: main.documentId }));
  const granted = { decision: 'approve', note: textFor('handling note'), overrides };
  await post(cast.wang, `/v1/cases/${main.caseNo}/handling`, granted);
  await post(cast.li, `/v1/cases/${main.caseNo}/review`, { decision: 'return', note: textFor('review note') });
  await post(cast.wang, `/v1/cases/${main.caseNo}/handling`, granted);
  await review(cast.li, main.caseNo, 'approve');
  await approve(office, struck.caseNo);

  await untilState(refused.caseNo, 'review');
  const reasons = [{ clause: 'N1.1', text: textFor('refusal reason') }];
  await handle(cast.wang, refused.caseNo, { decision: 'refuse', reasons, note: textFor('refusal note') });
  await review(cast.li, refused.caseNo, 'refuse');

  await untilState(moved.caseNo, 'review');
  const away = await signIn(system, { sub: 'elsewhere', roles: ['handler'], org: '220103' });
  await post(cast.wang, `/v1/cases/${moved.caseNo}/transfer`, { to: '220103', ...reason('transfer reason') });
  await post(away, `/v1/cases/${moved.caseNo}/transfer/confirmation`, {
    accepted: false,
    ...reason('transfer confirmation'),
  });
  const asked = [{ clause: 'N2.2', text: textFor('supplement reason') }];
  await post(cast.wang, `/v1/cases/${moved.caseNo}/handling`, { decision: 'supplement', reasons: asked });
  await post(moved.applicant, `/v1/cases/${moved.caseNo}/supplement`, { note: textFor('supplement note') });
  await post(moved.applicant, `/v1/cases/${moved.caseNo}/withdrawal`, reason('withdrawal reason'));

  await post(cast.hrss, `/v1/cases/${died.caseNo}/succession`, reason('death'));
  await post(cast.hrss, `/v1/cases/${died.caseNo}/succession/decision`, {
    decision: 'close',
    ...reason('succession decision'),
  });

  // Publicity, an objection, a report that nobody can match, a strike; the worker and the API die in between.
  await fault('publisher', 'half-response');
  const round = { org: ORG, preparedBy: '经办甲', head: '负责人乙', phone: '0431-88881234' }; // officials sign openly
  const { roundId } = await cast.wang.post('/v1/publicity-rounds', round, z.object({ roundId: z.string() }));
  await post(cast.hrss, `/v1/publicity-rounds/${roundId}/publication`, {});
  const endsAt = await readEnd(office, roundId);
  await untilState(main.caseNo, 'publicity');
  const { items } = (await readNotice(cast.passerBy, roundId)).entries;
  const entryOf = (name: string): string => items.find((one) => one.name === name)?.entryId ?? '';
  const objection = new FormData();
  objection.set('entryId', entryOf(main.application.applicant.name));
  objection.set('text', textFor('objection'));
  objection.set('contact', textFor('objection contact'));
  objection.set('files', new Blob([scanWith(wordFor('objection file'))]), `${wordFor('file name')}.pdf`);
  await cast.passerBy.upload(`/public/v1/notices/${roundId}/objections`, objection, anything);
  system.kill('worker', 'SIGKILL');
  await post(cast.passerBy, '/public/v1/reports', {
    noticeId: roundId,
    ...{ name: wordFor('report name'), employer: wordFor('report employer') },
    ...{ text: textFor('report'), contact: textFor('report contact') },
  });
  system.kill('api', 'SIGKILL');
  await eventually('the API is back', () => readCase(cast.supervisor, main.caseNo), 60_000);
  const strike = { ...reason('strike reason'), backTo: 'review' };
  const entryId = entryOf(struck.application.applicant.name);
  await post(cast.hrss, `/v1/publicity-rounds/${roundId}/entries/${entryId}/strike`, strike);
  const loose = await cast.hrss.get(
    '/v1/reports',
    z.object({ items: z.array(z.looseObject({ reportId: z.string() })) }),
  );
  for (const { reportId } of loose.items)
    await post(cast.hrss, `/v1/reports/${reportId}/closure`, reason('report closure'));
  const appraisal = { body: '长春市职业技能鉴定中心', opinion: textFor('appraisal opinion') };
  await post(cast.hrss, `/v1/objections/${await lastComplaint(cast.hrss, main.caseNo)}/decision`, {
    ...{ finding: 'dismissed', grounds: 'certificate', appraisal },
    ...reason('objection finding'),
  });
  await post(refused.applicant, `/v1/cases/${refused.caseNo}/reconsideration`, reason('reconsideration'));
  const upheld = { decision: 'uphold', ...reason('reconsideration decision') };
  await eventually(
    'it was looked up again',
    () => post(cast.hrss, `/v1/cases/${refused.caseNo}/reconsideration/decision`, upheld),
    60_000,
  );
  await post(cast.hrss, `/v1/cases/${refused.caseNo}/retention-hold`, { held: true, ...reason('retention hold') });
  const addresses = await nextOfLists(office, roundId);

  // Paid, returned by the bank, paid to another account, and claimed back.
  await clock.until(parseInstant(endsAt));
  await untilState(main.caseNo, 'payable', 60_000);
  await fault('bank', 'late-return', { delayMs: 500 });
  await releasePayments(cast.accountant, await preparePayments(cast.cashier, ORG));
  await untilState(main.caseNo, 'account-hold', 60_000);
  const account = { ...main.application.account, ...source.next().value.account };
  canaries.push(...personalCanaries('main, other account', { ...main.application, account }));
  await control(system.sandboxUrl, `/accounts/${account.number}`, { holder: account.holder, status: 'open' });
  await post(cast.wang, `/v1/cases/${main.caseNo}/account`, { account });
  await eventually(
    'the second order is out',
    async () => {
      await releasePayments(cast.accountant, await preparePayments(cast.cashier, ORG));
      return true;
    },
    60_000,
  );
  await untilState(main.caseNo, 'paid', 60_000);
  await post(cast.wang, '/v1/reports', { caseNo: main.caseNo, text: textFor('staff report') });
  const heard = { on: clock.today() };
  await post(cast.hrss, `/v1/reports/${await lastComplaint(cast.hrss, main.caseNo)}/decision`, {
    ...{ finding: 'upheld', grounds: 'other', heard },
    ...reason('report finding'),
  });
  await recover(office, main.caseNo);
  return { canaries, addresses };
}
