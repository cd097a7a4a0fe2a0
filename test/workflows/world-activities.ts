import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { RegisterSource } from '../../domain/case/events.ts';
import { registersToAsk } from '../../domain/case/look-again.ts';
import type { EntryId, EvidenceId, ObjectionId } from '../../domain/ids.ts';
import { fen } from '../../domain/money.ts';
import { choresOf, nextOpening } from '../../domain/chores.ts';
import { addDays, atTime } from '../../domain/policy/dates.ts';
import { policy201767 } from '../../domain/policy/policy-2017-67.ts';
import { workingCalendar } from '../../domain/policy/working-days.ts';
import { calendarNotices } from '../../domain/reference/calendar.ts';
import { dateOf, type Instant, startOfDay } from '../../domain/time.ts';
import type {
  BatchActivities,
  CalendarActivities,
  CaseActivities,
  DayActivities,
  IntakeActivities,
  ReconciliationActivities,
  RecoveryActivities,
  RoundActivities,
} from '../../workflows/activities.ts';
import type { World } from './world.ts';

export type Activities = CaseActivities &
  RoundActivities &
  BatchActivities &
  IntakeActivities &
  CalendarActivities &
  RecoveryActivities &
  ReconciliationActivities &
  DayActivities;

/** One attempt of an activity, when it was made and what it was about. */
export interface Call {
  readonly name: keyof Activities;
  readonly at: Instant;
  readonly about: string;
}

/** What goes wrong, by activity or by look-up source. */
export interface Faults {
  /** Partners that can't be reached before this instant. */
  readonly downUntil: Map<string, Instant>;
  /** Hours between attempts at one that is down; 1 where nothing is said. */
  readonly pauseHours: Map<string, number>;
  /** Activities whose next answer is lost on its way, after everything was recorded. */
  readonly loseAnswer: Set<string>;
  /** Activities whose next message reaches nobody. */
  readonly undelivered: Set<string>;
}

const calendar = workingCalendar(calendarNotices);

/** The activities that workflows ask, on a world in memory. */
export function worldActivities(world: World, faults: Faults, calls: Call[]): Activities {
  const answers = new Map<string, unknown>();

  /** Runs one attempt: noted, failing as the fault says, and recorded once whatever the number of attempts. */
  async function attempt<T>(name: keyof Activities, about: string, work: () => Promise<T>): Promise<T> {
    const at = await world.now();
    calls.push({ name, at, about });
    const partner = name === 'lookUp' ? about : name;
    if (at < (faults.downUntil.get(partner) ?? '')) {
      // The pause has the server's own limits in mind: a week of attempts five minutes apart takes a test too long.
      throw ApplicationFailure.create({
        message: 'partner is down',
        type: 'PartnerUnreachable',
        nextRetryDelay: (faults.pauseHours.get(partner) ?? 1) * 3_600_000,
      });
    }
    const { workflowExecution, activityId } = Context.current().info;
    const key = `${workflowExecution?.runId ?? ''}:${activityId}`;
    // The first attempt's answer is kept under the run's own key, as the command table does.
    if (!answers.has(key)) answers.set(key, await work());
    if (faults.loseAnswer.delete(name)) throw ApplicationFailure.retryable('the answer was lost', 'Lost');
    return answers.get(key) as T;
  }

  return {
    submitCaseStep: ({ caseNo, knownSeq, command }) =>
      attempt('submitCaseStep', command.type, () => world.decideCase(caseNo, command, knownSeq, true)),

    askAppraisal: ({ caseNo, knownSeq, objectionId }) =>
      attempt('askAppraisal', objectionId, () => {
        const answer = { evidenceId: 'evidence-appraisal' as EvidenceId, opinion: 'genuine' } as const;
        return world.decideCase(caseNo, { type: 'answer-appraisal', objectionId, ...answer }, knownSeq, true);
      }),

    lookUp: ({ caseNo, knownSeq, source }) =>
      attempt('lookUp', source, () => {
        const evidenceId = `evidence-${source}` as EvidenceId;
        return world.decideCase(
          caseNo,
          { type: 'answer-look-up', source, evidenceId, answer: world.notFound.has(source) ? 'not-found' : 'found' },
          knownSeq,
          true,
        );
      }),

    lookAgain: ({ caseNo, knownSeq, source }) =>
      attempt('lookAgain', source, () => world.decideCase(caseNo, foundAgain(source), knownSeq, true)),

    lookAgainAtEntries: ({ roundId, day }) =>
      attempt('lookAgainAtEntries', day, async () => {
        for (const caseNo of world.entriesIn(roundId, 'publicity')) {
          for (const source of registersToAsk(world.case(caseNo).state.lookUps, startOfDay(day)))
            await world.decideCase(caseNo, foundAgain(source), 0, false);
        }
      }),

    registerCertificate: ({ caseNo, knownSeq }) =>
      attempt('registerCertificate', caseNo, () =>
        world.decideCase(caseNo, { type: 'record-registration', evidenceId: 'entry' as EvidenceId }, knownSeq, true),
      ),

    tellApplicant: ({ caseNo, knownSeq, about }) =>
      attempt('tellApplicant', about, () => {
        const messageId = `${caseNo}-${about}`;
        return world.decideCase(caseNo, { type: 'record-told', about, messageId }, knownSeq, true);
      }),

    // Delivered at once, unless the fault says that no carrier reaches her.
    sendTelling: ({ caseNo, knownSeq, n }) =>
      attempt('sendTelling', String(n), async () => {
        const messageId = `${caseNo}-${n}-sms`;
        if (faults.undelivered.delete('sendTelling'))
          return world.decideCase(
            caseNo,
            { type: 'record-undelivered', n, attempts: [{ carrier: 'sms', messageId }] },
            knownSeq,
            true,
          );
        const delivery = { carrier: 'sms', messageId, deliveredAt: await world.now(), proof: 'proof' } as const;
        return world.decideCase(caseNo, { type: 'record-delivery', n, delivery }, knownSeq, true);
      }),

    freezeRound: ({ roundId, knownSeq }) =>
      attempt('freezeRound', roundId, async () => {
        for (const [index, caseNo] of world.approved().entries()) {
          await world.command(caseNo, { type: 'list', roundId, entryId: String(index + 1) as EntryId });
        }
        const entries = world.entriesIn(roundId, 'listed').length;
        return world.decideRound(
          roundId,
          { type: 'report', entries, totalFen: fen(entries * 195_000) },
          knownSeq,
          true,
        );
      }),

    publishNotice: ({ roundId, knownSeq }) =>
      attempt('publishNotice', roundId, () =>
        world.decideRound(roundId, { type: 'see', contentHash: 'page' }, knownSeq, true),
      ),

    watchNotice: ({ roundId, knownSeq }) =>
      attempt('watchNotice', roundId, async () => {
        const sight = world.sights.get(dateOf(await world.now())) ?? 'seen';
        const news =
          sight === 'seen'
            ? { events: world.round(roundId).events.filter(({ seq }) => seq > knownSeq) }
            : await world.decideRound(roundId, { type: 'miss', sight }, knownSeq, true);
        // Once a day, at noon: the real interval would make a test of a window too long.
        return { ...news, nextAt: atTime(addDays(dateOf(await world.now()), 1), '12:00') };
      }),

    moveWindows: ({ roundId }) =>
      attempt('moveWindows', roundId, async () => {
        const { state } = world.round(roundId);
        if (state.stage !== 'public') return;
        for (const caseNo of world.entriesIn(roundId, 'publicity'))
          await world.decideCase(caseNo, { type: 'move-window', roundId, window: state.window }, 0, false);
      }),

    publishEntries: ({ roundId }) =>
      attempt('publishEntries', roundId, async () => {
        const { state } = world.round(roundId);
        if (state.stage !== 'public') throw new Error(`${roundId}: not public`);
        for (const caseNo of world.entriesIn(roundId, 'listed')) {
          await world.command(caseNo, { type: 'publish', roundId, publishedAt: state.publishedAt });
        }
      }),

    passEntries: ({ roundId, knownSeq }) =>
      attempt('passEntries', roundId, async () => {
        for (const caseNo of world.entriesIn(roundId, 'publicity')) {
          await world.decideCase(caseNo, { type: 'pass', roundId }, 0, false);
        }
        const held = world.entriesIn(roundId, 'publicity').length;
        const passed = world.entriesIn(roundId, 'payable').length;
        return world.decideRound(roundId, { type: 'end-window', passed, held, listHash: 'list' }, knownSeq, true);
      }),

    submitRoundStep: ({ roundId, knownSeq, command }) =>
      attempt('submitRoundStep', command.type, () => world.decideRound(roundId, command, knownSeq, true)),

    takeDownNotice: ({ roundId }) => attempt('takeDownNotice', roundId, () => Promise.resolve()),

    payOrders: ({ batchId }) =>
      attempt('payOrders', batchId, () => {
        const orders = world.orders.get(batchId) ?? [];
        for (const order of orders) if (order.status === 'released') order.status = 'unknown';
        return Promise.resolve({ open: orders.filter((order) => order.status === 'unknown').length });
      }),

    settleBatch: ({ batchId }) =>
      attempt('settleBatch', batchId, async () => {
        const orders = world.orders.get(batchId) ?? [];
        const count = (status: string) => orders.filter((order) => order.status === status).length;
        const counts = { open: count('unknown'), paid: count('paid'), failed: count('failed') };
        await world.decideBatch(batchId, { type: 'settle', ...counts }, true);
        return { open: counts.open };
      }),

    fileRows: ({ batchId, knownSeq }) =>
      attempt('fileRows', batchId, async () => {
        const { rows, wrong } = world.intake(batchId).state;
        const counts = { waiting: 0, filed: rows - wrong, refused: 0 };
        return { events: await world.decideIntake(batchId, { type: 'finish-rows', ...counts }, true, knownSeq) };
      }),

    handOverRows: ({ batchId, knownSeq }) =>
      attempt('handOverRows', batchId, async () => {
        const { rows, wrong } = world.intake(batchId).state;
        const finish = { type: 'finish-hand-over', waiting: 0, cases: rows - wrong } as const;
        return { events: await world.decideIntake(batchId, finish, true, knownSeq) };
      }),

    applyCalendar: ({ id }) =>
      attempt('applyCalendar', id, async () => {
        let cases = 0;
        let rounds = 0;
        for (const roundId of [...world.rounds.keys()].sort())
          if (!(await world.decideRound(roundId, { type: 'move-deadlines' }, 0, false)).refused) rounds += 1;
        for (const caseNo of [...world.cases.keys()].sort())
          if (!(await world.decideCase(caseNo, { type: 'move-deadlines', starts: true }, 0, false)).refused) cases += 1;
        return { cases, rounds, batches: 0 };
      }),

    submitRecoveryStep: ({ caseNo, knownSeq, command }) =>
      attempt('submitRecoveryStep', command.type, () => world.decideRecovery(caseNo, command, knownSeq, true)),

    tellRecipient: ({ caseNo, knownSeq, about, n }) =>
      attempt('tellRecipient', `${about} ${n}`, () =>
        world.decideRecovery(caseNo, { type: 'record-told', about, n, reached: 'sms' }, knownSeq, true),
      ),

    reconcile: ({ reconciliationId, knownSeq }) =>
      attempt('reconcile', reconciliationId, async () => {
        const { state, events } = world.bankDay(reconciliationId);
        const matching = world.statements.get(reconciliationId);
        const missingAt = atTime(calendar.next(state.date), policy201767.bankDays.missingAt);
        if (matching) await world.recordBankDay(reconciliationId, { type: 'reconciled', ...matching }, true);
        else if (state.stage === 'open' && (await world.now()) >= missingAt)
          await world.recordBankDay(reconciliationId, { type: 'statement-missing' }, true);
        return { events: events.filter(({ seq }) => seq > knownSeq) };
      }),

    nextBusinessDay: ({ after }) =>
      attempt('nextBusinessDay', after ?? 'none', async () => {
        const now = await world.now();
        const last = after ?? world.openedDays.at(-1)?.day ?? addDays(dateOf(now), -1);
        return nextOpening(last, now, world.calendar ?? calendar);
      }),

    openBusinessDay: ({ day }) =>
      attempt('openBusinessDay', day, async () => {
        world.openedDays.push({ day, at: await world.now() });
        return { chores: choresOf(day, policy201767, calendar) };
      }),

    doChore: ({ day, kind }) =>
      attempt('doChore', `${kind} ${day}`, async () => {
        world.chores.push(`${kind} of ${day} at ${await world.now()}`);
      }),
  };
}

const foundAgain = (source: RegisterSource) =>
  ({
    type: 'look-again',
    source,
    evidenceId: `again-${source}` as EvidenceId,
    answer: 'found',
    reportId: `report-${source}` as ObjectionId,
  }) as const;
