import { parseInstant } from '../../domain/policy/dates.ts';
import { dateOf } from '../../domain/time.ts';
import {
  type CaseView,
  cutOffRound,
  decideObjection,
  fileApplication,
  handle,
  type Notice,
  object,
  preparePayments,
  publishRound,
  readCase,
  readNotice,
  releasePayments,
  review,
} from '../calls.ts';
import { uploadScans } from '../scans.ts';
import { eventually, UnexpectedAnswer } from '../client.ts';
import { applicationBody, type ApplicationBody, type CertificateBody } from '../papers.ts';
import { tellPartners } from '../sandbox-client.ts';
import { ORG } from '../cast.ts';
import type { Stage } from './play.ts';
import type { Story } from './stories.ts';

/** A story that has begun. */
export interface Underway {
  readonly story: Story;
  readonly application: ApplicationBody;
  readonly caseNo: string;
  /** With what the filing was refused; there is no case then, and `caseNo` is empty. */
  readonly problem: string;
}

/** How long a thing may take that nobody has to wait for in life. */
const soonMs = 45_000;

/** The partners know the person; the person files online, or comes to the counter, where the handler files (N2). */
export async function fileStory(
  stage: Stage,
  story: Story,
  certificate: Partial<CertificateBody> = {},
): Promise<Underway> {
  const { system, cast, clock } = stage;
  const person = stage.person(story);
  const application = applicationBody(person, {
    insuredAt: ORG,
    ...story.application,
    certificate: { ...story.application.certificate, ...certificate },
    commitment: { signedOn: clock.today() },
  });
  await tellPartners(system.sandboxUrl, application, story.known);
  const desk = application.channel === 'counter' ? cast.wang : await cast.applicant(person);
  try {
    const documents = application.channel === 'online' ? await uploadScans(desk) : [];
    const { caseNo } = await fileApplication(desk, { ...application, documents });
    return { story, application, caseNo, problem: '' };
  } catch (error) {
    if (!(error instanceof UnexpectedAnswer) || error.status !== 409) throw error;
    return { story, application, caseNo: '', problem: error.slug };
  }
}

/** N3.1g, first signature: whatever the automatic checks found decides, as the notice would have it. */
export async function handleAll(stage: Stage, underway: readonly Underway[]): Promise<void> {
  const { cast, clock, note } = stage;
  const checked = await Promise.all(
    underway.map(async (one) => ({ ...one, checks: (await untilState(stage, one.caseNo, 'review')).checks })),
  );
  await clock.morning();
  const decisions = await Promise.all(
    checked.map(async ({ story, caseNo, checks }) => {
      if (story.leftLying) return 'left lying';
      const failed = checks.filter((check) => !check.passed);
      const decision = failed.length > 0 ? 'refuse' : 'approve';
      const reasons = failed.map(({ clause, detail }) => ({ clause, text: detail }));
      await handle(cast.wang, caseNo, { decision, ...(failed.length > 0 ? { reasons } : {}) });
      return decision;
    }),
  );
  const [approved, refused] = [count(decisions, 'approve'), count(decisions, 'refuse')];
  note(
    `经办人wang审核：拟通过${approved}件，拟不予通过${refused}件`,
    `handler: ${approved} to approve, ${refused} to refuse`,
  );
}

/** N3.1g, second signature, by another person. Who is refused is told by itself (N3.1e). */
export async function reviewAll(stage: Stage, underway: readonly Underway[]): Promise<void> {
  const { cast, note } = stage;
  const handled = underway.filter(({ story }) => !story.leftLying);
  const decisions = await Promise.all(
    handled.map(async ({ caseNo }) => {
      const { opinion } = await readCase(cast.li, caseNo);
      const decision = opinion?.outcome === 'refuse' ? 'refuse' : 'approve';
      await review(cast.li, caseNo, decision);
      return decision;
    }),
  );
  const [approved, refused] = [count(decisions, 'approve'), count(decisions, 'refuse')];
  note(`复核人li复核：通过${approved}件，不予通过${refused}件`, `reviewer: ${approved} approved, ${refused} refused`);
}

/** N3.2: the agency reports its list, HRSS publishes it; it counts once it was seen on the site. */
export async function publish(stage: Stage, underway: readonly Underway[]): Promise<Notice & { endsAt: string }> {
  const { cast, note } = stage;
  const { roundId, entries } = await cutOffRound(cast.wang, ORG);
  const { noticeId } = await publishRound(cast.hrss, roundId);
  const seen = await eventually(
    'the notice is seen on the site',
    async () => {
      const { endsAt } = await readNotice(cast.passerBy, noticeId);
      return endsAt ?? undefined;
    },
    soonMs,
  );
  const listed = underway.filter(({ story }) => story.expected.events.includes('published'));
  await Promise.all(listed.map(({ caseNo }) => untilState(stage, caseNo, 'publicity')));
  note(`公示${entries}人，至${dateOf(parseInstant(seen))} 00:00止`, `${entries} people on the public notice`);
  return { ...(await readNotice(cast.passerBy, noticeId)), endsAt: seen };
}

/** N3.4a: anyone may object, without saying who they are; they find the entry by the name. */
export async function raiseObjections(
  { cast, note }: Stage,
  notice: Notice,
  underway: readonly Underway[],
): Promise<void> {
  for (const { story, application } of underway) {
    if (!story.objection) continue;
    const { name } = application.applicant;
    const entry = notice.entries.items.find((one) => one.name === name && one.employer === application.employer.name);
    if (!entry) throw new Error(`${story.english}: not on the notice`);
    await object(cast.passerBy, notice.noticeId, { entryId: entry.entryId, text: story.objection.text });
    note('有人提出异议', `someone objects: ${story.english}`);
  }
}

/** N3.4a: HRSS hears the applicant, asks the appraisal body where the certificate is in question, and decides. */
export async function decideObjections({ cast, clock, note }: Stage, underway: readonly Underway[]): Promise<void> {
  for (const { story, caseNo } of underway) {
    if (!story.objection) continue;
    const { objections } = await readCase(cast.hrss, caseNo);
    const open = objections.find((one) => one.state === 'open');
    if (!open) throw new Error(`${story.english}: HRSS sees no open objection`);
    const { decision } = story.objection;
    await decideObjection(cast.hrss, open.objectionId, { ...decision, heard: { on: clock.today() } });
    const found = decision.finding === 'upheld' ? '属实' : '不属实';
    note(`人社部门zhao核查异议：${found}`, `HRSS: objection ${decision.finding}`);
  }
}

/** N3.3: on the working day after the window one finance person prepares the list, another one releases it. */
export async function pay(stage: Stage, notice: { endsAt: string }, underway: readonly Underway[]): Promise<void> {
  const { cast, clock, note } = stage;
  await clock.until(parseInstant(notice.endsAt));
  const due = underway.filter(({ story }) => story.expected.events.includes('released'));
  await Promise.all(due.map(({ caseNo }) => untilState(stage, caseNo, 'payable')));
  note('公示期满', 'the notice is over');
  await clock.morning();
  const batch = await preparePayments(cast.cashier, ORG);
  await releasePayments(cast.accountant, batch);
  note(
    `财务qian制单、sun复核发放：${batch.orders}笔，共${batch.totalFen / 100}元`,
    `finance: ${batch.orders} orders, ${batch.totalFen / 100} yuan in total, prepared by one, released by another`,
  );
  await Promise.all(due.map(({ caseNo }) => untilState(stage, caseNo, 'paid')));
}

async function untilState({ cast }: Stage, caseNo: string, state: string): Promise<CaseView> {
  let last = '';
  return eventually(
    `${caseNo} is ${state}`,
    async () => {
      const view = await readCase(cast.supervisor, caseNo);
      last = view.state;
      if (view.state === state) return view;
      throw new Error(`it is ${last}`);
    },
    soonMs,
  );
}

const count = <T>(list: readonly T[], one: T): number => list.filter((other) => other === one).length;
