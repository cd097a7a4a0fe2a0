import { continueAsNew, patched, sleep, upsertSearchAttributes } from '@temporalio/workflow';
import type { RunCommand } from '../domain/case/commands.ts';
import { type CaseEvent, lookUpSources } from '../domain/case/events.ts';
import { evolve } from '../domain/case/evolve.ts';
import { type CaseState, nothingComesAfter } from '../domain/case/state.ts';
import { nextTelling } from '../domain/case/tellings.ts';
import type { DeadlineKind } from '../domain/policy/deadlines.ts';
import { lookUp, registerCertificate, submitCaseStep, tellApplicant } from './activities.ts';
import { keepDeadlines, stillRunning } from './deadlines.ts';
import { Follower, type Known } from './follow.ts';
import { keepInquiries } from './inquiries.ts';
import { keepTellings } from './tellings.ts';
import { hasTerm, keepLookingAgain } from './look-again.ts';
import type { Run } from './run.ts';
import { orgUnitKey } from './search-attributes.ts';

type Case = Follower<CaseState, CaseEvent>;

/** Periods whose end is the case's own step: it lapses. */
const endsByLapse: ReadonlySet<DeadlineKind> = new Set(['supplement', 'registration-filing']);

/**
 * One application from filing to its end. What comes next follows from the stage that was recorded; people, rounds and
 * batches change the case through PostgreSQL, and this run hears of it.
 */
export async function applicationCase(run: Run<CaseState>): Promise<Known<CaseState>> {
  const theCase: Case = new Follower(run, (state, recorded) => evolve(state.caseNo, state, recorded));
  const deadlines = keepDeadlines(
    theCase,
    (state) => stillRunning(state.deadlines).filter(({ kind }) => !endsByLapse.has(kind)),
    ({ kind, dueAt }) => submit(theCase, { type: 'pass-deadline', kind, dueAt }),
  );
  // Runs that began before tellings had a number tell refusals only, by themselves.
  const tellings = patched('tellings') ? keepTellings(theCase) : null;
  const inquiries = keepInquiries(theCase); // N3.4a
  // Runs that began before registers were asked again go on without, until an answer has a term.
  let looks = patched('look-again') ? keepLookingAgain(theCase) : null;
  let foundUnder = run.state.org;
  while (await somethingCanCome(theCase, tellings !== null)) {
    if (theCase.state.org !== foundUnder && patched('org-unit')) {
      foundUnder = theCase.state.org; // transferred (N2.1)
      upsertSearchAttributes([{ key: orgUnitKey, value: foundUnder }]);
    }
    const { state } = theCase;
    if (!looks && hasTerm(state)) looks = keepLookingAgain(theCase);
    switch (state.stage) {
      case 'filed':
      case 'checking':
        await lookUps(theCase); // N3.1a-c
        break;
      case 'supplement':
        await comesOrLapses(theCase, 'supplement'); // N3.1a
        break;
      case 'certificate-registration':
        if (state.step === 'awaited') await comesOrLapses(theCase, 'registration-filing');
        else if (state.step === 'entering') await enterInRegister(theCase);
        else await theCase.change(); // HRSS inspects, N3.1d
        break;
      case 'review': // with handler and reviewer; what a refusal rests on is asked again, N3.1c
      case 'reconsideration':
        if (missingLookUps(state).length > 0)
          await lookUps(theCase); // N6.1
        else await theCase.change(); // people decide
        break;
      case 'refused':
        if (tellings) await theCase.change();
        else await tellRefusal(theCase); // N3.1e
        break;
      case 'publicity':
        if (isHeld(state))
          await theCase.change(); // N3.4a
        else if (await theCase.until(state.window.dueAt, () => isQuiet(theCase, state.window.dueAt)))
          await askToPass(theCase, state.entry.roundId); // N3.2
        break;
      default:
        await theCase.change(); // handler, reviewer, HRSS, finance, bank
    }
    if (theCase.isLong) await continueAsNew<typeof applicationCase>(theCase.next);
  }
  deadlines.stop();
  inquiries.stop();
  looks?.stop();
  tellings?.stop();
  return { seq: theCase.seq, hash: theCase.next.hash, state: theCase.state };
}

/** False once nothing can come any more: the reconsideration period or the bank's return period is over, all is told. */
async function somethingCanCome(theCase: Case, tells: boolean): Promise<boolean> {
  if (tells && nextTelling(theCase.state)) return true;
  const end = nothingComesAfter(theCase.state);
  if (end === null) return true;
  if (end === 'now') return false;
  return !(await theCase.until(end, () => nothingComesAfter(theCase.state) === end));
}

const missingLookUps = ({ lookUps: answered }: CaseState) => lookUpSources.filter((source) => !answered[source]);

/** Asks the insurance records and both registers side by side; the last answer completes the checks. */
async function lookUps(theCase: Case): Promise<void> {
  const isChecking = () => ['filed', 'checking', 'review', 'reconsideration'].includes(theCase.state.stage);
  const { caseNo } = theCase.state;
  const missing = missingLookUps(theCase.state);
  await theCase.during(isChecking, async () => {
    await Promise.all(
      missing.map(async (source) => {
        theCase.take((await lookUp({ caseNo, knownSeq: theCase.seq, source })).events);
      }),
    );
  });
}

/** Waits for what the applicant was asked to bring; the period over, the case lapses. */
async function comesOrLapses(theCase: Case, kind: 'supplement' | 'registration-filing'): Promise<void> {
  const awaited = () => theCase.state.deadlines.find((one) => one.kind === kind && one.status === 'running');
  const dueAt = awaited()?.dueAt;
  if (dueAt === undefined) return theCase.change();
  const still = () => awaited()?.dueAt === dueAt;
  if (!(await theCase.until(dueAt, still))) return;
  // Refused while it still runs here: the database's clock is a little behind this one.
  if (!(await submit(theCase, { type: 'lapse', kind, dueAt })) && still()) await sleep('1 second');
}

async function enterInRegister(theCase: Case): Promise<void> {
  const isEntering = () => theCase.state.stage === 'certificate-registration' && theCase.state.step === 'entering';
  const { caseNo } = theCase.state;
  await theCase.during(isEntering, async () => {
    theCase.take((await registerCertificate({ caseNo, knownSeq: theCase.seq })).events);
  });
}

async function tellRefusal(theCase: Case): Promise<void> {
  const { caseNo } = theCase.state;
  const isUntold = () => theCase.state.stage === 'refused' && !theCase.state.told;
  await theCase.during(isUntold, async () => {
    theCase.take((await tellApplicant({ caseNo, knownSeq: theCase.seq, about: 'refusal' })).events);
  });
}

const isHeld = (state: CaseState): boolean => state.holds.some((hold) => hold.kind === 'objection');

const isQuiet = ({ state }: Case, endsAt: string): boolean =>
  state.stage === 'publicity' && !isHeld(state) && state.window.dueAt === endsAt;

async function askToPass(theCase: Case, roundId: Extract<RunCommand, { type: 'pass' }>['roundId']): Promise<void> {
  const passed = await submit(theCase, { type: 'pass', roundId });
  // Refused, and nothing was recorded that says why: the database's clock is a little behind this one.
  if (!passed && theCase.state.stage === 'publicity' && !isHeld(theCase.state)) await sleep('1 second');
}

async function submit(theCase: Case, command: RunCommand): Promise<boolean> {
  const news = await submitCaseStep({ caseNo: theCase.state.caseNo, knownSeq: theCase.seq, command });
  theCase.take(news.events);
  return news.refused === undefined;
}
